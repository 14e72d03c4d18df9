"""SQLite without threads, and a daemon that has planned."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from syncd.app.daemon import Daemon
from syncd.model.pinnacle import Moneyline, Period
from syncd.store import periods
from syncd.store.engine import Store
from syncd.store.periods import NewPeriodContent
from tests.support.direct_sqlite import direct_sqlite_for_tests  # noqa: F401  (a fixture)
from tests.web.fixtures import NOW, SECOND, HandClock, at_work, fill, settings_of

SETTINGS = settings_of()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def filled(sqlite_store: Store, clock: HandClock) -> Store:
    """A store with a little of everything, and prices of whole markets."""
    sqlite_store.clock = clock
    await fill(sqlite_store, SETTINGS)
    prices = Moneyline(home=Decimal("2.15"), draw=Decimal("3.4"), away=Decimal("3.6"))
    text = periods.encode(Period(number=0, moneyline=prices))
    content = NewPeriodContent(10, 0, 29, 7, text, has_prices=True, has_moneyline=True)
    async with sqlite_store.write() as conn:
        await periods.save(conn, [content], NOW - SECOND)
    return sqlite_store


@pytest.fixture
async def working(filled: Store) -> AsyncIterator[Daemon]:
    """A daemon that has planned what is in the store."""
    async with at_work(filled, SETTINGS) as daemon:
        assert daemon.components
        daemon.components.signals.invalidate(everything=True)
        await daemon.components.planner.step()
        yield daemon
