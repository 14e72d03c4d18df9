"""A machine that loses power: SQLite's log is cut off anywhere, and what was lost is made up for."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from syncd.bettune.budget import Budget
from syncd.store.migrate import upgrade
from tests.end_to_end.running import running, small_sandbox


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
