"""What is old goes, what still lives stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from syncd.store import history, rows, schema
from syncd.store.engine import Store

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=100)
LIMIT = NOW - timedelta(days=90)


def event(number: int, *, starts: datetime, seen_at: datetime) -> dict[str, object]:
    return {
        "id": number,
        "sport_id": 29,
        "league_id": 1,
        "home": "A",
        "away": "B",
        "starts": starts,
        "status": "O",
        "seen_at": seen_at,
        "changed_at": seen_at,
    }


def period(event_id: int, changed_at: datetime) -> dict[str, object]:
    return {
        "event_id": event_id,
        "number": 0,
        "sport_id": 29,
        "league_id": 1,
        "period_json": "{}",
        "changed_at": changed_at,
    }


def price(event_id: int, at: datetime) -> dict[str, object]:
    return {"event_id": event_id, "number": 0, "at": at, "period_json": "{}"}


async def ids(store: Store, name: str, column: str = "id") -> list[int]:
    table = schema.metadata.tables[name]
    async with store.read() as conn:
        return list((await conn.execute(select(table.c[column]).order_by(table.c[column]))).scalars())


async def test_events_long_over_go_with_their_periods(store: Store) -> None:
    async with store.write() as conn:
        long_over = event(1, starts=OLD, seen_at=OLD)
        postponed_for_ever = event(2, starts=OLD, seen_at=NOW)
        await rows.insert(conn, schema.events, [long_over, postponed_for_ever])
        await rows.insert(
            conn, schema.periods, [period(1, OLD), period(2, OLD), period(3, OLD), period(4, NOW)]
        )
    gone = await history.prune(store, LIMIT)
    assert gone == {"events": 1, "periods": 2}
    assert await ids(store, "events") == [2]
    assert await ids(store, "periods", "event_id") == [2, 4]


async def test_old_prices_go_in_chunks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHUNK", 10)
    async with store.write() as conn:
        await rows.insert(conn, schema.price_history, (price(1, OLD) for _ in range(25)))
        await rows.insert(conn, schema.price_history, [price(1, NOW)])
    assert await history.prune(store, LIMIT) == {"price_history": 25}
    async with store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(schema.price_history)) == 1


async def test_a_trouble_that_lasts_and_an_order_that_waits_stay(store: Store) -> None:
    async with store.write() as conn:
        lasting = {"subject": "a", "message": "", "since": OLD, "until": None}
        over = {"subject": "b", "message": "", "since": OLD, "until": OLD}
        await rows.insert(conn, schema.troubles, [lasting, over])
        waiting = {"verb": "resync", "asked_at": OLD, "done_at": None}
        await rows.insert(conn, schema.orders, [waiting, waiting | {"done_at": OLD}])
    assert await history.prune(store, LIMIT) == {"troubles": 1, "orders": 1}


async def test_nothing_to_forget_is_nothing_done(store: Store) -> None:
    assert await history.prune(store, LIMIT) == {}
