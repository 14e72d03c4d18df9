"""What reaches a user who is not looking: links for review, and the summary of a day."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC

import pytest

from syncd.app.daemon import Daemon
from syncd.app.messages import DailySummary, ReviewWatch, share_within
from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.model.link import LinkState
from syncd.runtime.measures import Histogram
from syncd.runtime.notifications import Notifications
from syncd.store import mode, rows, schema, writes
from syncd.store.engine import Store
from syncd.store.mode import Mode
from tests.web.fixtures import HOME, NOW, SECOND, HandClock, at_work, change, fill, settings_of


@asynccontextmanager
async def working(store: Store) -> AsyncIterator[Daemon]:
    store.clock = HandClock()
    await fill(store, settings_of())
    async with at_work(store, settings_of()) as daemon:
        yield daemon


async def test_the_summary_says_what_was_done_what_waits_and_how_fresh_it_was(sqlite_store: Store) -> None:
    async with working(sqlite_store) as daemon:
        components = daemon.components
        assert components
        async with sqlite_store.write() as conn:
            await conn.execute(schema.writes.delete())
            for outcome in ("done", "done", "rejected"):
                row = writes.row(change(Pair(HOME, 100)), at=NOW - SECOND, outcome=outcome)
                await rows.write(conn, [row])
        for seconds in [0.2] * 99 + [100]:
            components.reactions.by_kind[Kind.RAISE].observe(seconds)
        components.alerts.fire("pinnacle.stale", "Pinnacle is silent", notify=True)
        summary = DailySummary(
            components, sqlite_store, sqlite_store.clock, Notifications(sqlite_store.clock, UTC)
        )
        assert (await summary.text()).splitlines() == [
            "Predictions in 24 hours: 2 raised; 1 write failed.",
            "BetTune holds 1 prediction of ours.",
            "1 link for review: `syncd matches --review`.",
            "Firing: pinnacle.stale: Pinnacle is silent",
            "95 % of what was raised followed Pinnacle within 0.25 s.",
        ]


async def test_the_summary_says_that_syncd_is_paused(sqlite_store: Store) -> None:
    async with working(sqlite_store) as daemon:
        assert daemon.components
        async with sqlite_store.write() as conn:
            await mode.save(conn, Mode.PAUSED, NOW)
        await daemon.components.load_mode()
        summary = DailySummary(daemon.components, sqlite_store, sqlite_store.clock, daemon.notifications)
        assert "syncd is PAUSED" in await summary.text()


async def test_a_link_that_begins_to_wait_is_reported_once(sqlite_store: Store) -> None:
    async with working(sqlite_store) as daemon:
        assert daemon.components
        daemon.components.links_are_decided = True
        notifications = Notifications(sqlite_store.clock, UTC)
        watch = ReviewWatch(daemon.components, sqlite_store, notifications)
        await watch.look()
        assert notifications._notes == []  # it waited before
        async with sqlite_store.write() as conn:
            await conn.execute(schema.links.update().values(state=LinkState.REVIEW))
        for _ in range(2):
            await watch.look()
        [note] = notifications._notes
        assert "for review" in note
        assert "syncd matches --review" in note


@pytest.mark.parametrize(
    ("values", "text"), [([], ""), ([1, 1, 1, 9], "9 s"), ([1] * 99 + [9], "1 s"), ([50], "more than 9 s")]
)
def test_a_share_lies_within_a_bound(values: list[float], text: str) -> None:
    histogram = Histogram((1, 9))
    for value in values:
        histogram.observe(value)
    assert share_within(histogram, 0.95) == text
