"""The rows of a feed come back as they were written, on both databases, by either way of writing."""

from datetime import UTC, datetime, timedelta

from syncd.model.feed import FeedState
from syncd.store import feeds
from syncd.store.engine import Store
from syncd.store.feeds import Bucket, FeedKey, NextTimes

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
KEY = FeedKey(host="https://api.example", path="v3/odds", sport_id=29, leagues="1,2")
BUCKET = Bucket(host="https://api.example", endpoint="odds", sport_id=29)


async def test_state_and_next_times_are_replaced_by_single_rows(store: Store) -> None:
    empty = FeedState(kind="odds", sport_id=29, path="v3/odds")
    full = FeedState(
        kind="odds",
        sport_id=29,
        path="v3/odds",
        cursor=2**40,
        snapshot_at=AT,
        ok_at=AT,
        changed_at=AT,
        polled_at=AT,
        skew=timedelta(seconds=-3.5),
        failures=2,
        error="«no» response",
        error_since=AT,
        suspect="lost more than half",
    )
    times = NextTimes(AT, AT + timedelta(minutes=2))
    for state in (full, empty, full):
        await store.write_rows([feeds.state_row(KEY, state), feeds.times_row(BUCKET, times)])
        async with store.read() as conn:
            assert await feeds.load(conn, KEY, "odds") == state
            assert await feeds.load_next_times(conn, BUCKET) == times
