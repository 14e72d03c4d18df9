"""Actual predictions, writes, requests, facts, commands and alerts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner
from syncd.runtime.alerts import Alert
from syncd.store import alerts, commands, facts, predictions, requests, rows, writes
from syncd.store.engine import Store

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
PAIR = Pair(11583, 1611243)
ACTUAL = Actual(
    pair=PAIR,
    owner=Owner.OURS,
    odds=Decimal("2.150001"),
    read_at=NOW,
    in_doubt=True,
    respected=True,
    quarantined_until=LATER,
    rejected_kind=Kind.DELETE,
    error="odds out of range",
)
CHANGE = Change(
    kind=Kind.RAISE,
    pair=PAIR,
    before=Decimal("2.100000"),
    after=Decimal("2.150001"),
    cause=Cause.PRICED,
    reason="moneyline home",
    event_id=2**40,
    source_price=Decimal("2.150"),
)


async def test_an_actual_prediction_is_loaded_as_it_was_saved(store: Store) -> None:
    bare = Actual(pair=Pair(1, 2), owner=Owner.UNKNOWN)
    async with store.write() as conn:
        await rows.write(conn, map(predictions.row, [ACTUAL, bare]))
    async with store.read() as conn:
        assert await predictions.load_all(conn) == {PAIR: ACTUAL, bare.pair: bare}


async def test_a_pair_is_saved_in_place_of_what_was_known_of_it(store: Store) -> None:
    newer = Actual(pair=PAIR, owner=Owner.THEIRS)
    async with store.write() as conn:
        await rows.write(conn, map(predictions.row, [ACTUAL]))
        await rows.write(conn, map(predictions.row, [newer]))
        assert await predictions.load_all(conn) == {PAIR: newer}


async def test_pairs_are_distinguished_by_both_ids(store: Store) -> None:
    square = [Actual(pair=Pair(f, m), owner=Owner.OURS) for f in (1, 2) for m in (1, 2)]
    async with store.write() as conn:
        await rows.write(conn, map(predictions.row, square))
        await predictions.delete(conn, [Pair(1, 2), Pair(2, 1)])
        assert set(await predictions.load_all(conn)) == {Pair(1, 1), Pair(2, 2)}


async def test_thousands_of_pairs_fit_in_one_call(store: Store) -> None:
    pairs = [Pair(number % 7, number) for number in range(4_500)]
    async with store.write() as conn:
        await rows.write(conn, [predictions.row(Actual(pair=pair, owner=Owner.OURS)) for pair in pairs])
        assert set(await predictions.load_all(conn)) == set(pairs)
        await predictions.delete(conn, pairs)
        assert await predictions.load_all(conn) == {}


async def test_a_write_is_recorded_with_its_outcome(store: Store) -> None:
    async with store.write() as conn:
        await rows.write(conn, [writes.row(CHANGE, at=NOW, outcome="rejected", error="400", took_ms=31)])
        [write] = await writes.load_recent(conn, 10)
    assert (write.at, write.outcome, write.error, write.took_ms) == (NOW, "rejected", "400", 31)
    assert write.change == CHANGE
    assert str(write.change.source_price) == "2.150"


async def test_writes_are_read_from_the_newest_page_by_page(store: Store) -> None:
    async with store.write() as conn:
        for second in range(5):
            await rows.write(conn, [writes.row(CHANGE, at=NOW + timedelta(seconds=second), outcome="done")])
        first = await writes.load_recent(conn, 2)
        second_page = await writes.load_recent(conn, 2, before=first[-1].id)
    seconds = [(write.at - NOW).seconds for write in first + second_page]
    assert seconds == [4, 3, 2, 1]


async def test_the_last_write_of_a_pair_is_found(store: Store) -> None:
    other = msgspec.structs.replace(CHANGE, pair=Pair(1, 1))
    async with store.write() as conn:
        for at, change in ((NOW, CHANGE), (LATER, CHANGE), (LATER, other)):
            await rows.write(conn, [writes.row(change, at=at, outcome="done")])
        assert [write.at for write in await writes.load_of_pair(conn, PAIR)] == [LATER]


async def test_writes_are_counted_by_kind_and_outcome(store: Store) -> None:
    async with store.write() as conn:
        for at, outcome in ((NOW, "done"), (LATER, "done"), (LATER, "lost"), (LATER, "done")):
            await rows.write(conn, [writes.row(CHANGE, at=at, outcome=outcome)])
        counts = await writes.count_since(conn, LATER)
    assert counts == {(Kind.RAISE, "done"): 2, (Kind.RAISE, "lost"): 1}


async def test_a_request_counts_by_its_deadline_until_its_response_arrives(store: Store) -> None:
    async with store.write() as conn:
        first, second = 1, 2
        await rows.write(conn, [requests.counted(first, LATER), requests.counted(second, LATER)])
        await rows.write(conn, [requests.counted(first, NOW)])
        assert await requests.highest_id(conn) == 2
        assert await requests.load_counted(conn, NOW - timedelta(seconds=1)) == {first: NOW, second: LATER}
        assert await requests.load_counted(conn, NOW) == {second: LATER}
        assert await requests.prune(conn, NOW) == 1


class Limit(msgspec.Struct):
    requests: int


@pytest.mark.parametrize(
    ("value", "kind"), [(True, bool), (NOW, datetime), (Limit(60), Limit), (Decimal("1.50"), Decimal)]
)
async def test_a_fact_keeps_its_type(sqlite_store: Store, value: object, kind: type[object]) -> None:
    async with sqlite_store.write() as conn:
        await facts.put(conn, "fact", value, NOW)
        assert await facts.get(conn, "fact", kind) == value


async def test_a_fact_may_be_absent_replaced_or_cleared(store: Store) -> None:
    async with store.write() as conn:
        assert await facts.get(conn, "paused", bool) is None
        await facts.put(conn, "paused", True, NOW)
        await facts.put(conn, "paused", None, LATER)
        assert await facts.get(conn, "paused", bool) is None


async def test_a_fact_of_an_older_shape_counts_as_absent(sqlite_store: Store) -> None:
    async with sqlite_store.write() as conn:
        await facts.put(conn, "limit", {"per_minute": 60}, NOW)
        assert await facts.get(conn, "limit", Limit) is None


async def test_commands_wait_in_order_until_they_are_done(store: Store) -> None:
    async with store.write() as conn:
        first = await commands.request(conn, "resync", NOW)
        second = await commands.request(conn, "link", NOW, by="page 127.0.0.1", event=1, match=2)
        await commands.mark_done(conn, first, LATER)
        [waiting] = await commands.load_pending(conn)
        finished = await commands.find(conn, first)
        recent = await commands.load_recent(conn, 5)
    assert (waiting.id, waiting.verb, waiting.arguments) == (second, "link", {"event": 1, "match": 2})
    assert finished
    assert finished.done_at == LATER
    assert [each.requested_by for each in recent] == ["page 127.0.0.1", ""]


async def test_who_gave_a_command_is_cut_and_never_refused(store: Store) -> None:
    async with store.write() as conn:
        found = await commands.find(conn, await commands.request(conn, "resync", NOW, by="x" * 500))
    assert found
    assert found.requested_by == "x" * commands.MAX_BY


async def test_an_alert_is_seen_until_it_is_resolved(store: Store) -> None:
    alert = Alert(subject="pinnacle", message="no response", fired_at=NOW, notify=True)
    async with store.write() as conn:
        assert not await alerts.mark_seen(conn, "pinnacle", LATER, by="page 127.0.0.1")
        await alerts.record_firing(conn, alert)
        assert await alerts.mark_seen(conn, "pinnacle", LATER, by="page 127.0.0.1")
        assert not await alerts.mark_seen(conn, "pinnacle", NOW, by="page 192.0.2.1")
        await alerts.record_firing(conn, msgspec.structs.replace(alert, message="still no response"))
        assert await alerts.load_seen(conn) == {"pinnacle": LATER}
        await alerts.record_resolved(conn, "pinnacle", LATER)
        await alerts.record_firing(conn, alert)
        assert await alerts.load_seen(conn) == {}


async def test_an_alert_fires_once_and_is_resolved(store: Store) -> None:
    alert = Alert(subject="pinnacle", message="no response", fired_at=NOW, notify=True)
    again = Alert(subject="pinnacle", message="still no response", fired_at=LATER, notify=True)
    async with store.write() as conn:
        await alerts.record_firing(conn, alert)
        await alerts.record_firing(conn, again)
        assert await alerts.load_firing(conn) == [msgspec.structs.replace(again, fired_at=NOW)]
        await alerts.record_resolved(conn, "pinnacle", LATER)
        assert await alerts.load_firing(conn) == []
        await alerts.record_firing(conn, again)
        assert [one.resolved_at for one in await alerts.load_recent(conn, 5)] == [None, LATER]


async def test_a_new_daemon_starts_without_old_alerts(store: Store) -> None:
    async with store.write() as conn:
        await alerts.record_firing(conn, Alert(subject="bettune", message="no response", fired_at=NOW))
        await alerts.resolve_all(conn, LATER)
        assert await alerts.load_firing(conn) == []
