"""SQLite without threads, and a daemon that has planned."""

from collections.abc import AsyncIterator

import pytest

from syncd.app.daemon import Daemon
from syncd.store.engine import Store
from tests.support.direct_sqlite import direct_sqlite_for_tests  # noqa: F401  (a fixture)
from tests.web.fixtures import HandClock, at_work, fill, plan, price, settings_of

SETTINGS = settings_of()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def filled(sqlite_store: Store, clock: HandClock) -> Store:
    """A store with a little of everything, and prices of whole markets."""
    sqlite_store.clock = clock
    await fill(sqlite_store, SETTINGS)
    await price(sqlite_store)
    return sqlite_store


@pytest.fixture
async def working(filled: Store) -> AsyncIterator[Daemon]:
    """A daemon that has planned what is in the store."""
    async with at_work(filled, SETTINGS) as daemon:
        await plan(daemon)
        yield daemon
