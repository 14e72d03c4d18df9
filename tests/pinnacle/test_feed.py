"""The feeds of one sport against a Pinnacle in memory, into a real store."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from structlog.testing import capture_logs

from syncd.pinnacle.errors import (
    BadRequestError,
    ForbiddenError,
    RateLimitedError,
    UnavailableError,
)
from syncd.pinnacle.feed.odds import OddsHandler
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.store import feeds, offer_history, periods
from syncd.store.errors import UnreachableError
from syncd.store.schema import links
from tests.pinnacle.fakes import KICKOFF
from tests.pinnacle.feed_world import SECOND, World


@pytest.fixture
async def world(sqlite_store):
    return await World(sqlite_store).start()


def kinds_requested(world):
    return [("delta" if since else "snapshot") for _, since, _ in world.pinnacle.calls]


# --- snapshots and deltas -------------------------------------------------------------------------


async def test_a_snapshot_comes_first_and_then_deltas_from_its_last(world):
    world.pinnacle.price(1)
    first = await world.poll("odds")
    last = world.pinnacle.sequence
    world.pinnacle.price(1, 2.5)
    second = await world.poll("odds")
    assert (first.snapshot, first.changed, second.snapshot, second.changed) == (True, {1}, False, {1})
    assert world.pinnacle.calls[1][1] == last
    assert await world.prices() == {(1, 0): Decimal("2.5")}


async def test_a_delta_replaces_whole_periods_and_keeps_others(world):
    world.pinnacle.price(1, totals=[{"points": 2.5, "over": 1.9, "under": 1.9}])
    world.pinnacle.price(1, 3.0, number=1)
    await world.poll("odds")
    world.pinnacle.price(1, 2.2)
    await world.poll("odds")
    async with world.store.read() as conn:
        known = (await periods.load(conn, [1]))[1]
    assert (known[0].period.totals, known[1].period.moneyline.home) == ((), 3)


async def test_a_response_that_changes_nothing_writes_nothing(world):
    world.pinnacle.offer(1)
    world.pinnacle.price(1)
    for kind in ("fixtures", "odds"):
        await world.poll(kind)
    before = await world.events()
    world.pinnacle.period[1, 0]["lineId"] += 1
    world.pinnacle.period_changed[1, 0] = world.pinnacle.sequence = world.pinnacle.sequence + 1
    polls = [
        await world.poll(kind, snapshot=snapshot)
        for kind in ("fixtures", "odds")
        for snapshot in (True, False)
    ]
    assert [poll.changed for poll in polls] == [frozenset()] * 4
    assert await world.events() == before


async def test_an_empty_delta_keeps_the_cursor_and_counts_as_fresh(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    before = world.feeds["odds"].state
    poll = await world.poll("odds")
    after = world.feeds["odds"].state
    assert (poll.outcome, after.cursor) == (PollOutcome.UNCHANGED, before.cursor)
    assert after.ok_at > before.ok_at


async def test_odds_may_be_received_before_their_fixture(world):
    world.pinnacle.price(7)
    await world.poll("odds")
    world.pinnacle.offer(7)
    assert (await world.poll("fixtures")).changed == {7}
    assert (7, 0) in await world.prices()


async def test_the_price_history_keeps_the_first_prices_of_all_and_the_later_ones_of_linked_events(world):
    async with world.store.write() as conn:
        await conn.execute(
            links.insert().values(
                event_id=1, match_id=5, state="auto", confidence=1.0, link_json="{}", decided_at=KICKOFF
            )
        )
    for home in (2.0, 2.5, 2.0):
        for event in (1, 2):
            world.pinnacle.price(event, home)
        await world.poll("odds")
    async with world.store.read() as conn:
        kept_by_event = await offer_history.load_periods(conn, [1, 2])
    homes = {event: [each.period.moneyline.home for each in kept] for event, kept in kept_by_event.items()}
    assert homes == {1: [2, Decimal("2.5"), 2], 2: [2]}


async def test_a_moneyline_that_is_taken_down_leaves_its_mark(world):
    world.pinnacle.price(1)
    world.pinnacle.price(2, moneyline=None)
    await world.poll("odds")
    world.pinnacle.price(1, moneyline=None)
    await world.poll("odds")
    async with world.store.read() as conn:
        known = await periods.load(conn, [1, 2])
    assert [known[event][0].had_moneyline for event in (1, 2)] == [True, False]


# --- pace ----------------------------------------------------------------------------------------


async def test_a_poll_that_is_not_due_makes_no_request(world):
    await world.poll("odds")
    assert (await world.feeds["odds"].poll()).outcome is PollOutcome.WAITING
    assert len(world.pinnacle.calls) == 1


async def test_the_next_allowed_time_survives_a_crash_during_the_request(world):
    world.pinnacle.fail(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        await world.poll("odds")
    again = await world.start()
    assert again.feeds["odds"].next_at() - world.clock.now() >= timedelta(seconds=60)


async def test_a_stop_or_a_kill_during_a_request_costs_no_more_than_the_gap(world):
    for error in (asyncio.CancelledError(), KeyboardInterrupt()):
        world.pinnacle.fail(error)
        with pytest.raises(type(error)):
            await world.poll("odds")
        stopped_at = world.clock.now()
        again = await world.start()
        wait = again.feeds["odds"].next_at() - stopped_at
        assert timedelta(seconds=60) <= wait < timedelta(seconds=61)


async def test_after_a_failure_a_restart_keeps_the_pause(world):
    world.pinnacle.fail(RateLimitedError("429", retry_after_s=600.0))
    await world.poll("odds")
    again = await world.start()
    assert again.feeds["odds"].next_at() - world.clock.now() > timedelta(seconds=590)


async def test_deltas_go_on_while_a_snapshot_waits_its_turn(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.feeds["odds"].request_snapshot()
    for _ in range(13):
        await world.poll("odds")
    assert kinds_requested(world) == ["snapshot"] + ["delta"] * 11 + ["snapshot", "delta"]


async def test_429_waits_for_retry_after_or_else_doubles_the_gap(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.fail(
        RateLimitedError("no", retry_after_s=40.0), RateLimitedError("no"), RateLimitedError("no")
    )
    waits = []
    for _ in range(3):
        poll = await world.poll("odds")
        assert poll.outcome is PollOutcome.RATE_LIMITED
        waits.append(round((poll.next_at - world.clock.now()).total_seconds()))
    assert waits == [40, 10, 20]


async def test_a_refusal_closes_the_gate_for_fixtures_and_odds_together(world):
    world.pinnacle.fail(ForbiddenError("no", code="NO_API_ACCESS"))
    assert (await world.poll("odds")).outcome is PollOutcome.REFUSED
    assert (await world.feeds["fixtures"].poll()).outcome is PollOutcome.WAITING
    world.clock.move(seconds=31)
    assert (await world.feeds["fixtures"].poll()).outcome.good
    assert not world.gate.is_closed


# --- failures ------------------------------------------------------------------------------------


async def test_a_failure_is_stored_and_changes_nothing_else(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    before = world.feeds["odds"].state
    world.pinnacle.fail(UnavailableError("down"))
    await world.poll("odds")
    after = (await world.start()).feeds["odds"].state
    assert (after.cursor, after.ok_at, after.snapshot_at) == (before.cursor, before.ok_at, before.snapshot_at)
    assert (after.error, after.failures) == ("down", 1)
    assert (await world.poll("odds")).outcome.good
    assert world.feeds["odds"].state.error == ""


@pytest.mark.parametrize("snapshot", [False, True], ids=["delta", "snapshot"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"moneyline": {"home": 1.0, "draw": 501, "away": 501}},
        {"moneyline": "2.0"},
        {"moneyline": {"home": "NaN"}},
        {"status": "soon"},
        {"spreads": [{"hdp": "NaN", "home": 1.9, "away": 1.9}]},
    ],
    ids=str,
)
async def test_an_invalid_period_counts_as_one_without_markets_and_the_others_are_applied(
    world, wrong, snapshot
):
    for event in (1, 2):
        world.pinnacle.price(event)
    await world.poll("odds")
    world.pinnacle.price(1, **wrong)
    world.pinnacle.price(2, 2.5)
    with capture_logs() as logged:
        assert (await world.poll("odds", snapshot=snapshot)).changed == {1, 2}
        world.pinnacle.price(1, **wrong)
        await world.poll("odds", snapshot=snapshot)
    assert await world.prices() == {(1, 0): None, (2, 0): Decimal("2.5")}
    assert [(each["event"], each["event_id"], each["period"]) for each in logged] == [("invalid_item", 1, 0)]
    world.pinnacle.price(1, 2.2)
    await world.poll("odds", snapshot=snapshot)
    assert (await world.prices())[1, 0] == Decimal("2.2")


async def test_a_response_with_many_absurd_prices_is_refused_as_a_whole(world):
    for event in range(1, 8):
        world.pinnacle.price(event)
    await world.poll("odds")
    world.pinnacle.price(1, 2.5)
    for event in range(2, 8):
        world.pinnacle.price(event, -120)
    assert (await world.poll("odds")).outcome is PollOutcome.FAILED
    assert set((await world.prices()).values()) == {Decimal("2.0")}


@pytest.mark.parametrize("snapshot", [False, True], ids=["delta", "snapshot"])
async def test_an_invalid_event_is_not_listed_and_the_others_are_applied(world, snapshot):
    for event in (1, 2):
        world.pinnacle.offer(event)
    await world.poll("fixtures")
    world.pinnacle.offer(1, home=None)
    world.pinnacle.offer(2, home="Renamed")
    with capture_logs() as logged:
        assert (await world.poll("fixtures", snapshot=snapshot)).changed == {1, 2}
    known = await world.events()
    assert (known[1].listed, known[2].listed, known[2].event.home) == (False, True, "Renamed")
    assert [(each["event"], each["event_id"]) for each in logged] == [("invalid_item", 1)]
    world.pinnacle.offer(1)
    await world.poll("fixtures", snapshot=snapshot)
    assert (await world.events())[1].listed


async def test_a_crash_before_the_commit_is_repaired_by_the_same_delta(world, monkeypatch):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.price(1, 2.5)
    with monkeypatch.context() as patch:
        patch.setattr(feeds, "state_row", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await world.poll("odds")
    assert await world.prices() == {(1, 0): Decimal("2.0")}
    await world.start()
    await world.poll("odds")
    assert await world.prices() == {(1, 0): Decimal("2.5")}
    assert world.pinnacle.calls[-1][1] == world.pinnacle.calls[-2][1]


async def test_an_empty_delta_is_recorded_without_a_look_at_the_data(world, monkeypatch):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.clock.move(seconds=200)
    with monkeypatch.context() as patch:
        patch.setattr(OddsHandler, "apply", lambda *_: 1 / 0)
        assert (await world.poll("odds")).outcome is PollOutcome.UNCHANGED
    assert kinds_requested(world) == ["snapshot", "delta"]
    ok_at = world.feeds["odds"].state.ok_at
    assert ok_at == world.feeds["odds"].state.polled_at
    await world.start()
    assert world.feeds["odds"].state.ok_at == ok_at


async def test_a_request_that_could_not_be_counted_is_not_sent_and_waits_for_nothing(world, monkeypatch):
    world.pinnacle.price(1)
    with monkeypatch.context() as patch:
        patch.setattr(feeds, "times_row", mock.Mock(side_effect=UnreachableError("away")))
        with pytest.raises(UnreachableError):
            await world.poll("odds")
    assert world.pinnacle.calls == []
    await world.poll("odds")
    assert kinds_requested(world) == ["snapshot"]


async def test_after_a_gap_of_ten_minutes_a_delta_is_not_trusted(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.clock.move(seconds=601)
    await world.start()
    await world.poll("odds")
    assert kinds_requested(world) == ["snapshot", "snapshot"]


async def test_a_cursor_that_is_refused_leads_to_a_snapshot(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.fail(BadRequestError("since"))
    await world.poll("odds")
    assert (await world.poll("odds")).snapshot


async def test_a_sequence_that_runs_backwards_is_resolved_by_a_snapshot(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.sequence = 500
    world.pinnacle.price(1, 2.5)
    world.pinnacle.fail(b'{"sportId": 29, "last": 501, "leagues": []}')
    assert (await world.poll("odds")).outcome is PollOutcome.FAILED
    world.clock.move(seconds=61)
    await world.poll("odds")  # kept: it may be a snapshot from before the delta
    await world.poll("odds")
    assert await world.prices() == {(1, 0): Decimal("2.5")}
    assert world.feeds["odds"].state.cursor == 501


# --- snapshots -----------------------------------------------------------------------------------


async def test_a_cached_snapshot_does_not_turn_prices_back(world):
    world.pinnacle.price(1, 2.0)
    await world.poll("odds")
    world.pinnacle.keep_cached("odds")
    world.pinnacle.price(1, 2.5)
    await world.poll("odds")
    world.feeds["odds"].request_snapshot()
    seen = []
    for _ in range(13):
        seen.append((await world.poll("odds")).outcome)
        assert await world.prices() == {(1, 0): Decimal("2.5")}
    assert PollOutcome.KEPT in seen
    assert world.feeds["odds"].state.cursor == world.pinnacle.sequence


async def test_a_period_missing_from_a_snapshot_is_gone(world):
    for event in (1, 2, 3):
        world.pinnacle.price(event)
    await world.poll("odds")
    world.pinnacle.take_down(2)
    world.pinnacle.sequence += 1
    poll = await world.poll("odds", snapshot=True)
    assert (poll.changed, set(await world.prices())) == ({2}, {(1, 0), (3, 0)})


async def test_an_empty_snapshot_while_periods_take_bets_is_a_failure(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.take_down(1)
    for _ in range(2):
        poll = await world.poll("odds", snapshot=True)
        assert poll.outcome is PollOutcome.FAILED
    assert (1, 0) in await world.prices()


async def test_after_an_empty_snapshot_nothing_rests_on_empty_deltas_before_it(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.price(1, 2.5)
    assert (await world.poll("odds")).changed
    content_at = world.feeds["odds"].state.ok_at
    for _ in range(5):
        await world.poll("odds")
    assert world.feeds["odds"].state.ok_at > content_at
    world.pinnacle.take_down(1)
    for _ in range(2):
        poll = await world.poll("odds", snapshot=True)
        assert poll.outcome is PollOutcome.FAILED
        assert abs(world.feeds["odds"].state.ok_at - content_at) < SECOND
    await world.start()
    assert abs(world.feeds["odds"].state.ok_at - content_at) < SECOND
    world.pinnacle.price(1)
    await world.poll("odds", snapshot=True)
    assert world.feeds["odds"].state.ok_at == world.clock.now()


async def test_other_failures_leave_what_empty_deltas_have_confirmed(world):
    world.pinnacle.price(1)
    for _ in range(4):
        await world.poll("odds")
    ok_at = world.feeds["odds"].state.ok_at
    world.pinnacle.fail(UnavailableError("down"))
    assert (await world.poll("odds", snapshot=True)).outcome is PollOutcome.FAILED
    assert world.feeds["odds"].state.ok_at == ok_at


async def test_an_empty_snapshot_after_all_cutoffs_is_applied(world):
    world.pinnacle.price(1, cutoff=world.clock.now() + SECOND)
    await world.poll("odds")
    world.pinnacle.take_down(1)
    assert (await world.poll("odds", snapshot=True)).changed == {1}


async def test_a_suspect_snapshot_is_applied_once_a_second_one_agrees(world):
    for event in range(1, 6):
        world.pinnacle.price(event)
    await world.poll("odds")
    for event in (1, 2, 3):
        world.pinnacle.take_down(event)
    world.pinnacle.sequence += 1
    assert (await world.poll("odds", snapshot=True)).outcome is PollOutcome.SUSPECT
    assert len(await world.prices()) == 5
    await world.start()
    world.clock.move(seconds=61)
    assert (await world.poll("odds")).changed == {1, 2, 3}
    assert world.feeds["odds"].state.suspect == ""


async def test_a_suspect_snapshot_that_is_contradicted_is_dropped(world):
    for event in range(1, 6):
        world.pinnacle.price(event)
    await world.poll("odds")
    kept = dict(world.pinnacle.period)
    for event in (1, 2, 3):
        world.pinnacle.take_down(event)
    await world.poll("odds", snapshot=True)
    world.pinnacle.period = kept
    world.clock.move(seconds=61)
    poll = await world.poll("odds")
    assert (poll.snapshot, poll.changed) == (True, frozenset())
    assert len(await world.prices()) == 5


# --- both databases ------------------------------------------------------------------------------


async def test_the_feeds_work_on_both_databases(store):
    world = await World(store).start()
    for event in (1, 2, 3):
        world.pinnacle.offer(event)
        world.pinnacle.price(event)
    for kind in ("settled", "fixtures", "odds"):
        assert (await world.poll(kind)).outcome.good
    world.pinnacle.take_down(3)
    world.pinnacle.price(1, 2.5)
    await world.poll("odds", snapshot=True)
    assert await world.prices() == {(1, 0): Decimal("2.5"), (2, 0): Decimal("2.0")}
