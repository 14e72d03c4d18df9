"""What may happen to the machine: its clock, its disk, its processes."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from benchmarks.simulate.fault_kind import (
    LONG,
    ONCE,
    Begin,
    End,
    FaultKind,
    Stage,
    again,
    away_and_again,
    stale,
)
from benchmarks.simulate.paces import MINUTE_S, Pace


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


def _clock_learnt(_: float, pace: Pace) -> float:
    """Until responses have said which clock is right, and the components have been built again."""
    return pace.feeds_s + 2 * MINUTE_S


def machine() -> Iterator[FaultKind]:
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
            extra=_clock_learnt,
            aftermath=1200,
        )
    codes = {"full": sqlite3.SQLITE_FULL, "readonly": sqlite3.SQLITE_READONLY, "ioerr": sqlite3.SQLITE_IOERR}
    for name, code in codes.items():
        yield FaultKind(name=f"store.{name}", begin=_disk_fault(code), lengths=LONG, extra=stale)
    yield FaultKind(name="store.locked", begin=_locked, lengths=LONG, extra=stale)
    yield FaultKind(name="process.kill", begin=_kill, lengths=ONCE, extra=again)
    yield FaultKind(name="process.kills", begin=_kills, lengths=(60.0, 200.0), extra=away_and_again)
    yield FaultKind(name="process.restart", begin=_restart, lengths=ONCE, extra=again)
    yield FaultKind(name="process.reload", begin=_reload, lengths=ONCE, extra=again)
    yield FaultKind(
        name="process.freeze",
        begin=_freeze,
        lengths=(5.0, 900.0),
        extra=away_and_again,
        stands_by=True,
    )
