"""Every kind of fault: how it begins and ends, how long it lasts, and what exposure it may cost.

`extra` is how much longer than usual a prediction may be wrong while it lasts or just after it. Pinnacle's
faults may cost `stale_after` (10 minutes), since until then a price that nobody confirms still stands;
BetTune's may cost as long as BetTune takes no writes; a process that is dead or frozen, as long as that.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from random import Random
from typing import Any, Protocol

from benchmarks.simulate import absurd, headers
from benchmarks.simulate.disk import Disk
from benchmarks.simulate.machine import Machine
from benchmarks.simulate.network import Network
from benchmarks.simulate.spoilers import Spoil, Spoiler, Spoilers, refusal, with_headers
from syncd.simulator.faults import FaultInjector
from syncd.simulator.sandbox import Sandbox

MINUTE_S = 60.0
STALE_S = 600.0
"""`stale_after` of the simulated config."""
RESNAPSHOT_S = 900.0
PACE_S = 120.0
LONGEST_PAUSE_S = 900.0
"""Between two tries after a refusal (401, 403)."""


class Stage(Protocol):
    """What faults happen to."""

    sandbox: Sandbox
    network: Network
    disk: Disk
    machines: list[Machine]
    spoilers: Mapping[str, Spoilers]

    def leader(self) -> Machine:
        """The machine whose daemon works."""
        ...

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later."""
        ...

    def forgive_values(self, *, forgive: bool) -> None:
        """Do not blame the daemon for what BetTune makes of its odds."""
        ...


End = Callable[[], object]
Begin = Callable[[Stage, Random, float], End | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """A kind of fault."""

    name: str
    begin: Begin
    lengths: tuple[float, float]
    """Seconds."""
    extra: Callable[[float], float]
    """Seconds of exposure beyond the usual, by the length of the fault."""
    stands_by: bool = False
    """Whether a second daemon takes over, so that only the first seconds count."""
    aftermath: float = 300.0
    """Seconds after its end in which it may still be the cause."""


PORTS = {"pinnacle": 8801, "bettune": 8802}


def _injected(service: str, kind: str, path: str = "*", **how: Any) -> Begin:
    def begin(stage: Stage, _: Random, length: float) -> End:
        injector: FaultInjector = getattr(stage.sandbox, service).faults
        injector.inject(kind, path=path, seconds=length, **how)
        return lambda: None

    return begin


def _spoilt(
    service: str, make: Callable[[Random], Spoil], paths: tuple[str, ...] = ("*",), **how: Any
) -> Begin:
    def begin(stage: Stage, rng: Random, _: float) -> End:
        spoiler = Spoiler(spoil=make(rng), path=rng.choice(paths), **how)
        return stage.spoilers[service].add(spoiler)

    return begin


def _down(service: str) -> Begin:
    def begin(stage: Stage, _: Random, __: float) -> End:
        stage.network.down.add(PORTS[service])
        return lambda: stage.network.down.discard(PORTS[service])

    return begin


def _slow(service: str) -> Begin:
    def begin(stage: Stage, rng: Random, _: float) -> End:
        stage.network.slowness[PORTS[service]] = rng.uniform(0.5, 8.0)
        return lambda: stage.network.slowness.pop(PORTS[service], None)

    return begin


def _flaky(rng: Random) -> Spoil:
    return lambda _, response: response if rng.random() < 0.5 else None


# --- BetTune


def _keeps_other(stage: Stage, rng: Random, _: float) -> End:
    account, cap = stage.sandbox.bettune.account, rng.random() < 0.5
    real = account._set

    def keep(pair: Any, odds: Decimal, source: Any) -> Any:
        other = min(odds, Decimal(3)) if cap else odds.quantize(Decimal("0.01"), rounding=ROUND_FLOOR)
        return real(pair, max(other, Decimal("1.01")) if source == "api" else odds, source)

    account._set = keep  # type: ignore[method-assign]
    stage.forgive_values(forgive=True)

    def end() -> None:
        account._set = real  # type: ignore[method-assign]
        stage.forgive_values(forgive=False)

    return end


def _limit_learnt(rng: Random) -> Spoil:
    requests, window = rng.choice((("60", "60000"), ("1", "86400"), ("0", "60"), ("1000000", "1")))
    return with_headers(X_RateLimit_Limit=requests, X_RateLimit_Window=window)


# --- the machine


def _clock(hours: tuple[float, ...]) -> Begin:
    def begin(stage: Stage, rng: Random, _: float) -> End:
        machine = rng.choice(stage.machines)
        machine.set_clock(timedelta(hours=rng.choice(hours)))
        return lambda: machine.set_clock(timedelta())

    return begin


def _disk_fault(code: int) -> Begin:
    def begin(stage: Stage, _: Random, __: float) -> End:
        stage.disk.fault = code

        def end() -> None:
            stage.disk.fault = None

        return end

    return begin


def _locked(stage: Stage, _: Random, __: float) -> End:
    stage.disk.locked = True

    def end() -> None:
        stage.disk.locked = False

    return end


def _kill(stage: Stage, rng: Random, _: float) -> None:
    stage.leader().kill(rng.randint(1, 500))


def _kills(stage: Stage, rng: Random, length: float) -> None:
    for number in range(int(length / 20)):
        steps = rng.randint(1, 500)
        stage.later(20.0 * number, lambda steps=steps: stage.leader().kill(steps))  # type: ignore[misc]


def _restart(stage: Stage, _: Random, __: float) -> None:
    stage.leader().restart()


def _reload(stage: Stage, _: Random, __: float) -> None:
    stage.leader().reload()


def _freeze(stage: Stage, _: Random, __: float) -> End:
    process = stage.leader().process
    process.freeze()
    return process.thaw


# --- the list

SHORT, LONG = (20.0, 240.0), (20.0, 2400.0)
ONCE = (0.0, 0.0)


def _stale(length: float) -> float:
    return min(length + PACE_S, STALE_S) + 2 * MINUTE_S


def _whole(length: float) -> float:
    """BetTune takes nothing for so long; then the writes that have waited go."""
    return length + 3 * MINUTE_S


def _refused(length: float) -> float:
    return length + min(2 * length, LONGEST_PAUSE_S) + 3 * MINUTE_S


def _resnapshot(_: float) -> float:
    return RESNAPSHOT_S + 2 * MINUTE_S


def _about(seconds: float) -> Callable[[float], float]:
    return lambda _: seconds


def _pinnacle() -> Iterator[FaultKind]:
    for kind in ("500", "503", "429", "404", "400"):
        make = _injected("pinnacle", kind) if kind in ("500", "503", "429") else None
        begin = make or _spoilt("pinnacle", lambda _, kind=kind: refusal(int(kind), "UNEXPECTED"))  # type: ignore[misc]
        yield FaultKind(name=f"pinnacle.{kind}", begin=begin, lengths=LONG, extra=_stale)
    for kind in ("hang", "reset", "lost", "cut", "short", "garbled", "broken_gzip", "html", "301", "empty"):
        begin = _injected("pinnacle", kind, **({"hang_for": 600.0} if kind == "hang" else {}))
        yield FaultKind(name=f"pinnacle.{kind}", begin=begin, lengths=LONG, extra=_stale)
    for kind in ("halved", "american"):
        yield FaultKind(
            name=f"pinnacle.{kind}", begin=_injected("pinnacle", kind), lengths=LONG, extra=_resnapshot
        )
    for kind in ("401", "403"):
        yield FaultKind(
            name=f"pinnacle.{kind}",
            begin=_injected("pinnacle", kind),
            lengths=LONG,
            extra=_stale,
            aftermath=LONGEST_PAUSE_S + 300,
        )
    yield FaultKind(
        name="pinnacle.sport_denied",
        begin=_spoilt("pinnacle", lambda _: refusal(403, "SPORT_ACCESS_DENIED"), before=True),
        lengths=LONG,
        extra=_stale,
        aftermath=LONGEST_PAUSE_S + 300,
    )
    yield FaultKind(name="pinnacle.down", begin=_down("pinnacle"), lengths=LONG, extra=_stale)
    yield FaultKind(name="pinnacle.slow", begin=_slow("pinnacle"), lengths=LONG, extra=_stale)
    yield FaultKind(name="pinnacle.flaky", begin=_spoilt("pinnacle", _flaky), lengths=LONG, extra=_stale)
    feeds = ("*", "*/odds", "*/fixtures", "*/settled", "*/special")
    spoilt: dict[str, tuple[Callable[[Random], Spoil], tuple[str, ...]]] = {
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
    for name, (make_spoil, paths) in spoilt.items():
        yield FaultKind(
            name=f"pinnacle.{name}",
            begin=_spoilt("pinnacle", make_spoil, paths),
            lengths=LONG,
            extra=_resnapshot,
            aftermath=RESNAPSHOT_S,
        )


def _bettune() -> Iterator[FaultKind]:
    for kind in ("500", "503", "429", "hang", "reset", "lost", "cut", "garbled", "html", "301", "empty"):
        more = {"hang_for": 600.0} if kind == "hang" else {}
        yield FaultKind(
            name=f"bettune.{kind}", begin=_injected("bettune", kind, **more), lengths=LONG, extra=_whole
        )
    for kind in ("401", "403"):
        yield FaultKind(
            name=f"bettune.{kind}",
            begin=_injected("bettune", kind),
            lengths=LONG,
            extra=_refused,
            aftermath=LONGEST_PAUSE_S + 300,
        )
    yield FaultKind(name="bettune.down", begin=_down("bettune"), lengths=LONG, extra=_whole)
    yield FaultKind(name="bettune.slow", begin=_slow("bettune"), lengths=LONG, extra=_whole)
    yield FaultKind(name="bettune.flaky", begin=_spoilt("bettune", _flaky), lengths=LONG, extra=_whole)
    reads = ("*", "*/matches", "*/prediction-filters", "*/search", "*/prediction")
    spoilt: dict[str, Callable[[Random], Spoil]] = {
        "absurd_value": absurd.one_value,
        "absurd_name": absurd.one_name,
        "absurd_date": headers.dates,
        "wrong_date": headers.wrong_date,
        "odd_headers": headers.odd_headers,
        "long_header": headers.long_header,
    }
    for name, make in spoilt.items():
        yield FaultKind(
            name=f"bettune.{name}",
            begin=_spoilt("bettune", make, reads),
            lengths=LONG,
            extra=_whole,
            aftermath=RESNAPSHOT_S,
        )
    once: dict[str, tuple[Spoil, str, int]] = {
        "delete_400": (refusal(400, "bad_request"), "DELETE", 1),
        "delete_409": (refusal(409, "conflict"), "DELETE", 3),
        "put_400": (refusal(400, "odds_invalid"), "PUT", 5),
        "put_404": (refusal(404, "match_not_found"), "PUT", 1),
        "retry_after_day": (refusal(429, "rate_limit_exceeded", Retry_After="86400"), "*", 1),
        "retry_after_absurd": (
            refusal(429, "rate_limit_exceeded", Retry_After="Fri, 31 Dec 9999 23:59:59 -0100"),
            "*",
            1,
        ),
    }
    for name, (spoil, method, times) in once.items():
        begin = _spoilt("bettune", lambda _, s=spoil: s, before=True, method=method, times=times)  # type: ignore[misc]
        yield FaultKind(
            name=f"bettune.{name}", begin=begin, lengths=(600.0, 1800.0), extra=_about(3 * MINUTE_S)
        )
    yield FaultKind(
        name="bettune.limit_as_400",
        begin=_spoilt("bettune", lambda _: refusal(400, "rate_limit_exceeded"), before=True),
        lengths=SHORT,
        extra=_whole,
    )
    yield FaultKind(
        name="bettune.limit_headers",
        begin=_spoilt("bettune", _limit_learnt, times=3),
        lengths=LONG,
        extra=_about(3 * MINUTE_S),
        aftermath=3600,
    )
    yield FaultKind(
        name="bettune.keeps_other",
        begin=_keeps_other,
        lengths=LONG,
        extra=_about(3 * MINUTE_S),
        aftermath=1800,
    )


def _machine() -> Iterator[FaultKind]:
    again = PACE_S + 3 * MINUTE_S
    """After a start: the feeds' pace, the links, the plan, the reads before the first write."""
    clocks = {
        "back_2m": (-1 / 30,),
        "back": (-1.0, -24.0, -72.0),
        "forward": (0.1, 1.0, 24.0),
        "years": (365 * 24.0, 3650 * 24.0),
    }
    for name, hours in clocks.items():
        yield FaultKind(
            name=f"clock.{name}",
            begin=_clock(hours),
            lengths=LONG,
            extra=_about(PACE_S + 2 * MINUTE_S),
            aftermath=1200,
        )
    codes = {"full": sqlite3.SQLITE_FULL, "readonly": sqlite3.SQLITE_READONLY, "ioerr": sqlite3.SQLITE_IOERR}
    for name, code in codes.items():
        yield FaultKind(name=f"store.{name}", begin=_disk_fault(code), lengths=LONG, extra=_stale)
    yield FaultKind(name="store.locked", begin=_locked, lengths=LONG, extra=_stale)
    yield FaultKind(name="process.kill", begin=_kill, lengths=ONCE, extra=_about(again))
    yield FaultKind(
        name="process.kills", begin=_kills, lengths=(60.0, 200.0), extra=lambda length: length + again
    )
    yield FaultKind(name="process.restart", begin=_restart, lengths=ONCE, extra=_about(again))
    yield FaultKind(name="process.reload", begin=_reload, lengths=ONCE, extra=_about(again))
    yield FaultKind(
        name="process.freeze",
        begin=_freeze,
        lengths=(5.0, 900.0),
        extra=lambda length: length + again,
        stands_by=True,
    )


KINDS: Mapping[str, FaultKind] = {each.name: each for each in (*_pinnacle(), *_bettune(), *_machine())}
"""By name."""
