"""The last hours in steps of five minutes: counted once, and the newest ones again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.store import activity, rows, schema, writes
from syncd.store.activity import ActivityBucket
from syncd.store.engine import Store
from syncd.views.activity import BUCKET, CHARTED, Activities
from tests.web.fixtures import HOME, NOW, SECOND, HandClock, change


async def put(store: Store, at: datetime) -> None:
    async with store.write() as conn:
        sent = change(Pair(HOME, 100), event_id=10)
        await rows.write(conn, [writes.row(sent, at=at, outcome="done")])


def counts(found: list[ActivityBucket]) -> dict[datetime, int]:
    return {each.start: each.done for each in found if each.done}


async def test_there_is_a_bucket_for_each_step_and_the_newest_has_now(working: Daemon, clock: HandClock):
    clock.at = NOW + 7 * SECOND
    found = await Activities(working).buckets()
    starts = [each.start for each in found]
    assert starts[-1] == NOW
    assert starts == [NOW - BUCKET * back for back in reversed(range(CHARTED // BUCKET))]


async def test_a_new_write_is_seen_and_what_was_counted_before_is_kept(
    working: Daemon, filled: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
):
    asked: list[int] = []
    real = activity.count_buckets

    async def counted(conn: Any, starts: list[datetime], seconds: int) -> list[ActivityBucket]:
        asked.append(len(starts))
        return await real(conn, starts, seconds)

    monkeypatch.setattr(activity, "count_buckets", counted)
    activities = Activities(working)
    before = counts(await activities.buckets())
    await put(filled, NOW + SECOND)
    await put(filled, NOW - SECOND)
    assert counts(await activities.buckets()) == before | {
        NOW: 1,
        NOW - BUCKET: before.get(NOW - BUCKET, 0) + 1,
    }
    clock.at += 4 * BUCKET
    await put(filled, clock.at)
    again = counts(await activities.buckets())
    assert again[clock.at] == again[NOW] == 1
    assert asked == [72, 2, 6]
    assert again == counts(await Activities(working).buckets())


async def test_the_lag_of_a_bucket_is_the_middle_one(working: Daemon, filled: Store, clock: HandClock):
    clock.at = NOW + 60 * SECOND
    async with filled.write() as conn:
        changed = {"event_id": 10, "number": 0, "at": NOW, "period_json": "{}"}
        await rows.insert(conn, schema.price_history, [changed])
    for after in (1, 2, 30):
        await put(filled, NOW + timedelta(seconds=after))
    found = await Activities(working).buckets()
    assert [each.lag_s for each in found if each.lag_s is not None] == [2.0]
