"""The real client and feeds over HTTP, against the strict simulated host in each of its dialects."""

from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from syncd.config.presets import PRESETS
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.factory import feeds_of_sport
from syncd.pinnacle.feed.on_demand import Demand
from syncd.runtime.clock import SystemClock
from syncd.runtime.gate import Gate
from syncd.simulator.fixture_list import Extent
from syncd.simulator.random_events import BRISK
from syncd.simulator.sandbox import Sandbox
from syncd.store import events, periods, specials
from syncd.store.engine import Store
from tests.pinnacle.fakes import SPORT, HandClock

WITH_CONTENT = ("fixtures", "odds", "specials", "special_odds")


async def feeds_into(store, sandbox, clock, preset, stack):
    client = await stack.enter_async_context(
        PinnacleClient(
            base_url=sandbox.pinnacle_url,
            username="demo",
            password="demo",
            versions=PRESETS[preset].versions,
            clock=clock,
        )
    )
    feeds = feeds_of_sport(
        SPORT,
        client=client,
        store=store,
        clock=clock,
        gate=Gate(),
        pace=PRESETS[preset].pace,
        specials=Demand(needed=True),
    )
    for feed in feeds:
        await feed.load()
    return feeds


async def poll_all(feeds, clock):
    for feed in feeds:
        if feed.next_at() <= clock.now():
            poll = await feed.poll()
            assert not poll.error, poll


async def stored_in(store):
    """The listed events, the offered periods and the offered specials of the store."""
    async with store.read() as conn:
        known_events = await events.load(conn, [SPORT])
        listed = {number: state.event for number, state in known_events.items() if state.listed}
        known = await periods.load(conn, listed)
        by_event = await specials.load(conn, listed)
    offered = {
        (event, number): state.period
        for event, numbers in known.items()
        for number, state in numbers.items()
        if not state.gone and state.period.has_prices
    }
    bets = {
        state.special.id: (state.special, state.odds)
        for states in by_event.values()
        for state in states
        if state.listed and state.odds and not state.odds_gone
    }
    return listed, offered, bets


@pytest.mark.parametrize("preset", PRESETS)
async def test_feeds_that_followed_a_day_of_changes_agree_with_new_ones(preset):
    clock = HandClock()
    sandbox = Sandbox(
        clock=clock,
        preset=preset,
        extent=Extent(leagues=4, rounds=1),
        pinnacle={"snapshot_cache": 60.0 if preset == "ps3838" else 0.0},
    )
    sandbox.random_events.tempo = BRISK
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(sandbox)
        old, new = [
            await stack.enter_async_context(await Store.open("sqlite:///:memory:", SystemClock()))
            for _ in range(2)
        ]
        feeds = await feeds_into(old, sandbox, clock, preset, stack)
        for _ in range(80):
            clock.move(seconds=5)
            sandbox.random_events.step(1.0)
            await poll_all(feeds, clock)
        for _ in range(40):  # nothing changes until every cache and pace has expired
            clock.move(seconds=5)
            await poll_all(feeds, clock)
        clock.move(seconds=121)
        fresh = await feeds_into(new, sandbox, clock, preset, stack)
        await poll_all([feed for feed in fresh if feed.kind in WITH_CONTENT], clock)
        assert sandbox.pinnacle.request_log.violations == []
        assert await stored_in(old) == await stored_in(new)
        assert all(await stored_in(new))
        assert clock.now() - feeds[1].state.ok_at < timedelta(minutes=5)
