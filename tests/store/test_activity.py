"""What was written, page by page, and in buckets of time, on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.store import activity, commands, rows, schema, writes
from syncd.store.activity import ActivityFilter
from syncd.store.commands import Verb
from syncd.store.engine import Store
from tests.web.fixtures import HOUR, NOW, SECOND, change


async def write(store: Store, *sent: tuple[int, Pair, dict[str, Any]]) -> None:
    """Write at so many seconds after NOW."""
    async with store.write() as conn:
        await rows.write(
            conn,
            [
                writes.row(
                    change(pair, kind=extra.get("kind", Kind.RAISE)),
                    at=NOW + second * SECOND,
                    outcome=extra.get("outcome", "done"),
                    took_ms=extra.get("took_ms", 0),
                )
                for second, pair, extra in sent
            ],
        )


async def pages(store: Store, limit: int, **wanted: Any) -> list[list[int]]:
    """The seconds of the writes of all pages, with the number of pages."""
    found, before = [], None
    async with store.read() as conn:
        while True:
            page = await activity.load_page(conn, ActivityFilter(**wanted), limit, before)
            found.append([round((each.at - NOW).total_seconds()) for each in page.writes])
            if page.next is None:
                return found
            before = page.next


async def test_pages_follow_each_other_without_gap_or_repetition(store: Store):
    await write(store, *((n, Pair(1, n), {}) for n in range(1, 8)))
    assert await pages(store, 3) == [[7, 6, 5], [4, 3, 2], [1]]


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [
        ({"kind": Kind.DELETE}, [4]),
        ({"is_done": False}, [3]),
        ({"is_done": True}, [4, 2, 1]),
        ({"filter_id": 2}, [3, 2]),
        ({"match_ids": [1]}, [3, 1]),
        ({"match_ids": []}, []),
        ({"end": NOW + 3 * SECOND}, [2, 1]),
        ({"end": NOW - HOUR}, []),
        ({"filter_id": 2, "is_done": False}, [3]),
    ],
)
async def test_each_condition_narrows_the_writes(store: Store, wanted: dict[str, Any], seconds: list[int]):
    await write(
        store,
        (1, Pair(1, 1), {}),
        (2, Pair(2, 2), {}),
        (3, Pair(2, 1), {"outcome": "rejected"}),
        (4, Pair(1, 2), {"kind": Kind.DELETE}),
    )
    assert await pages(store, 10, **wanted) == [seconds]


async def test_a_page_looks_at_a_bounded_number_and_the_next_one_goes_on(store: Store, monkeypatch):
    monkeypatch.setattr(activity, "WRITES_LOOKED_AT", 3)
    await write(store, (1, Pair(9, 9), {}), *((n, Pair(1, n), {}) for n in range(2, 9)))
    assert await pages(store, 10, filter_id=9) == [[], [], [1]]
    async with store.read() as conn:
        page = await activity.load_page(conn, ActivityFilter(filter_id=9), 10)
    assert page.looked_back_to == NOW + 6 * SECOND


async def test_what_was_deleted_by_age_leaves_no_hole(store: Store):
    await write(store, *((n, Pair(1, n), {}) for n in range(1, 6)))
    async with store.write() as conn:
        await conn.execute(schema.writes.delete().where(schema.writes.c.at <= NOW + 2 * SECOND))
    assert await pages(store, 2) == [[5, 4], [3]]
    async with store.read() as conn:
        assert await activity.moment_of(conn, 1) == NOW + 3 * SECOND


async def test_an_empty_database_has_an_empty_page(store: Store):
    assert await pages(store, 10) == [[]]
    assert await pages(store, 10, end=NOW) == [[]]


async def test_commands_of_a_time_come_newest_first(store: Store):
    async with store.write() as conn:
        for hours, verb in ((3, Verb.PAUSE), (1, Verb.RESUME), (0, Verb.RESYNC)):
            await commands.request(conn, verb, NOW - hours * HOUR)
    async with store.read() as conn:
        found = await commands.load_between(conn, NOW - 2 * HOUR, NOW + SECOND)
        earlier = await commands.load_between(conn, None, NOW - HOUR)
    assert [each.verb for each in found] == ["resync", "resume"]
    assert [each.verb for each in earlier] == ["pause"]


async def test_buckets_count_by_whole_steps(store: Store):
    await write(
        store,
        (0, Pair(1, 1), {"took_ms": 40}),
        (299, Pair(1, 2), {"took_ms": 80, "outcome": "rejected"}),
        (300, Pair(1, 3), {"took_ms": 10}),
        (-1, Pair(1, 4), {"took_ms": 999}),
    )
    changed = NOW + timedelta(seconds=299, microseconds=999_000)
    async with store.write() as conn:
        kept = {"event_id": 1, "number": 0, "period_json": "{}"}
        await rows.insert(conn, schema.price_history, [kept | {"at": NOW}, kept | {"at": changed}])
    async with store.read() as conn:
        found = await activity.count_buckets(conn, [NOW, NOW + 300 * SECOND, NOW + 600 * SECOND], 300)
    assert [(each.done, each.failed, each.price_changes, each.response_ms) for each in found] == [
        (1, 1, 2, 60.0),
        (1, 0, 0, 10.0),
        (0, 0, 0, None),
    ]


async def test_writes_are_counted_by_filter_from_a_moment_on(store: Store):
    failed = {"outcome": "rejected"}
    await write(
        store, (-1, Pair(1, 1), {}), (0, Pair(1, 1), {}), (5, Pair(1, 2), failed), (9, Pair(2, 1), {})
    )
    async with store.read() as conn:
        found = await activity.count_by_filter(conn, NOW)
        assert await activity.count_by_filter(conn, NOW + HOUR) == {}
    assert {id_: (each.done, each.failed, each.sent) for id_, each in found.items()} == {
        1: (1, 1, 2),
        2: (1, 0, 1),
    }


async def test_the_lag_of_a_write_is_the_time_since_its_events_price_changed(store: Store):
    kept = {"event_id": 10, "number": 0, "period_json": "{}"}
    at = {"earlier": NOW - HOUR, "first": NOW, "later": NOW + 90 * SECOND}
    async with store.write() as conn:
        await rows.insert(conn, schema.price_history, [kept | {"at": each} for each in at.values()])
        of_others = change(Pair(1, 2), event_id=11)
        await rows.write(
            conn,
            [
                writes.row(change(Pair(1, 1), event_id=10, **extra), at=NOW + after * SECOND, outcome=outcome)
                for after, outcome, extra in (
                    (2, "done", {}),
                    (93, "done", {"kind": Kind.LOWER}),
                    (94, "rejected", {}),
                    (95, "done", {"kind": Kind.CREATE}),
                    (1_200, "done", {}),
                )
            ],
        )
        await rows.write(conn, [writes.row(of_others, at=NOW + SECOND, outcome="done")])
    async with store.read() as conn:
        found = await activity.load_lags(conn, NOW, timedelta(minutes=15))
    assert sorted(found) == [(NOW + 2 * SECOND, 2.0), (NOW + 93 * SECOND, 3.0)]
