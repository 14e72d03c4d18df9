"""A machine that loses power: SQLite's log is cut off anywhere, and what was lost is made up for."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from syncd.bettune.budget import Budget
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.store.migrate import upgrade
from tests.end_to_end.running import PACES, running, small_sandbox


def checkpointed(file: Path) -> None:
    """Put all that was committed until now into the file itself: only what follows can be lost."""
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def without_the_end(file: Path, copy: Path, kept: float) -> None:
    """Copy a database in use as the disk may have it; of its log only a share is kept."""
    shutil.copyfile(file, copy)
    log = Path(f"{file}-wal").read_bytes()
    Path(f"{copy}-wal").write_bytes(log[: int(len(log) * kept)])


@pytest.fixture(params=[0.0, 0.37, 0.8, 0.999])
async def after_power_failure(request, tmp_path):
    """A world that moved on, a database that kept this share of what was written, and a halted game."""
    file, copy = tmp_path / "syncd.db", tmp_path / "copy.db"
    url = f"sqlite:///{file}"
    await upgrade(url)
    async with small_sandbox() as box:
        async with running(box, url) as run:
            await run.agrees()
            checkpointed(file)
            moved, halted, back = [each for each in box.world.open_games() if run.odds(each)][:3]
            box.world.halt(halted)
            box.world.halt(back)
            await run.agrees()
            box.world.resume(back)
            box.world.move(moved, by=0.05)
            await run.agrees()
            without_the_end(file, copy, request.param)
        yield box, f"sqlite:///{copy}", halted


async def test_what_was_lost_is_read_again_and_the_window_counts_as_full(after_power_failure, monkeypatch):
    box, url, halted = after_power_failure
    filled = []
    fill = Budget.fill

    def count(budget):
        filled.append(budget.window.limit)
        fill(budget)

    monkeypatch.setattr(Budget, "fill", count)
    monkeypatch.setattr("syncd.store.clock_shift.this_boot", lambda: "another boot")
    monkeypatch.setattr("syncd.store.lease.this_boot", lambda: "another boot")
    box.world.resume(halted)
    async with running(box, url) as run:
        await run.agrees()
        assert filled
        assert not any(each.respected for each in run.daemon.components.actual.values())
    assert not box.pinnacle.request_log.violations


async def test_a_request_to_pinnacle_that_was_lost_costs_no_breach_of_the_pace(tmp_path, monkeypatch):
    file, copy = tmp_path / "syncd.db", tmp_path / "copy.db"
    await upgrade(f"sqlite:///{file}")
    pace = {"pace": dict.fromkeys(PACES, "20s")}
    async with small_sandbox(pinnacle={"pace": equal_pace(20)}) as box:
        async with running(box, f"sqlite:///{file}", pinnacle=pace) as run:
            await run.agrees()
            checkpointed(file)
            asked = len(box.pinnacle.request_log.requests)
            await run.until(lambda: len(box.pinnacle.request_log.requests) >= asked + 3)
            without_the_end(file, copy, 0.0)
        monkeypatch.setattr("syncd.store.clock_shift.this_boot", lambda: "another boot")
        monkeypatch.setattr("syncd.store.lease.this_boot", lambda: "another boot")
        moved = next(each for each in box.world.open_games())
        async with running(box, f"sqlite:///{copy}", pinnacle=pace) as run:
            box.world.move(moved, by=0.05)
            await run.agrees()
        assert not box.pinnacle.request_log.violations
