"""What may happen to the machine: its clock, its disk, its processes."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
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
from benchmarks.simulate.paces import MINUTE_S, Setup

LONGER = (300.0, 5400.0)


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


def _dead(stage: Stage, _: Random, __: float) -> End:
    machine = stage.leader()
    machine.die()
    return machine.rise


def _files(database: Path) -> list[Path]:
    paths = [Path(f"{database}{end}") for end in ("", "-wal", "-shm")]
    return [each for each in paths if each.exists()]


def _damaged(stage: Stage, rng: Random, _: float) -> End:
    """Write nonsense over the file; in the end somebody moves it away."""
    path = stage.database
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in (0, *(rng.randrange(0, size, 4096) for _ in range(20))):
            file.seek(place)
            file.write(rng.randbytes(2048))
    return _deleted(stage, rng, 0.0)


def _deleted(stage: Stage, _: Random, length: float) -> End:
    """Delete the file; in the end somebody starts syncd again."""

    def delete() -> None:
        for each in _files(stage.database):
            each.unlink()
        stage.forget_edits()

    def end() -> None:
        delete()
        for machine in stage.machines:
            machine.kill(1)

    if length:
        delete()
    return end


def _without_database(length: float, setup: Setup) -> float:
    """Until it is withdrawn from memory, or by BetTune's list; then a start with an empty database."""
    return stale(length, setup) + again(length, setup)


def _clock_learnt(_: float, setup: Setup) -> float:
    """Until responses have said which clock is right, and the components have been built again."""
    return setup.pace.feeds_s + 2 * MINUTE_S


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
        guarded=True,
    )
    yield FaultKind(name="process.hung", begin=_freeze, lengths=LONGER, extra=away_and_again, guarded=True)
    yield FaultKind(name="process.dead", begin=_dead, lengths=LONGER, extra=away_and_again, guarded=True)
    for name, begin in {"damaged": _damaged, "deleted": _deleted}.items():
        yield FaultKind(
            name=f"store.{name}",
            begin=begin,
            lengths=LONG,
            extra=_without_database,
            forgets=True,
            aftermath=1800,
        )
