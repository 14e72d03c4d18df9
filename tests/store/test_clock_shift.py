"""A successor whose clock differs from its predecessor's."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Owner
from syncd.model.feed import FeedState
from syncd.runtime.clock import SystemClock
from syncd.store import facts, feeds, predictions, requests, rows, time_shift
from syncd.store.engine import Store
from syncd.store.feeds import Bucket, FeedKey, NextTimes
from syncd.store.lease import Lease

TTL = timedelta(minutes=5)
BUCKET = Bucket("https://api.example", "odds", 29)
MINUTE = timedelta(minutes=1)


class WrongClock(SystemClock):
    """The clock of a machine that is set wrong."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


async def work(url: str, ahead: timedelta) -> None:
    """Take the lease, send a request to each service, and end."""
    clock = WrongClock(ahead)
    async with await Store.open(url, clock) as store:
        lease = await Lease.acquire(store, ttl=TTL)
        async with store.write() as conn:
            await feeds.save_next_times(
                conn, BUCKET, NextTimes(clock.now() + MINUTE, clock.now() + 2 * MINUTE)
            )
            await rows.write(conn, [requests.counted(1, clock.now() + MINUTE)])
            await facts.put(conn, facts.LIMITED_UNTIL, clock.now() + MINUTE, clock.now())
        await lease.release()


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5), timedelta(days=3650)])
async def test_waits_that_are_stored_stay_as_long_as_they_were(postgres_url: str, ahead: timedelta) -> None:
    await work(postgres_url, timedelta(0))
    clock = WrongClock(ahead)
    async with await Store.open(postgres_url, clock) as store:
        lease = await Lease.acquire(store, ttl=TTL)
        async with store.read() as conn:
            times = await feeds.load_next_times(conn, BUCKET)
            limited_until = await facts.get(conn, facts.LIMITED_UNTIL, datetime)
            counted = await requests.load_counted(conn, clock.now())
    assert times
    assert 50 < (times.call_at - clock.now()).total_seconds() <= 60
    assert 110 < (times.snapshot_at - clock.now()).total_seconds() <= 120
    assert len(counted) == 1
    assert limited_until
    assert 50 < (limited_until - clock.now()).total_seconds() <= 60
    assert abs(lease.clock_shift - ahead) < timedelta(seconds=5)


async def test_a_clock_that_is_set_while_it_works_is_noted_at_the_next_renewal(postgres_url: str) -> None:
    clock = WrongClock(timedelta(0))
    async with await Store.open(postgres_url, clock) as store:
        lease = await Lease.acquire(store, ttl=TTL)
        clock.ahead = timedelta(hours=1)
        await lease.renew()
        async with store.write() as conn:
            await feeds.save_next_times(conn, BUCKET, NextTimes(clock.now() + MINUTE, clock.now() + MINUTE))
        await lease.release()
    async with await Store.open(postgres_url, SystemClock()) as store:
        await Lease.acquire(store, ttl=TTL)
        async with store.read() as conn:
            times = await feeds.load_next_times(conn, BUCKET)
    assert times
    assert 50 < (times.call_at - SystemClock().now()).total_seconds() <= 60


async def test_a_clock_that_is_corrected_makes_no_feed_older_and_no_quarantine_longer(store: Store) -> None:
    wrong, right = datetime(2026, 3, 14, 11, 51, tzinfo=UTC), datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    key, pair = FeedKey(host="https://api.example", path="v1/odds", sport_id=29, leagues=""), Pair(1, 2)
    state = FeedState(kind="odds", sport_id=29, path="v1/odds", ok_at=wrong, skew=right - wrong)
    async with store.write() as conn:
        await feeds.save(conn, key, state)
        await rows.write(
            conn, map(predictions.row, [Actual(pair=pair, owner=Owner.NOBODY, quarantined_until=wrong)])
        )
        await facts.put(conn, facts.LIMITED_UNTIL, wrong, wrong)
        await time_shift.shift(conn, right - wrong, right)
        found = await feeds.load(conn, key, "odds")
        assert (found.ok_at, found.skew) == (right, timedelta(0))
        assert (await predictions.load_all(conn))[pair].quarantined_until == right
        assert await facts.get(conn, facts.LIMITED_UNTIL, datetime) == right
        # What was stored by the right clock since stays as it is.
        await time_shift.shift(conn, right - wrong, right)
        assert (await feeds.load(conn, key, "odds")).ok_at == right
