"""A database of some time ago: what is missing at BetTune since then was not deleted by hand."""

import asyncio
import sqlite3
from types import SimpleNamespace

import pytest

from syncd.cli.database import holding_lease
from syncd.store import commands
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.sync.vanished import MIN_TOGETHER
from tests.end_to_end.running import running, settings_for, small_sandbox
from tests.end_to_end.test_withdrawal import ours
from tests.support.virtual_time import LoopClock

GUARD = {"after": "40s"}
LATER_S = 30
"""More than half of it."""


def copy(source, target):
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


async def hold_lease_as_a_command(box, url):
    """As `syncd plan` does before the daemon is started."""
    context = SimpleNamespace(settings=settings_for(box, url, guard=GUARD))
    async with await Store.open(url, LoopClock()) as store, holding_lease(context, store):
        pass


@pytest.mark.parametrize("looked_at_first", [False, True])
async def test_what_a_later_database_deleted_is_made_again_by_an_older_one(
    sqlite_url: str, tmp_path, looked_at_first
):
    path = sqlite_url.removeprefix("sqlite:///")
    async with small_sandbox() as box:
        async with running(box, sqlite_url, guard=GUARD) as run:
            await run.agrees()
        copy(path, tmp_path / "older.db")
        async with running(box, sqlite_url, guard=GUARD) as run:
            await run.agrees()
        await asyncio.sleep(LATER_S)
        for pair in sorted(ours(box))[: MIN_TOGETHER - 1]:
            box.bettune.account.delete(pair)
        copy(tmp_path / "older.db", path)
        if looked_at_first:
            await hold_lease_as_a_command(box, sqlite_url)
        async with running(box, sqlite_url, guard=GUARD) as run:
            await run.agrees()


async def test_a_pair_that_was_given_up_is_taken_up_again_by_the_command_alone(sqlite_url: str):
    async with small_sandbox() as box, running(box, sqlite_url) as run:
        await run.agrees()
        components, first, second = run.daemon.components, *sorted(ours(box))[:2]
        for pair in (first, second):
            box.bettune.account.ui_delete(pair)
        for _ in range(3):
            await components.read_back()
            await asyncio.sleep(11)
        assert components.actual[first].respected
        async with run.daemon.store.write() as conn:
            await commands.request(
                conn, Verb.RESTORE, components.clock.now(), filter_id=first[0], match_id=first[1]
            )
        await run.until(lambda: set(run.differences()) == {second})
        await asyncio.sleep(20)
        assert set(run.differences()) == {second}
