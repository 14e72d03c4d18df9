"""Old data is deleted, current data stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from syncd.store import offer_history, retention, rows, schema
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


async def test_events_long_over_are_deleted_with_their_periods(store: Store) -> None:
    async with store.write() as conn:
        long_over = event(1, starts=OLD, seen_at=OLD)
        postponed_for_ever = event(2, starts=OLD, seen_at=NOW)
        await rows.insert(conn, schema.events, [long_over, postponed_for_ever])
        await rows.insert(
            conn, schema.periods, [period(1, OLD), period(2, OLD), period(3, OLD), period(4, NOW)]
        )
    gone = await retention.prune(store, LIMIT)
    assert gone == {"events": 1, "periods": 2}
    assert await ids(store, "events") == [2]
    assert await ids(store, "periods", "event_id") == [2, 4]


async def test_old_prices_are_deleted_in_chunks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS_PER_TRANSACTION", 10)
    async with store.write() as conn:
        await rows.insert(conn, schema.price_history, (price(1, OLD) for _ in range(25)))
        await rows.insert(conn, schema.price_history, [price(1, NOW)])
    assert await retention.prune(store, LIMIT) == {"price_history": 25}
    async with store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(schema.price_history)) == 1


async def test_a_firing_alert_and_a_pending_command_stay(store: Store) -> None:
    async with store.write() as conn:
        firing = {"subject": "a", "message": "", "fired_at": OLD, "resolved_at": None}
        resolved = {"subject": "b", "message": "", "fired_at": OLD, "resolved_at": OLD}
        await rows.insert(conn, schema.alerts, [firing, resolved])
        waiting = {"verb": "resync", "requested_at": OLD, "done_at": None}
        await rows.insert(conn, schema.commands, [waiting, waiting | {"done_at": OLD}])
    assert await retention.prune(store, LIMIT) == {"alerts": 1, "commands": 1}


async def test_an_empty_database_has_nothing_to_delete(store: Store) -> None:
    assert await retention.prune(store, LIMIT) == {}


def special(number: int, event_id: int, changed_at: datetime = NOW) -> dict[str, object]:
    return {
        "id": number,
        "sport_id": 29,
        "league_id": 1,
        "event_id": event_id,
        "special_json": "{}",
        "changed_at": changed_at,
    }


def special_price(special_id: int, changed_at: datetime = NOW) -> dict[str, object]:
    return {"special_id": special_id, "sport_id": 29, "odds_json": "{}", "changed_at": changed_at}


def past_special_price(special_id: int, at: datetime) -> dict[str, object]:
    return {"special_id": special_id, "at": at, "odds_json": "{}"}


def linked(event_id: int) -> dict[str, object]:
    return {
        "event_id": event_id,
        "match_id": event_id,
        "state": "auto",
        "confidence": 1.0,
        "link_json": "{}",
        "decided_at": NOW,
    }


async def test_the_first_prices_of_an_event_ahead_stay_however_old(store: Store) -> None:
    earlier = OLD - timedelta(days=1)
    async with store.write() as conn:
        await rows.insert(conn, schema.events, [event(1, starts=NOW, seen_at=NOW)])
        await rows.insert(conn, schema.specials, [special(5, event_id=1)])
        await rows.insert(conn, schema.price_history, [price(1, earlier), price(1, OLD), price(1, NOW)])
        await rows.insert(
            conn,
            schema.special_history,
            [past_special_price(5, earlier), past_special_price(5, OLD), past_special_price(5, NOW)],
        )
    assert await retention.prune(store, LIMIT) == {"price_history": 1, "special_history": 1}
    async with store.read() as conn:
        for table in (schema.price_history, schema.special_history):
            assert set((await conn.execute(select(table.c.at))).scalars()) == {earlier, NOW}


async def test_specials_are_deleted_with_their_events_and_outrights_by_their_own_age(store: Store) -> None:
    async with store.write() as conn:
        await rows.insert(
            conn, schema.events, [event(1, starts=OLD, seen_at=OLD), event(2, starts=NOW, seen_at=NOW)]
        )
        closed = [{"event_id": event_id, "at": offer_history.ALWAYS, "open": False} for event_id in (1, 2)]
        await rows.insert(conn, schema.event_openness, closed)
        await rows.insert(
            conn, schema.specials, [special(5, event_id=1), special(6, event_id=2, changed_at=OLD)]
        )
        of_outrights = [special_price(8, OLD), special_price(9, NOW)]
        await rows.insert(
            conn, schema.special_prices, [special_price(5), special_price(6, OLD), *of_outrights]
        )
        await rows.insert(
            conn,
            schema.special_history,
            [past_special_price(5, NOW), past_special_price(6, OLD), past_special_price(8, OLD)],
        )
    await retention.prune(store, LIMIT)
    assert await ids(store, "specials") == [6]
    assert await ids(store, "event_openness", "event_id") == [2]
    assert await ids(store, "special_prices", "special_id") == [6, 9]
    assert await ids(store, "special_history", "special_id") == [6]


async def test_prices_without_a_link_may_be_deleted_sooner(store: Store) -> None:
    yesterday = NOW - timedelta(days=1)
    async with store.write() as conn:
        await rows.insert(
            conn, schema.events, [event(number, starts=yesterday, seen_at=NOW) for number in (1, 2)]
        )
        await rows.insert(conn, schema.links, [linked(2)])
        await rows.insert(conn, schema.specials, [special(5, event_id=1), special(6, event_id=2)])
        await rows.insert(conn, schema.special_prices, [special_price(5), special_price(6)])
        await rows.insert(
            conn, schema.special_history, [past_special_price(number, NOW) for number in (5, 6)]
        )
        await rows.insert(conn, schema.price_history, [price(1, NOW), price(2, NOW)])
        await rows.insert(
            conn, schema.special_openness, [{"special_id": id_, "at": NOW, "open": False} for id_ in (5, 6)]
        )
    assert await retention.prune(store, LIMIT) == {}
    await retention.prune(store, LIMIT, unlinked_before=NOW)
    assert await ids(store, "specials") == [6]
    assert await ids(store, "special_prices", "special_id") == [6]
    assert await ids(store, "special_history", "special_id") == [6]
    assert await ids(store, "special_openness", "special_id") == [6]
    assert await ids(store, "price_history", "event_id") == [2]
    assert await ids(store, "events") == [1, 2]
