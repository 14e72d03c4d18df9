"""A rule of the config in words: one sentence for each thing that it asks of a price."""

from collections.abc import Iterator
from decimal import Decimal

from syncd.config.settings import Rule
from syncd.config.values import format_duration


def price_text(rule: Rule) -> str:
    """Return what Min Odds are made from: `the fair price by shin, times 1.02`."""
    which = "" if rule.reference == "latest" else f"{rule.reference} "
    text = f"Pinnacle's {which}price" if rule.price == "raw" else f"the {which}fair price by {rule.method}"
    return text if rule.factor == 1 else f"{text}, times {_number(rule.factor)}"


def rule_sentences(rule: Rule) -> tuple[str, ...]:
    """Return a rule in sentences; what it leaves as it is by default and changes no price is left out."""
    return tuple(each[0].upper() + each[1:] + "." for each in _sentences(rule))


def _sentences(rule: Rule) -> Iterator[str]:
    yield f"Min Odds are {price_text(rule)}{_rounding(rule)}"
    if rule.min_change:
        yield f"a change of less than {_percent(rule.min_change)} is not sent"
    yield _suspension(rule)
    yield from _times(rule)
    yield from _bounds(rule)
    if rule.leagues:
        yield f"only leagues named {_either(rule.leagues)}"
    if rule.exclude_leagues:
        yield f"no leagues named {_either(rule.exclude_leagues)}"


def _times(rule: Rule) -> Iterator[str]:
    if rule.open_before is not None:
        yield f"nothing earlier than {format_duration(rule.open_before)} before kick-off"
    if rule.close_before:
        yield f"withdrawn {format_duration(rule.close_before)} before kick-off"


def _bounds(rule: Rule) -> Iterator[str]:
    if rule.min_odds is not None:
        yield f"no prediction below {_number(rule.min_odds)}"
    if rule.max_odds is not None:
        yield f"no prediction above {_number(rule.max_odds)}"
    if rule.min_limit is not None:
        yield f"only where Pinnacle takes a stake of at least {rule.min_limit}"
    if rule.max_booksum is not None:
        yield f"only where the booksum is at most {_number(rule.max_booksum)}"


def _rounding(rule: Rule) -> str:
    if rule.price == "raw" and rule.factor == 1:
        return ", to the digit"
    return f", rounded up to {rule.decimals} decimal{'' if rule.decimals == 1 else 's'}"


def _suspension(rule: Rule) -> str:
    if rule.on_suspend == "keep":
        return "while the market is suspended, a prediction is kept"
    if not rule.suspend_grace:
        return "when the market is suspended, a prediction is deleted at once"
    return f"when the market is suspended for {format_duration(rule.suspend_grace)}, a prediction is deleted"


def _either(globs: tuple[str, ...]) -> str:
    return " or ".join(globs)


def _percent(share: Decimal) -> str:
    return f"{_number(share * 100)} %"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
