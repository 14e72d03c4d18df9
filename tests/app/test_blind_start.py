"""The database file is there and cannot be used when syncd starts."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from syncd.app.blind_start import BlindStart
from syncd.app.daemon import Daemon
from syncd.simulator.sandbox import Sandbox
from syncd.store.engine import Store
from syncd.store.errors import BusyError, DamagedError, LeaseHeldError, StoreError, UnreachableError
from tests.end_to_end.running import running, settings_for, small_sandbox
from tests.support.virtual_time import LoopClock

DAMAGED = DamagedError("the file is damaged")


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with small_sandbox() as box:
        yield box


def start_of(box: Sandbox, url: str) -> BlindStart:
    return BlindStart(settings_for(box, url, safety={"stale_after": "30s"}), LoopClock())


@pytest.mark.parametrize("error", [DAMAGED, BusyError("locked")])
async def test_what_is_active_is_withdrawn_after_stale_after_and_is_no_deletion_by_hand(
    box: Sandbox, sqlite_url: str, error: StoreError
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
    active = len(box.bettune.account.predictions())
    start, clock = start_of(box, sqlite_url), LoopClock()
    while clock.monotonic() < 30:
        await start.after(error)
        assert len(box.bettune.account.predictions()) == active or start.withdrew
    await start.after(error)
    assert start.withdrew
    assert not box.bettune.account.predictions()
    async with await Store.open(sqlite_url, clock) as store:
        daemon = Daemon(settings_for(box, sqlite_url), store, clock, withdrew_blindly=True)
        working = asyncio.create_task(daemon.run())
        async with asyncio.timeout(30):
            while len(box.bettune.account.predictions()) < active:
                await asyncio.sleep(0.1)
        daemon.stop()
        await working


async def test_a_file_on_which_another_works_is_left_alone(box: Sandbox, sqlite_url: str, tmp_path: Path):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with Path(f"{path}.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(LeaseHeldError):
            await start_of(box, sqlite_url).after(DAMAGED)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("sqlite:////nowhere/syncd.db", DAMAGED),
        ("postgresql://me@127.0.0.1:9/syncd", UnreachableError("no server")),
    ],
)
async def test_where_waiting_is_of_no_use_the_error_is_raised(box: Sandbox, url: str, error: StoreError):
    with pytest.raises(type(error)):
        await start_of(box, url).after(error)
