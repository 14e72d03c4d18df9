"""Values that make no sense, put in the place of one value of an answer."""

from random import Random
from typing import Any

from benchmarks.simulate.spoilers import Spoil, with_document

MARK = "@absurd@"

NESTED = b"[" * 100_000 + b"]" * 100_000

ANYWHERE = (
    *(str(2**power).encode() for power in (31, 32, 53, 62, 63, 64, 70, 200)),
    *(str(-(2**power)).encode() for power in (31, 63, 70)),
    *(b"1e400", b"-1e400", b"1e40000000", b"1e-40000000", b"123456789012345678901234567890.5", b"1.7e308"),
    *(b"NaN", b"Infinity", b'"NaN"', b'"sNaN"', b'"Infinity"', b'"-Infinity"', b'"1_000"', b'"0x10"'),
    *(b'"1e40000000"', b"true", b"false", b"null", b"[]", b"{}", b'""', b'" "', b"[[]]", NESTED),
    *(b'"\\u0000"', b'"\\ud800"', b'"\\u202e\\u2066"', b'"\\u001b[2J\\u001b]0;x\\u0007"', b'"\\r\\n"'),
    *(b'"\xff"', b'"' + b"x" * 200_000 + b'"', '"\u0661\u0662.\u0663"'.encode()),
    *(b'"9999-12-31T23:59:59-05:00"', b'"0001-01-01T00:00:00+05:00"', b'"0000-00-00T00:00:00Z"'),
    *(
        b'"2026-02-30T00:00:00Z"',
        b'"9999-12-31T23:59:59.999999Z"',
        b'"2026-03-14"',
        b'"1970-01-01T00:00:00Z"',
    ),
)
"""No field can mean any of these."""

CURSORS = (2**62, 2**63, 2**70, 2**31, 0, 1, -5, "x", None, 1.5, True, 10**30)


def one_value(rng: Random) -> Spoil:
    """Put one absurd value in a random place of each answer."""

    def edit(document: Any) -> Any:
        places = list(_places(document))
        if places:
            holder, key = rng.choice(places)
            holder[key] = MARK
        return document

    return with_document(edit, lambda body: body.replace(f'"{MARK}"'.encode(), rng.choice(ANYWHERE)))


def one_name(rng: Random) -> Spoil:
    """Put an absurd value in place of one value of a kind (the same key everywhere)."""

    def edit(document: Any) -> Any:
        places = list(_places(document))
        keys = sorted({key for _, key in places if isinstance(key, str)})
        if keys:
            chosen = rng.choice(keys)
            for holder, key in places:
                if key == chosen:
                    holder[key] = MARK
        return document

    return with_document(edit, lambda body: body.replace(f'"{MARK}"'.encode(), rng.choice(ANYWHERE)))


def cursor(rng: Random) -> Spoil:
    """Put a cursor that cannot be right."""
    value = rng.choice(CURSORS)

    def edit(document: Any) -> Any:
        if isinstance(document, dict) and "last" in document:
            return document | {"last": value}
        return document

    return with_document(edit)


def duplicates(rng: Random) -> Spoil:
    """List one event of the odds twice, the second time with lower prices."""

    def edit(document: Any) -> Any:
        for league in document.get("leagues") or document.get("league") or ():
            events = league.get("events") or ()
            if events:
                events.append(_cheaper(rng.choice(events)))
        return document

    return with_document(edit)


def other_sport(_: Random) -> Spoil:
    """Answer for another sport."""
    return with_document(
        lambda document: document | {"sportId": 4} if isinstance(document, dict) else document
    )


def _cheaper(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _cheaper(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_cheaper(each, key) for each in value]
    is_price = key in {"home", "away", "draw", "over", "under"} and not isinstance(value, str | bool)
    return round(1 + (float(value) - 1) / 2, 3) if is_price and value is not None else value


def wrong_search(rng: Random) -> Spoil:
    """Let a search show nothing, too little, or other owners."""
    share, source = rng.choice((0.0, 0.0, 0.5, 1.0)), rng.choice(("ui", "bot"))

    def edit(document: Any) -> Any:
        if share < 1:
            items = [item for item in document["items"] if rng.random() < share]
        else:
            items = [item | {"source": source} for item in document["items"]]
        return document | {"count": len(items), "items": items}

    return with_document(edit)


def _places(value: Any) -> Any:
    """Every (holder, key) of a value that holds no others."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(items):
        if isinstance(each, dict | list) and each:
            yield from _places(each)
        else:
            yield value, key
