"""A cursor that is ahead of the host's blinds a feed for one empty delta at most."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from syncd.pinnacle.feed.cursor import CursorDoubt, CursorTrial
from tests.pinnacle.feed_world import World

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture
async def world(sqlite_store):
    world = await World(sqlite_store).start()
    world.pinnacle.sequence = 3_000_000_000
    world.pinnacle.offer(7)
    world.pinnacle.price(7, 2.5)
    await world.poll("fixtures")
    await world.poll("odds")
    return world


async def reported(world, ahead, *, snapshot=False):
    """A response of odds whose `last` is so far ahead, and right in everything else."""
    world.pinnacle.price(7, 2.6)
    since = None if snapshot else world.feeds["odds"].state.cursor
    body = json.loads(world.pinnacle._body("odds", since))
    body["last"] += ahead
    world.pinnacle.fail(json.dumps(body).encode())
    await world.poll("odds", snapshot=snapshot)
    assert (await world.prices())[7, 0] == Decimal("2.6")


@pytest.mark.parametrize("ahead", [1, 60, 5_000, 100_000, 20_000_000, 86_400_000, 2**40])
@pytest.mark.parametrize("snapshot", [False, True])
async def test_a_price_is_right_again_at_the_third_poll(world, ahead, snapshot):
    await reported(world, ahead, snapshot=snapshot)
    world.pinnacle.price(7, 2.7)
    with capture_logs() as logs:
        for _ in range(2):
            await world.poll("odds")
    assert (await world.prices())[7, 0] == Decimal("2.7")
    assert world.feeds["odds"].state.cursor == world.pinnacle.sequence
    assert ("cursor_corrected" in {each["event"] for each in logs}) is (10 < ahead <= 20_000_000)


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("ahead", [1, 5_000, 20_000_000, 2**40])
async def test_a_first_cursor_that_is_ahead_is_noticed_at_the_first_empty_delta(sqlite_store, ahead, restart):
    """It has no cursor before it to be tried by. A longer silence than this would show it as well."""
    world = await World(sqlite_store).start()
    world.pinnacle.sequence = 3_000_000_000
    world.pinnacle.offer(7)
    await world.poll("fixtures")
    await reported(world, ahead, snapshot=True)
    if restart:
        await world.start()
    began = world.clock.monotonic()
    world.pinnacle.price(7, 2.7)
    while (await world.prices())[7, 0] != Decimal("2.7"):
        await world.poll("odds")
    assert world.clock.monotonic() - began < 130  # two snapshots: the first one could be an old one
    assert world.feeds["odds"].state.cursor == world.pinnacle.sequence


async def test_a_right_first_cursor_costs_one_snapshot_at_most(sqlite_store):
    world = await World(sqlite_store).start()
    world.pinnacle.sequence = 3_000_000_000
    world.pinnacle.price(7, 2.5)
    for _ in range(50):
        await world.poll("odds")
    assert [since for _, since, _ in world.pinnacle.calls].count(None) == 2
    world.pinnacle.calls.clear()
    await world.start()
    world.pinnacle.price(7, 2.6)
    for _ in range(30):
        await world.poll("odds")
    assert None not in [since for _, since, _ in world.pinnacle.calls]  # the first delta was not empty


async def test_every_response_with_a_cursor_ahead_is_corrected(world):
    for number in range(10):
        await reported(world, 500)
        world.pinnacle.price(7, 3 + number / 10)
        for _ in range(2):
            await world.poll("odds")
        assert (await world.prices())[7, 0] == Decimal(str(3 + number / 10))
    assert world.feeds["odds"].state.failures == 0


async def test_a_right_cursor_is_tried_once_and_costs_no_request(world):
    world.pinnacle.price(7, 2.6)
    before = world.feeds["odds"].state.cursor
    await world.poll("odds")
    newest = world.feeds["odds"].state.cursor
    world.pinnacle.calls.clear()
    with capture_logs() as logs:
        for _ in range(5):
            await world.poll("odds")
    assert [since for _, since, _ in world.pinnacle.calls] == [newest, before, newest, newest, newest]
    assert not logs


async def test_after_a_cursor_is_dropped_the_next_snapshot_counts(world):
    await world.poll("odds")
    feed = world.feeds["odds"]
    world.pinnacle.price(7, 2.6)
    await world.poll("odds")
    feed._state = replace(feed.state, cursor=None)
    world.pinnacle.price(7, 2.7)
    began = world.clock.monotonic()
    while (await world.prices())[7, 0] != Decimal("2.7"):
        await world.poll("odds")
    assert world.clock.monotonic() - began <= 70


@pytest.mark.parametrize("minutes", [1, 60, 24 * 60])
def test_a_cursor_that_is_a_time_in_the_future_is_not_believed(minutes):
    doubt, ahead = CursorDoubt(), minutes * 60_000
    assert doubt.believes(NOW_MS + 5_000, NOW_MS, timedelta(seconds=5), NOW)
    assert not doubt.believes(NOW_MS + ahead, NOW_MS, timedelta(seconds=5), NOW)
    assert not CursorDoubt().believes(NOW_MS + ahead, None, timedelta(0), NOW)


def test_a_quiet_night_makes_no_cursor_doubtful():
    hours = timedelta(hours=9)
    assert CursorDoubt().believes(NOW_MS, NOW_MS - 9 * 3_600_000, hours, NOW)


def test_a_trial_that_ends_where_the_newest_cursor_is_confirms_it():
    trial = CursorTrial()
    assert not trial.applied(100, 110, 100)
    assert trial.since(110) == 110
    assert not trial.applied(110, None, 110)
    assert trial.since(110) == 100
    assert not trial.applied(100, 110, 110)
    assert trial.since(110) == 110
    assert not trial.applied(110, None, 110)
    assert trial.since(110) == 110


def test_a_trial_that_ends_below_it_shows_that_it_is_ahead():
    trial = CursorTrial()
    trial.applied(100, 500, 100)
    trial.applied(500, None, 500)
    assert trial.applied(trial.since(500), 120, 500)
