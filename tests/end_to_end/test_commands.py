"""Commands of users to a running daemon."""

from collections.abc import AsyncIterator

import pytest

from syncd.cli.control import set_mode
from syncd.cli.database import CommandStatus, wait_until_done
from syncd.store import commands, links
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.mode import Mode
from tests.end_to_end.running import Running, running, small_sandbox
from tests.support.virtual_time import LoopClock


@pytest.fixture
async def daemon(sqlite_url: str) -> AsyncIterator[Running]:
    async with small_sandbox() as box, running(box, sqlite_url) as run:
        await run.agrees()
        yield run


@pytest.fixture
async def store(daemon: Running, sqlite_url: str) -> AsyncIterator[Store]:
    """The database as another process sees it."""
    async with await Store.open(sqlite_url, LoopClock()) as opened:
        yield opened


@pytest.fixture
def decision_reads(daemon: Running, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time the relinker reads the decisions of users."""
    reads: list[str] = []
    load_rejections = links.load_rejections

    async def counted(conn):
        reads.append("rejections")
        return await load_rejections(conn)

    monkeypatch.setattr("syncd.linking.relinker.links.load_rejections", counted)
    return reads


async def test_pause_is_applied_when_the_command_returns_and_relinks_nothing(daemon, store, decision_reads):
    assert await set_mode(store, Mode.PAUSED) is CommandStatus.DONE
    assert daemon.daemon.components.mode.paused
    assert await set_mode(store, Mode.WITHDRAWN) is CommandStatus.DONE
    assert daemon.daemon.components.mode.withdrawn
    assert await set_mode(store, Mode.RUNNING) is CommandStatus.DONE
    await daemon.until(lambda: daemon.daemon.components.relinker.idle)
    assert decision_reads == []


async def test_changed_links_are_read_again(daemon, store, decision_reads):
    async with store.write() as conn:
        command_id = await commands.request(conn, Verb.LINKS_CHANGED, store.clock.now())
    assert await wait_until_done(store, command_id) is CommandStatus.DONE
    await daemon.until(lambda: bool(decision_reads))


async def test_a_command_of_a_newer_syncd_is_skipped(daemon, store):
    async with store.write() as conn:
        command_id = await commands.request(conn, "somersault", store.clock.now())
    assert await wait_until_done(store, command_id) is CommandStatus.DONE
    assert not daemon.task.done()


async def test_without_a_daemon_nothing_is_waited_for(sqlite_store: Store):
    assert await set_mode(sqlite_store, Mode.PAUSED) is CommandStatus.NO_DAEMON
    async with sqlite_store.read() as conn:
        assert await commands.load_pending(conn) == []
