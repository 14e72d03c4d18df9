"""Any value in any field of any response: the poll ends, and what holds beside it is applied."""

import asyncio
import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from structlog.testing import capture_logs

from syncd.pinnacle.decode.reference_data import decode_cancellation_reasons, decode_sports
from syncd.pinnacle.errors import PinnacleError
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.runtime.clock import SystemClock
from syncd.store import schema
from syncd.store.engine import Store
from tests.pinnacle.documents import ABSURD, DEEP, DOCUMENTS, paths_of, with_text
from tests.pinnacle.feed_world import World

FIELDS = [(kind, path) for kind, document in DOCUMENTS.items() for path in paths_of(document)]

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
).map(json.dumps)


@pytest.fixture
async def world(sqlite_store):
    return await World(sqlite_store).start()


async def begun(world):
    """Every feed has had a good response."""
    world.feeds["leagues"]._handler._unnamed = frozenset({1})
    for kind, document in DOCUMENTS.items():
        await polled(world, kind, json.dumps(document).encode())


async def polled(world, kind, body, *, snapshot=False):
    """The poll that gets this body."""
    if kind == "leagues":
        world.feeds["leagues"]._handler._unnamed = frozenset({1})
    world.pinnacle.faults[:] = [body]
    poll = await world.poll(kind, snapshot=snapshot)
    while world.pinnacle.faults:  # a snapshot has become due meanwhile, and waits for its own gap
        poll = await world.poll(kind)
    return poll


def mentions(logs, event="invalid_item"):
    return [entry for entry in logs if entry["event"] == event]


@settings(max_examples=20)
@given(st.data())
def test_no_value_in_any_field_is_raised_by_a_poll(data):
    async def run():
        async with await Store.open("sqlite:///:memory:", SystemClock()) as store:
            world = await World(store).start()
            await begun(world)
            for _ in range(12):
                kind, path = data.draw(st.sampled_from(FIELDS))
                text = data.draw(st.sampled_from(ABSURD) | any_json)
                await polled(
                    world, kind, with_text(DOCUMENTS[kind], path, text), snapshot=data.draw(st.booleans())
                )

    asyncio.run(run())


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_every_absurd_value_in_the_frame_and_in_the_first_row(world, kind):
    await begun(world)
    paths = [path for each, path in FIELDS if each == kind and len(path) in (1, 4)]
    for path in paths:
        for text in ABSURD:
            await polled(world, kind, with_text(DOCUMENTS[kind], path, text))


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_what_no_column_holds_reaches_neither_database(store, kind):
    world = await World(store).start()
    await begun(world)
    paths = [path for each, path in FIELDS if each == kind and 1 not in path[:-1]]
    for path in paths:
        for text in ("2147483648", "9223372036854775808", '"a\\u0000b"', '"\\ud800"', "1e40000000"):
            await polled(world, kind, with_text(DOCUMENTS[kind], path, text))
            assert world.feeds[kind]._last_unforeseen == ""


@pytest.mark.parametrize("text", ["-1", '"abc"', "9223372036854775808", "1e30", "{}", DEEP, '"\\ud800"'])
@pytest.mark.parametrize("field", ["number", "status", "cutoff", "moneyline", "spreads"])
async def test_a_garbled_period_costs_itself_alone(world, field, text):
    await begun(world)
    path = ("leagues", 0, "events", 0, "periods", 0, field)
    document = json.loads(json.dumps(DOCUMENTS["odds"]).replace("2.5,", "2.75,"))
    if (field, text) in {("moneyline", "{}"), ("status", "-1"), ("cutoff", "-1")}:
        return  # an empty market, an unknown status and a time before 1970 take no bets as they are
    with capture_logs() as logs:
        poll = await polled(world, "odds", with_text(document, path, text))
    assert poll.outcome is PollOutcome.APPLIED
    assert (await world.prices())[8, 0] == Decimal("2.75")
    assert len(mentions(logs)) == 1
    if field != "number":
        assert (await world.prices())[7, 0] is None


async def test_after_a_row_that_nobody_can_read_a_snapshot_follows(world):
    await begun(world)
    await polled(world, "odds", with_text(DOCUMENTS["odds"], ("leagues", 0, "events", 0, "id"), "-7"))
    world.clock.move(seconds=61)
    await polled(world, "odds", b"")
    assert world.pinnacle.calls[-1][1] is None


async def test_a_league_without_an_id_costs_its_events_and_counts_as_one(world):
    events = [DOCUMENTS["fixtures"]["league"][0]["events"][0] | {"id": 100 + n} for n in range(12)]
    document = {"last": 2, "league": [{"id": 1, "events": events[:6]}, {"id": -1, "events": events[6:]}]}
    assert (await polled(world, "fixtures", json.dumps(document).encode())).outcome is PollOutcome.APPLIED
    assert set(await world.events()) == {100, 101, 102, 103, 104, 105}


async def test_one_unreadable_settlement_does_not_cost_the_one_beside_it(world):
    await begun(world)
    good = DOCUMENTS["settled"]["leagues"][0]["events"][0]
    bad = {"id": 8, "periods": [good["periods"][0] | {"team1Score": "sNaN"}]}
    renewed = {"id": 7, "periods": [good["periods"][0] | {"settlementId": 901}]}
    body = json.dumps({"last": 1800, "leagues": [{"id": 1, "events": [bad, renewed]}]}).encode()
    with capture_logs() as logs:
        poll = await polled(world, "settled", body)
    assert poll.outcome.good
    assert len(mentions(logs)) == 1


async def test_an_error_that_nobody_foresaw_costs_the_response_and_is_logged_once(world, monkeypatch):
    await begun(world)

    async def broken(*_):
        raise ZeroDivisionError

    handler = world.feeds["odds"]._handler
    monkeypatch.setattr(handler, "apply", broken)
    before = world.feeds["odds"].state
    with capture_logs() as logs:
        polls = [await polled(world, "odds", json.dumps(DOCUMENTS["odds"]).encode()) for _ in range(3)]
    assert {poll.outcome for poll in polls} == {PollOutcome.FAILED}
    assert "ZeroDivisionError" in polls[0].error
    assert len(mentions(logs, "poll_failed")) == 1
    assert (world.feeds["odds"].state.cursor, world.feeds["odds"].state.ok_at) == (
        before.cursor,
        before.ok_at,
    )
    monkeypatch.undo()
    assert (await polled(world, "odds", json.dumps(DOCUMENTS["odds"]).encode(), snapshot=True)).outcome.good


# --- believed although it cannot be right --------------------------------------------------------


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_a_response_about_another_sport_is_refused_by_every_feed(world, kind):
    await begun(world)
    before = world.feeds[kind].state
    body = json.dumps(DOCUMENTS[kind] | {"sportId": 4, "last": 1750}).encode()
    assert (await polled(world, kind, body)).outcome is PollOutcome.FAILED
    assert world.feeds[kind].state.cursor == before.cursor


@pytest.mark.parametrize("last", [2**62, 2**53, 10**15, 2_000_000])
@pytest.mark.parametrize("snapshot", [False, True])
async def test_a_cursor_out_of_proportion_is_not_kept_and_a_snapshot_follows(world, last, snapshot):
    await begun(world)
    document = json.loads(json.dumps(DOCUMENTS["odds"]).replace("2.5,", "2.75,")) | {"last": last}
    await polled(world, "odds", json.dumps(document).encode(), snapshot=snapshot)
    assert world.feeds["odds"].state.cursor == 1700
    assert (await world.prices())[7, 0] == Decimal("2.75")
    world.clock.move(seconds=61)
    await polled(world, "odds", b"")
    assert snapshot or world.pinnacle.calls[-1][1] is None


async def test_the_first_cursor_of_all_is_doubted_too(world):
    await polled(world, "odds", json.dumps(DOCUMENTS["odds"] | {"last": 2**62}).encode())
    assert world.feeds["odds"].state.cursor is None
    assert (7, 0) in await world.prices()


async def test_a_cursor_that_a_host_has_changed_is_believed_in_the_end(world):
    await begun(world)
    for n in range(4):
        document = DOCUMENTS["odds"] | {"last": 1_700_000_000_000 + n}
        await polled(world, "odds", json.dumps(document).encode(), snapshot=True)
    assert world.feeds["odds"].state.cursor > 1_700_000_000_000


async def test_a_silent_feed_asks_for_a_snapshot(world):
    await begun(world)
    while world.pinnacle.calls[-1][1] is not None or len(world.pinnacle.calls) < 20:
        await polled(world, "odds", b"")
    assert world.clock.monotonic() - world.pinnacle.calls[0][2] < 420


@pytest.mark.parametrize("after", [b"", json.dumps(DOCUMENTS["odds"] | {"last": 1695}).encode()])
async def test_a_kept_snapshot_takes_no_price_back(world, after):
    await begun(world)
    newer = json.loads(json.dumps(DOCUMENTS["odds"]).replace("2.5,", "2.75,"))
    await polled(world, "odds", json.dumps(newer | {"last": 1701}).encode())
    older = json.dumps(DOCUMENTS["odds"] | {"last": 1690}).encode()
    assert (await polled(world, "odds", older, snapshot=True)).outcome is PollOutcome.KEPT
    assert (await polled(world, "odds", after)).outcome is PollOutcome.KEPT
    assert (await world.prices())[7, 0] == Decimal("2.75")
    again = json.dumps(newer | {"last": 1702}).encode()
    assert (await polled(world, "odds", again)).outcome is PollOutcome.UNCHANGED
    assert world.feeds["odds"].state.cursor == 1702


@pytest.mark.parametrize("kind", ["fixtures", "odds", "specials", "special_odds"])
@pytest.mark.parametrize("snapshot", [False, True])
async def test_an_item_that_is_listed_twice_and_differs_takes_no_bets(world, kind, snapshot):
    await begun(world)
    document = json.loads(json.dumps(DOCUMENTS[kind]))
    (league,) = document.get("league") or document["leagues"]
    rows = league.get("events") or league["specials"]
    rows.append(
        json.loads(json.dumps(rows[0]).replace("2.5", "2.2").replace("1.9", "1.8").replace('"O"', '"I"'))
    )
    with capture_logs() as logs:
        await polled(world, kind, json.dumps(document).encode(), snapshot=snapshot)
    assert len(mentions(logs)) == 1
    assert not await takes_bets(world, kind, 7)
    assert await takes_bets(world, kind, 8)


async def test_an_item_that_is_listed_twice_and_is_the_same_holds(world):
    document = json.loads(json.dumps(DOCUMENTS["odds"]))
    document["leagues"] *= 2
    await polled(world, "odds", json.dumps(document).encode())
    assert (await world.prices())[7, 0] == Decimal("2.5")


async def takes_bets(world, kind, event_id):
    if kind == "fixtures":
        return (await world.events())[event_id].listed
    if kind == "odds":
        return (await world.prices())[event_id, 0] is not None
    states = await world.specials()
    state = states[70 + event_id - 7]
    return state.listed if kind == "specials" else bool(state.odds.lines)


# --- what the store gives back -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{", '{"number": "x"}', '{"number": 0, "moneyline": {"home": "sNaN"}}'])
async def test_a_stored_period_that_no_longer_decodes_is_written_again(world, text):
    await begun(world)
    async with world.store.write() as conn:
        await conn.execute(
            update(schema.periods).where(schema.periods.c.event_id == 7).values(period_json=text)
        )
    document = json.loads(json.dumps(DOCUMENTS["odds"]).replace("2.5,", "2.75,"))
    poll = await polled(world, "odds", json.dumps(document | {"last": 1701}).encode(), snapshot=True)
    assert poll.outcome is PollOutcome.APPLIED
    assert (await world.prices())[7, 0] == Decimal("2.75")


async def test_a_stored_cursor_that_cannot_be_one_leads_to_a_snapshot(world):
    await begun(world)
    async with world.store.write() as conn:
        await conn.execute(update(schema.feeds).where(schema.feeds.c.kind == "odds").values(cursor=2**62))
    await world.start()
    await world.poll("odds")
    assert world.pinnacle.calls[-1][1] is None


LOOK_UPS = {
    decode_sports: {"sports": [{"id": 29, "name": "Soccer", "hasOfferings": True, "eventCount": 4}]},
    decode_cancellation_reasons: {"cancellationReasons": [{"code": "FBS_CW_1", "description": "wrong"}]},
}


@pytest.mark.parametrize("decode", LOOK_UPS, ids=lambda decode: decode.__name__)
def test_a_look_up_with_an_absurd_value_costs_at_most_itself(decode):
    for path in paths_of(LOOK_UPS[decode]):
        for text in ABSURD:
            with suppress(PinnacleError):
                decode(with_text(LOOK_UPS[decode], path, text))
