"""A market in which nothing moves costs next to nothing."""

import asyncio

from syncd.linking.relinker import Relinker
from syncd.store.engine import Store
from tests.end_to_end.running import PACE, running, small_sandbox


async def test_a_response_without_news_costs_no_read_of_the_database(sqlite_url, monkeypatch):
    async with small_sandbox() as box, running(box, sqlite_url) as run:
        await run.agrees()
        await asyncio.sleep(5 * PACE)
        readers: list[str] = []
        read = Store.read

        def count(store: Store):
            readers.append(asyncio.current_task().get_name())
            return read(store)

        monkeypatch.setattr(Store, "read", count)
        await asyncio.sleep(20 * PACE)

        # The catalogue is read often in tests, and may change what is wanted; feeds may not.
        assert "planner" not in readers
        assert "commands" in readers


async def test_a_price_that_moves_does_not_wake_the_relinker(sqlite_url, monkeypatch):
    steps = []
    update = Relinker._update_linker

    async def count(self, invalidated):
        steps.append(invalidated)
        await update(self, invalidated)

    async with small_sandbox() as box, running(box, sqlite_url) as run:
        await run.agrees()
        await asyncio.sleep(5 * PACE)
        monkeypatch.setattr(Relinker, "_update_linker", count)
        game, before = run.game, run.odds(run.game)
        assert box.world.move(game, by=0.05)
        await run.until(lambda: run.odds(game) != before)
        await asyncio.sleep(5 * PACE)
        assert steps == []

        box.world.halt(game)
        await run.until(lambda: run.odds(game) is None)
        await run.until(lambda: steps)
