"""A market in which nothing moves costs next to nothing."""

import asyncio

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
