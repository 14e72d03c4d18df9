"""The database is there, or may come, and cannot be used when syncd starts."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from syncd.app.blind_start import BlindStart
from syncd.app.daemon import Daemon
from syncd.simulator.sandbox import Sandbox
from syncd.store.engine import Store
from syncd.store.errors import (
    AccessDeniedError,
    BusyError,
    CannotOpenError,
    DamagedError,
    LeaseHeldError,
    NotWritableError,
    StoreError,
    UnreachableError,
)
from tests.end_to_end.running import running, settings_for, small_sandbox
from tests.end_to_end.test_withdrawal import fill, ours
from tests.support.virtual_time import LoopClock

DAMAGED = DamagedError("the file is damaged")
SERVER = "postgresql://me@127.0.0.1:9/syncd"


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with small_sandbox() as box:
        yield box


def start_of(box: Sandbox, url: str) -> BlindStart:
    return BlindStart(settings_for(box, url, safety={"stale_after": "30s"}), LoopClock())


async def test_a_server_that_comes_later_is_waited_for_and_then_withdrawn_without(
    box: Sandbox, sqlite_url: str
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
    start, clock, error = start_of(box, SERVER), LoopClock(), UnreachableError("no server")
    began = clock.monotonic()
    while clock.monotonic() < began + 30:
        assert box.bettune.account.predictions()
        await start.after(error)
    assert [each.subject for each in start.alerts.firing] == ["store"]
    await start.after(error)
    assert not box.bettune.account.predictions()
    start.end()
    assert not start.alerts.firing


async def test_where_another_syncd_writes_by_that_server_nothing_is_deleted(box: Sandbox):
    start, clock = start_of(box, SERVER), LoopClock()
    fill(box)
    pair = max(ours(box))
    odds = box.bettune.account.odds()[pair]
    while clock.monotonic() < 150:
        box.bettune.account.put(pair, odds + 1)
        await start.after(UnreachableError("no server"))
    assert [write for write in box.bettune.account.writes if write.after is None] == []
    assert any("another syncd works" in each.message for each in start.alerts.firing)


async def test_its_requests_count_in_the_window_of_the_daemon_that_follows(box: Sandbox, sqlite_url: str):
    start = start_of(box, sqlite_url)
    for _ in range(8):
        await start.after(DAMAGED)
    assert start.withdrew
    clock = LoopClock()
    async with await Store.open(sqlite_url, clock) as store:
        daemon = Daemon(settings_for(box, sqlite_url), store, clock, sent_blindly=(clock.monotonic(),) * 5000)
        began, before = clock.monotonic(), len(box.bettune.request_log.requests)
        working = asyncio.create_task(daemon.run())
        while len(box.bettune.request_log.requests) == before:
            await asyncio.sleep(0.05)
        assert clock.monotonic() - began >= 1
        daemon.stop()
        await working


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
        daemon = Daemon(settings_for(box, sqlite_url), store, clock, sent_blindly=start.budget.counted)
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
        ("sqlite:////tmp", CannotOpenError("a folder")),
        (SERVER, AccessDeniedError("the server does not accept this user and password")),
        (SERVER, CannotOpenError("there is no database of this name")),
        (SERVER, NotWritableError("the user lacks a privilege")),
    ],
)
async def test_where_waiting_is_of_no_use_the_error_is_raised(box: Sandbox, url: str, error: StoreError):
    with pytest.raises(type(error)):
        await start_of(box, url).after(error)
