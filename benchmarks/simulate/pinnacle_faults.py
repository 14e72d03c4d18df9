"""What Pinnacle may do."""

from collections.abc import Callable, Iterator
from random import Random

from benchmarks.simulate import absurd, headers
from benchmarks.simulate.fault_kind import (
    LONG,
    FaultKind,
    down,
    flaky,
    injected,
    slow,
    snapshot,
    spoilt,
    stale,
)
from benchmarks.simulate.paces import RESNAPSHOT_S
from benchmarks.simulate.spoilers import Spoil, refusal

LONGEST_PAUSE_S = 900.0
"""Between two tries after a refusal (401, 403)."""


def pinnacle() -> Iterator[FaultKind]:
    for kind in ("500", "503", "429", "404", "400"):
        make = injected("pinnacle", kind) if kind in ("500", "503", "429") else None
        begin = make or spoilt("pinnacle", lambda _, kind=kind: refusal(int(kind), "UNEXPECTED"))  # type: ignore[misc]
        yield FaultKind(name=f"pinnacle.{kind}", begin=begin, lengths=LONG, extra=stale)
    for kind in ("hang", "reset", "lost", "cut", "short", "garbled", "broken_gzip", "html", "301", "empty"):
        begin = injected("pinnacle", kind, **({"hang_for": 600.0} if kind == "hang" else {}))
        yield FaultKind(name=f"pinnacle.{kind}", begin=begin, lengths=LONG, extra=stale)
    for kind in ("halved", "american"):
        yield FaultKind(
            name=f"pinnacle.{kind}", begin=injected("pinnacle", kind), lengths=LONG, extra=snapshot
        )
    for kind in ("401", "403"):
        yield FaultKind(
            name=f"pinnacle.{kind}",
            begin=injected("pinnacle", kind),
            lengths=LONG,
            extra=stale,
            aftermath=LONGEST_PAUSE_S + 300,
        )
    yield FaultKind(
        name="pinnacle.sport_denied",
        begin=spoilt("pinnacle", lambda _: refusal(403, "SPORT_ACCESS_DENIED"), before=True),
        lengths=LONG,
        extra=stale,
        aftermath=LONGEST_PAUSE_S + 300,
    )
    yield FaultKind(name="pinnacle.down", begin=down("pinnacle"), lengths=LONG, extra=stale)
    yield FaultKind(name="pinnacle.slow", begin=slow("pinnacle"), lengths=LONG, extra=stale)
    yield FaultKind(name="pinnacle.flaky", begin=spoilt("pinnacle", flaky), lengths=LONG, extra=stale)
    feeds = ("*", "*/odds", "*/fixtures", "*/settled", "*/special")
    spoils: dict[str, tuple[Callable[[Random], Spoil], tuple[str, ...]]] = {
        "absurd_value": (absurd.one_value, feeds),
        "absurd_name": (absurd.one_name, feeds),
        "cursor": (absurd.cursor, feeds),
        "duplicates": (absurd.duplicates, ("*/odds",)),
        "other_sport": (absurd.other_sport, ("*/odds", "*/settled")),
        "absurd_date": (headers.dates, feeds),
        "wrong_date": (headers.wrong_date, feeds),
        "odd_headers": (headers.odd_headers, feeds),
        "long_header": (headers.long_header, feeds),
        "cache": (headers.cache, feeds),
    }
    for name, (make_spoil, paths) in spoils.items():
        yield FaultKind(
            name=f"pinnacle.{name}",
            begin=spoilt("pinnacle", make_spoil, paths),
            lengths=LONG,
            extra=snapshot,
            aftermath=RESNAPSHOT_S,
        )
