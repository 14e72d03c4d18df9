"""The feeds of one sport against a Pinnacle in memory, into a real store."""

from datetime import timedelta
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from syncd.config.presets import Pace
from syncd.model.feed import Gone
from syncd.pinnacle.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from syncd.pinnacle.feed.factory import feeds_of_sport
from syncd.pinnacle.feed.feed import PollOutcome
from syncd.pinnacle.feed.on_demand import Demand
from syncd.runtime.gate import Gate
from syncd.store import events, feeds, past, periods
from syncd.store.schema import links
from tests.pinnacle.fakes import KICKOFF, SPORT, FakePinnacle, HandClock

SECOND = timedelta(seconds=1)
PACE = Pace(
    **{
        f"{kind}_{call}": seconds * SECOND
        for kind in ("fixtures", "odds", "settled", "specials")
        for call, seconds in (("snapshot", 60), ("delta", 5))
    }
)


class World:
    """Pinnacle, our feeds of it, and what the store has come to hold."""

    def __init__(self, store, pace=PACE):
        self.clock = HandClock()
        self.pinnacle = FakePinnacle(self.clock)
        self.store = store
        self.pace = pace
        self.gate = Gate()
        self.demand = Demand(needed=True)

    async def start(self):
        """As a process does when it begins, also after a crash."""
        made = feeds_of_sport(
            SPORT,
            client=self.pinnacle,
            store=self.store,
            clock=self.clock,
            gate=self.gate,
            pace=self.pace,
            specials=self.demand,
        )
        self.feeds = {feed.kind: feed for feed in made}
        for feed in made:
            await feed.load()
        return self

    async def poll(self, kind, *, full=False):
        """Wait until the feed is due, and poll it."""
        if full:
            self.feeds[kind].request_snapshot()
            self.clock.move(seconds=61)
        wait = self.feeds[kind].next_at() - self.clock.now()
        self.clock.move(seconds=max(0.0, wait.total_seconds()))
        return await self.feeds[kind].poll()

    async def events(self):
        async with self.store.read() as conn:
            return await events.load(conn, [SPORT], with_gone=True)

    async def prices(self):
        """The home price of each period that is not gone."""
        async with self.store.read() as conn:
            known = await periods.load(conn, list(range(1, 40)))
        return {
            (event, number): state.period.moneyline and state.period.moneyline.home
            for event, numbers in known.items()
            for number, state in numbers.items()
            if not state.gone
        }


@pytest.fixture
async def world(sqlite_store):
    return await World(sqlite_store).start()


def kinds_asked(world):
    return [("delta" if since else "snapshot") for _, since, _ in world.pinnacle.calls]


# --- the course of things ------------------------------------------------------------------------


async def test_a_snapshot_comes_first_and_then_deltas_from_its_last(world):
    world.pinnacle.price(1)
    first = await world.poll("odds")
    last = world.pinnacle.sequence
    world.pinnacle.price(1, 2.5)
    second = await world.poll("odds")
    assert (first.full, first.changed, second.full, second.changed) == (True, {1}, False, {1})
    assert world.pinnacle.calls[1][1] == last
    assert await world.prices() == {(1, 0): Decimal("2.5")}


async def test_a_delta_replaces_whole_periods_and_leaves_others(world):
    world.pinnacle.price(1, totals=[{"points": 2.5, "over": 1.9, "under": 1.9}])
    world.pinnacle.price(1, 3.0, number=1)
    await world.poll("odds")
    world.pinnacle.price(1, 2.2)
    await world.poll("odds")
    async with world.store.read() as conn:
        known = (await periods.load(conn, [1]))[1]
    assert (known[0].period.totals, known[1].period.moneyline.home) == ((), 3)


async def test_an_answer_that_changes_nothing_writes_nothing(world):
    world.pinnacle.offer(1)
    world.pinnacle.price(1)
    for kind in ("fixtures", "odds"):
        await world.poll(kind)
    before = await world.events()
    world.pinnacle.period[1, 0]["lineId"] += 1
    world.pinnacle.period_changed[1, 0] = world.pinnacle.sequence = world.pinnacle.sequence + 1
    told = [await world.poll(kind, full=full) for kind in ("fixtures", "odds") for full in (True, False)]
    assert [poll.changed for poll in told] == [frozenset()] * 4
    assert await world.events() == before


async def test_an_empty_delta_keeps_the_cursor_and_counts_as_fresh(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    before = world.feeds["odds"].state
    poll = await world.poll("odds")
    after = world.feeds["odds"].state
    assert (poll.outcome, after.cursor) == (PollOutcome.UNCHANGED, before.cursor)
    assert after.ok_at > before.ok_at


async def test_odds_may_come_before_their_fixture(world):
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
        kept_by_event = await past.load_periods(conn, [1, 2])
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


async def test_a_poll_that_is_not_due_makes_no_call(world):
    await world.poll("odds")
    assert (await world.feeds["odds"].poll()).outcome is PollOutcome.WAITING
    assert len(world.pinnacle.calls) == 1


async def test_the_next_allowed_time_outlives_a_crash_in_the_call(world):
    world.pinnacle.fail(RuntimeError("killed"))
    with pytest.raises(RuntimeError):
        await world.poll("odds")
    again = await world.start()
    assert again.feeds["odds"].next_at() - world.clock.now() >= timedelta(seconds=60)


async def test_deltas_go_on_while_a_snapshot_waits_its_turn(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.feeds["odds"].request_snapshot()
    for _ in range(13):
        await world.poll("odds")
    assert kinds_asked(world) == ["snapshot"] + ["delta"] * 11 + ["snapshot", "delta"]


async def test_429_waits_for_retry_after_and_else_for_ever_longer_intervals(world):
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


async def test_a_refusal_shuts_the_gate_for_fixtures_and_odds_together(world):
    world.pinnacle.fail(ForbiddenError("no", code="NO_API_ACCESS"))
    assert (await world.poll("odds")).outcome is PollOutcome.REFUSED
    assert (await world.feeds["fixtures"].poll()).outcome is PollOutcome.WAITING
    world.clock.move(seconds=31)
    assert (await world.feeds["fixtures"].poll()).outcome.good
    assert world.gate.reason == ""


# --- trouble -------------------------------------------------------------------------------------


async def test_a_failure_leaves_all_as_it_was_and_is_noted(world):
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


@pytest.mark.parametrize("full", [False, True], ids=["delta", "snapshot"])
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
async def test_a_period_that_cannot_be_believed_has_no_market_and_the_others_go_on(world, wrong, full):
    for event in (1, 2):
        world.pinnacle.price(event)
    await world.poll("odds")
    world.pinnacle.price(1, **wrong)
    world.pinnacle.price(2, 2.5)
    with capture_logs() as told:
        assert (await world.poll("odds", full=full)).changed == {1, 2}
        world.pinnacle.price(1, **wrong)
        await world.poll("odds", full=full)
    assert await world.prices() == {(1, 0): None, (2, 0): Decimal("2.5")}
    assert [(each["event"], each["event_id"], each["period"]) for each in told] == [("invalid_item", 1, 0)]
    world.pinnacle.price(1, 2.2)
    await world.poll("odds", full=full)
    assert (await world.prices())[1, 0] == Decimal("2.2")


async def test_an_answer_with_a_mass_of_absurd_prices_is_refused_as_a_whole(world):
    for event in range(1, 8):
        world.pinnacle.price(event)
    await world.poll("odds")
    world.pinnacle.price(1, 2.5)
    for event in range(2, 8):
        world.pinnacle.price(event, -120)
    assert (await world.poll("odds")).outcome is PollOutcome.FAILED
    assert set((await world.prices()).values()) == {Decimal("2.0")}


@pytest.mark.parametrize("full", [False, True], ids=["delta", "snapshot"])
async def test_an_event_that_cannot_be_read_is_not_open_and_the_others_go_on(world, full):
    for event in (1, 2):
        world.pinnacle.offer(event)
    await world.poll("fixtures")
    world.pinnacle.offer(1, home=None)
    world.pinnacle.offer(2, home="Renamed")
    with capture_logs() as told:
        assert (await world.poll("fixtures", full=full)).changed == {1, 2}
    known = await world.events()
    assert (known[1].listed, known[2].listed, known[2].event.home) == (False, True, "Renamed")
    assert [(each["event"], each["event_id"]) for each in told] == [("invalid_item", 1)]
    world.pinnacle.offer(1)
    await world.poll("fixtures", full=full)
    assert (await world.events())[1].listed


async def test_a_crash_before_the_commit_is_healed_by_the_same_delta(world, monkeypatch):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.price(1, 2.5)
    with monkeypatch.context() as patch:
        patch.setattr(feeds, "save", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await world.poll("odds")
    assert await world.prices() == {(1, 0): Decimal("2.0")}
    await world.start()
    await world.poll("odds")
    assert await world.prices() == {(1, 0): Decimal("2.5")}
    assert world.pinnacle.calls[-1][1] == world.pinnacle.calls[-2][1]


async def test_after_a_gap_of_ten_minutes_a_delta_is_not_trusted(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.clock.move(seconds=601)
    await world.start()
    await world.poll("odds")
    assert kinds_asked(world) == ["snapshot", "snapshot"]


async def test_a_cursor_that_is_refused_leads_to_a_snapshot(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.fail(BadRequestError("since"))
    await world.poll("odds")
    assert (await world.poll("odds")).full


async def test_a_sequence_that_runs_backwards_is_settled_by_a_snapshot(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.sequence = 500
    world.pinnacle.price(1, 2.5)
    world.pinnacle.fail(b'{"sportId": 29, "last": 501, "leagues": []}')
    assert (await world.poll("odds")).outcome is PollOutcome.FAILED
    world.clock.move(seconds=61)
    await world.poll("odds")  # held: it may also be a snapshot from before the delta
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
    poll = await world.poll("odds", full=True)
    assert (poll.changed, set(await world.prices())) == ({2}, {(1, 0), (3, 0)})


async def test_an_empty_snapshot_where_periods_took_bets_is_a_fault(world):
    world.pinnacle.price(1)
    await world.poll("odds")
    world.pinnacle.take_down(1)
    for _ in range(2):
        poll = await world.poll("odds", full=True)
        assert poll.outcome is PollOutcome.FAILED
    assert (1, 0) in await world.prices()


async def test_an_empty_snapshot_after_all_cutoffs_is_believed(world):
    world.pinnacle.price(1, cutoff=world.clock.now() + SECOND)
    await world.poll("odds")
    world.pinnacle.take_down(1)
    assert (await world.poll("odds", full=True)).changed == {1}


async def test_a_halved_snapshot_is_applied_once_a_second_one_agrees(world):
    for event in range(1, 6):
        world.pinnacle.price(event)
    await world.poll("odds")
    for event in (1, 2, 3):
        world.pinnacle.take_down(event)
    world.pinnacle.sequence += 1
    assert (await world.poll("odds", full=True)).outcome is PollOutcome.SUSPECT
    assert len(await world.prices()) == 5
    await world.start()
    world.clock.move(seconds=61)
    assert (await world.poll("odds")).changed == {1, 2, 3}
    assert world.feeds["odds"].state.suspect == ""


async def test_a_halved_snapshot_that_is_contradicted_is_forgotten(world):
    for event in range(1, 6):
        world.pinnacle.price(event)
    await world.poll("odds")
    kept = dict(world.pinnacle.period)
    for event in (1, 2, 3):
        world.pinnacle.take_down(event)
    await world.poll("odds", full=True)
    world.pinnacle.period = kept
    world.clock.move(seconds=61)
    poll = await world.poll("odds")
    assert (poll.full, poll.changed) == (True, frozenset())
    assert len(await world.prices()) == 5


# --- fixtures ------------------------------------------------------------------------------------


async def test_an_event_missing_once_is_not_listed_and_twice_is_gone(world):
    for event in (1, 2, 3):
        world.pinnacle.offer(event)
    await world.poll("fixtures")
    world.pinnacle.withdraw(2)
    first = await world.poll("fixtures", full=True)
    once = (await world.events())[2]
    await world.poll("fixtures", full=True)
    twice = (await world.events())[2]
    assert (first.changed, once.listed, once.gone_at) == ({2}, False, None)
    assert twice.gone_because is Gone.ABSENT


async def test_a_tombstone_is_revived_when_the_event_returns(world):
    for event in (1, 2, 3):
        world.pinnacle.offer(event)
    await world.poll("fixtures")
    world.pinnacle.withdraw(2)
    for _ in range(2):
        await world.poll("fixtures", full=True)
    world.pinnacle.offer(2)
    assert (await world.poll("fixtures")).changed == {2}
    assert (await world.events())[2].listed


async def test_a_moved_kickoff_and_a_changed_status_are_news(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.offer(1, starts=KICKOFF + timedelta(hours=1), status="H")
    assert (await world.poll("fixtures")).changed == {1}
    event = (await world.events())[1].event
    assert (event.starts - KICKOFF, event.status) == (timedelta(hours=1), "H")


async def test_a_new_league_name_is_news_of_its_events(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.league_names[1] = "England - Premier League Women"
    assert (await world.poll("fixtures", full=True)).changed == {1}
    assert (await world.events())[1].league.name == "England - Premier League Women"


async def test_league_names_are_asked_for_only_while_one_is_missing(world):
    world.pinnacle.sends_names = False
    assert (await world.feeds["leagues"].poll()).outcome is PollOutcome.WAITING
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    assert (await world.poll("leagues")).changed == {1}
    assert (await world.events())[1].league.name == "England - Premier League"
    assert (await world.poll("leagues")).outcome is PollOutcome.WAITING


async def test_a_league_that_pinnacle_cannot_name_is_asked_about_at_its_pace(world):
    world.pinnacle.sends_names = False
    world.pinnacle.league_names = {2: "Another"}
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    poll = await world.poll("leagues")
    assert poll.next_at - world.clock.now() >= PACE.leagues


# --- settled -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "because"),
    [(1, Gone.SETTLED), (2, Gone.SETTLED), (3, Gone.CANCELLED), (4, Gone.CANCELLED), (5, Gone.DELETED)],
)
async def test_a_settlement_of_the_match_closes_its_event(world, status, because):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    await world.poll("settled")
    world.pinnacle.settle(1, status=status)
    assert (await world.poll("settled")).changed == {1}
    assert (await world.events())[1].gone_because is because


async def test_a_settled_half_closes_nothing(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.settle(1, number=1)
    assert (await world.poll("settled")).changed == frozenset()


async def test_a_settled_event_stays_closed_while_a_cached_list_still_names_it(world):
    world.pinnacle.offer(1)
    world.pinnacle.offer(2)
    await world.poll("fixtures")
    world.pinnacle.settle(1, status=5)
    await world.poll("settled")
    await world.poll("fixtures", full=True)
    assert not (await world.events())[1].listed
    world.pinnacle.withdraw(1)
    await world.poll("fixtures", full=True)
    world.pinnacle.offer(1)
    await world.poll("fixtures", full=True)
    assert (await world.events())[1].listed


async def test_an_old_settlement_told_again_does_not_close_a_revived_event(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.settle(1, status=5)
    await world.poll("settled")
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    assert (await world.poll("settled", full=True)).changed == frozenset()
    assert (await world.events())[1].listed


async def test_the_first_list_of_a_day_does_not_close_what_was_put_back(world):
    world.pinnacle.settle(1, status=5, at=world.clock.now() - timedelta(hours=5))
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    await world.poll("settled")
    assert (await world.events())[1].listed


async def test_a_host_without_settlements_is_left_alone_for_an_hour(world):
    world.pinnacle.fail(NotFoundError("status 404"))
    poll = await world.poll("settled")
    assert poll.outcome is PollOutcome.ABSENT
    assert poll.next_at - world.clock.now() >= timedelta(minutes=59)


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
    await world.poll("odds", full=True)
    assert await world.prices() == {(1, 0): Decimal("2.5"), (2, 0): Decimal("2.0")}
