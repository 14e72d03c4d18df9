"""The first fill begins with the first country that is linked."""

import asyncio

from syncd.linking.relinker import Relinker
from syncd.simulator.fixture_list import Extent
from tests.end_to_end.running import running, small_sandbox


async def test_what_is_linked_is_written_while_other_countries_are_not_linked_yet(sqlite_url, monkeypatch):
    save, goes_on = Relinker._save, asyncio.Event()

    async def save_and_wait(self, changes):
        await save(self, changes)
        await goes_on.wait()

    monkeypatch.setattr(Relinker, "_save", save_and_wait)
    extent = Extent(leagues=6, rounds=1, traps=False)
    async with small_sandbox(extent=extent) as box, running(box, sqlite_url) as run:
        await run.until(lambda: box.bettune.account.writes)
        components = run.daemon.components
        await run.until(lambda: components.queue.idle)
        assert not components.planner.planned_once.is_set()
        early = set(box.bettune.account.predictions())
        goes_on.set()
        await run.agrees()
        assert early < set(box.bettune.account.predictions())
        assert not box.bettune.account.redundant_writes()


async def test_a_link_of_an_earlier_process_waits_until_all_links_are_decided(sqlite_url, monkeypatch):
    async with small_sandbox() as box:
        async with running(box, sqlite_url) as run:
            await run.agrees()
        update, goes_on = Relinker._update_linker, asyncio.Event()

        async def wait_and_update(self, invalidated):
            await goes_on.wait()
            await update(self, invalidated)

        monkeypatch.setattr(Relinker, "_update_linker", wait_and_update)
        async with running(box, sqlite_url) as run:
            await run.until(lambda: run.daemon.components)
            await run.daemon.components.catalogue.attempted.wait()
            await asyncio.sleep(5)
            assert not run.daemon.components.planner.wanted
            goes_on.set()
            await run.agrees()
