from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from syncd.config.settings import Rule
from syncd.model.bettune import Filter, Match, Named
from syncd.model.change import Cause, Wanted
from syncd.model.feed import EventState, Gone, PeriodState
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event, League, Moneyline, Period, SpreadLine
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds, SpecialState
from syncd.pricing.grammar import parse_selection
from syncd.sync.states import Conditions, FilterState, MatchState
from syncd.sync.wanted import wanted

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
KICKOFF = NOW + timedelta(hours=5)
EARLIER = NOW - timedelta(minutes=3)

EVENT = Event(id=7, sport_id=29, league_id=1980, home="Arsenal", away="Chelsea", starts=KICKOFF, status="O")
STATE = EventState(
    event=EVENT,
    league=League(id=1980, sport_id=29, name="England - Premier League"),
    seen_at=NOW,
    changed_at=EARLIER,
)
MATCHED = Period(
    number=0,
    status=1,
    cutoff=KICKOFF,
    moneyline=Moneyline(home=Decimal("2.05"), draw=Decimal("3.4"), away=Decimal("3.9")),
)
MATCH = Match(
    id=5,
    date=KICKOFF,
    finished=False,
    country=Named(1, "England"),
    tournament=Named(2, "Premier League"),
    season=Named(3, "2025/2026"),
    home=Named(4, "Arsenal FC"),
    away=Named(6, "Chelsea FC"),
)
LINK = Link(event_id=7, match_id=5, state=LinkState.AUTO, confidence=0.999)
CONDITIONS = Conditions(now=NOW, horizon=timedelta(days=3), odds_requested_at=NOW)


def filters(bet_type: str = "moneyline home", status: str = "approved", **rule: Any) -> FilterState:
    found = Filter(id=3, name="Pinnacle", sport=Named(1, "football"), bet_type="Home", status=status)
    return FilterState(
        filter_id=3, filter=found, rule=Rule(filter="Pinnacle*", **rule), selection=parse_selection(bet_type)
    )


def match_state(state: EventState | None = STATE, period: Period = MATCHED, **more: Any) -> MatchState:
    state_of_period = PeriodState(event_id=7, period=period, changed_at=EARLIER)
    known: dict[str, Any] = {"match": MATCH, "link": LINK, "periods": {0: state_of_period}} | more
    return MatchState(match_id=5, event=state, **known)


def event(**changes: Any) -> EventState:
    return replace(STATE, event=replace(EVENT, **changes))


def test_an_open_linked_match_wants_pinnacles_price_to_the_digit():
    value = wanted(filters(), match_state(), CONDITIONS)
    assert (value.cause, value.odds, value.source_price) == (
        Cause.PRICED,
        Decimal("2.050000"),
        Decimal("2.05"),
    )
    assert (value.event_id, value.kickoff, value.until) == (7, KICKOFF, KICKOFF)
    assert value.confirmed


def test_a_price_is_confirmed_only_by_a_response_requested_after_it_came():
    for requested_at in (None, EARLIER):
        assert not wanted(
            filters(), match_state(), replace(CONDITIONS, odds_requested_at=requested_at)
        ).confirmed


def test_while_pinnacle_has_closed_betting_nothing_has_a_price():
    closed = replace(CONDITIONS, betting_closed="ALL_BETTING_CLOSED")
    assert wanted(filters(), match_state(), closed).cause is Cause.BETTING_CLOSED


GONE = replace(STATE, gone_at=NOW, gone_because=Gone.ABSENT)

REFUSALS: list[tuple[Cause, FilterState, MatchState]] = [
    (Cause.FILTER_GONE, FilterState(filter_id=3), match_state()),
    (Cause.NO_RULE, replace(filters(), rule=None), match_state()),
    (Cause.FILTER_DISABLED, filters(status="disabled"), match_state()),
    (Cause.UNKNOWN_BET_TYPE, replace(filters(), selection=None), match_state()),
    (Cause.MATCH_GONE, filters(), match_state(match=None)),
    (Cause.MATCH_FINISHED, filters(), match_state(match=replace(MATCH, finished=True))),
    (Cause.OUT_OF_HORIZON, filters(), match_state(match=replace(MATCH, date=NOW + timedelta(days=4)))),
    (Cause.NOT_LINKED, filters(), match_state(link=None)),
    (Cause.NOT_LINKED, filters(), match_state(link=replace(LINK, state=LinkState.REVIEW))),
    (Cause.NOT_LINKED, filters(), match_state(event(live_status=1))),
    (Cause.NOT_LINKED, filters(), match_state(event(parent_id=1))),
    (Cause.EVENT_GONE, filters(), match_state(None)),
    (Cause.EVENT_GONE, filters(), match_state(GONE)),
    (Cause.EVENT_GONE, filters(), match_state(replace(STATE, missed=1))),
    (Cause.EVENT_SETTLED, filters(), match_state(replace(GONE, gone_because=Gone.SETTLED))),
    (Cause.IN_PLAY, filters(), match_state(replace(GONE, gone_because=Gone.IN_PLAY))),
    (Cause.EVENT_HALTED, filters(), match_state(event(status="H"))),
    (Cause.PERIOD_OFFLINE, filters(), match_state(period=replace(MATCHED, status=2))),
    (Cause.CUTOFF_PASSED, filters(), match_state(period=replace(MATCHED, cutoff=NOW))),
    (Cause.NO_MARKET, filters(), match_state(period=replace(MATCHED, moneyline=None))),
    (Cause.NO_MARKET, filters(), match_state(periods={})),
    (Cause.NO_MARKET, filters("moneyline home period 1"), match_state()),
    (Cause.CLOSING, filters(close_before="5h"), match_state()),
    (Cause.NOT_YET_OPEN, filters(open_before="4h"), match_state()),
    (Cause.LEAGUE_EXCLUDED, filters(exclude_leagues=["England*"]), match_state()),
    (Cause.LEAGUE_EXCLUDED, filters(leagues=["Spain*"]), match_state()),
    (Cause.BELOW_MIN_ODDS, filters(min_odds=Decimal("2.06")), match_state()),
]


@pytest.mark.parametrize(
    ("cause", "of", "at"), REFUSALS, ids=[f"{c}-{n}" for n, (c, _, _) in enumerate(REFUSALS)]
)
def test_whatever_forbids_a_price_is_its_cause(cause: Cause, of: FilterState, at: MatchState):
    value = wanted(of, at, CONDITIONS)
    assert (value.cause, value.odds, value.keep) == (cause, None, False)


def test_a_stale_feed_and_a_user_who_withdraws_delete_everything():
    assert wanted(filters(), match_state(), replace(CONDITIONS, stale="old")).cause is Cause.STALE_FEED
    assert wanted(filters(), match_state(), replace(CONDITIONS, withdrawn=True)).cause is Cause.WITHDRAWN


def test_cutoffs_are_by_pinnacles_clock():
    ahead = replace(CONDITIONS, skew=timedelta(hours=6))
    assert wanted(filters(), match_state(), ahead).cause is Cause.CUTOFF_PASSED
    behind = wanted(filters(), match_state(), replace(CONDITIONS, skew=-timedelta(minutes=2)))
    assert behind.until == KICKOFF + timedelta(minutes=2)


def test_the_match_period_has_to_be_open_for_its_halves_too():
    half = PeriodState(event_id=7, period=replace(MATCHED, number=1), changed_at=EARLIER)
    for closed in (replace(MATCHED, status=2), replace(MATCHED, cutoff=NOW)):
        whole = PeriodState(event_id=7, period=closed, changed_at=EARLIER)
        at = match_state(periods={0: whole, 1: half})
        assert wanted(filters("moneyline home period 1"), at, CONDITIONS).odds is None


SUSPENSIONS = [
    match_state(event(status="H")),
    match_state(period=replace(MATCHED, status=2)),
    match_state(period=Period(number=0, cutoff=KICKOFF)),
]


@pytest.mark.parametrize("suspended", SUSPENSIONS)
def test_a_suspension_deletes_at_once_unless_the_rule_gives_it_grace(suspended: MatchState):
    assert not wanted(filters(), suspended, CONDITIONS).keep
    graced = wanted(filters(suspend_grace="5m"), suspended, CONDITIONS)
    assert (graced.keep, graced.until) == (True, EARLIER + timedelta(minutes=5))
    assert not wanted(filters(suspend_grace="3m"), suspended, CONDITIONS).keep


@pytest.mark.parametrize("suspended", SUSPENSIONS)
def test_a_rule_may_keep_a_suspended_price_until_kick_off_but_not_beyond(suspended: MatchState):
    kept = wanted(filters(on_suspend="keep"), suspended, CONDITIONS)
    assert (kept.keep, kept.until) == (True, KICKOFF)
    late = wanted(filters(on_suspend="keep"), suspended, replace(CONDITIONS, now=KICKOFF))
    assert not late.keep


def test_what_closes_before_kick_off_says_when():
    value: Wanted = wanted(filters(close_before="1h"), match_state(), CONDITIONS)
    assert value.until == KICKOFF - timedelta(hours=1)
    waiting = wanted(filters(open_before="4h"), match_state(), CONDITIONS)
    assert waiting.until == KICKOFF - timedelta(hours=4)


BOTH_SCORE = Special(
    id=70,
    sport_id=29,
    league_id=1980,
    event_id=7,
    name="Both Teams To Score?",
    status="O",
    cutoff=KICKOFF - timedelta(minutes=1),
    contestants=(Contestant(id=701, name="Yes"), Contestant(id=702, name="No")),
)
SPECIAL = SpecialState(
    special=BOTH_SCORE,
    changed_at=EARLIER,
    odds=SpecialOdds(
        id=70,
        lines=(ContestantLine(id=702, price=Decimal("2.1")), ContestantLine(id=701, price=Decimal("1.8"))),
    ),
    odds_changed_at=EARLIER,
)
YES = 'special "Both Teams To Score?" Yes'
WITH_SPECIALS = replace(CONDITIONS, specials_stale="", specials_requested_at=NOW)


def test_a_special_is_priced_by_the_contestants_id_and_ends_with_its_own_cutoff():
    value = wanted(filters(YES), match_state(specials=(SPECIAL,)), WITH_SPECIALS)
    assert (value.cause, value.odds, value.confirmed) == (Cause.PRICED, Decimal("1.800000"), True)
    assert value.until == BOTH_SCORE.cutoff


def test_a_special_is_confirmed_by_a_response_of_special_odds_and_by_no_other():
    only_the_main_odds = replace(WITH_SPECIALS, specials_requested_at=EARLIER)
    assert not wanted(filters(YES), match_state(specials=(SPECIAL,)), only_the_main_odds).confirmed
    only_the_specials = replace(WITH_SPECIALS, odds_requested_at=None)
    assert wanted(filters(YES), match_state(specials=(SPECIAL,)), only_the_specials).confirmed


def test_stale_special_feeds_delete_specials_and_nothing_else():
    old = replace(WITH_SPECIALS, specials_stale="old")
    assert wanted(filters(YES), match_state(specials=(SPECIAL,)), old).cause is Cause.STALE_FEED
    assert wanted(filters(), match_state(specials=(SPECIAL,)), old).cause is Cause.PRICED
    double_chance = wanted(filters("double_chance 1X", price="fair"), match_state(specials=(SPECIAL,)), old)
    assert double_chance.cause is Cause.PRICED


def test_the_event_has_to_be_open_for_its_specials_too():
    half = replace(SPECIAL, special=replace(BOTH_SCORE, period=1))
    in_the_half = f"{YES} period 1"
    assert wanted(filters(in_the_half), match_state(specials=(half,)), WITH_SPECIALS).cause is Cause.PRICED
    for closed in (replace(MATCHED, status=2), replace(MATCHED, cutoff=NOW)):
        assert (
            wanted(filters(in_the_half), match_state(period=closed, specials=(half,)), WITH_SPECIALS).odds
            is None
        )


def test_a_double_chance_of_a_half_needs_no_other_market_of_that_half():
    pairings = ("Arsenal or Draw", "Arsenal or Chelsea", "Draw or Chelsea")
    special = replace(
        SPECIAL,
        special=replace(
            BOTH_SCORE,
            name="Double Chance 1st Half",
            period=1,
            contestants=tuple(Contestant(id=each, name=name) for each, name in enumerate(pairings)),
        ),
        odds=SpecialOdds(
            id=70, lines=tuple(ContestantLine(id=each, price=Decimal("1.4")) for each in range(3))
        ),
    )
    half_time = filters("double_chance 1X period 1")
    assert wanted(half_time, match_state(specials=(special,)), WITH_SPECIALS).odds == Decimal("1.4")
    half = PeriodState(event_id=7, period=replace(MATCHED, number=1, status=2), changed_at=EARLIER)
    offline = match_state(periods={0: match_state().periods[0], 1: half}, specials=(special,))
    assert wanted(half_time, offline, WITH_SPECIALS).cause is Cause.PERIOD_OFFLINE


def test_the_grace_of_a_special_begins_with_its_own_suspension():
    withdrawn = replace(
        SPECIAL, odds=SpecialOdds(id=70, lines=(ContestantLine(id=702),)), odds_changed_at=NOW
    )
    kept = wanted(filters(YES, suspend_grace="2m"), match_state(specials=(withdrawn,)), WITH_SPECIALS)
    assert (kept.keep, kept.until) == (True, NOW + timedelta(minutes=2))
    assert (
        wanted(filters(YES), match_state(specials=(withdrawn,)), WITH_SPECIALS).cause
        is Cause.INCOMPLETE_MARKET
    )


def test_a_win_is_priced_by_half_a_goal_only_where_no_moneyline_was_ever_offered():
    no_moneyline = Period(
        number=0,
        cutoff=KICKOFF,
        spreads=(SpreadLine(hdp=Decimal("-0.5"), home=Decimal("2.04"), away=Decimal("1.9")),),
    )
    never = PeriodState(event_id=7, period=no_moneyline, changed_at=EARLIER)
    assert wanted(filters(), match_state(periods={0: never}), CONDITIONS).odds == Decimal("2.04")
    taken_down = replace(never, had_moneyline=True)
    assert wanted(filters(), match_state(periods={0: taken_down}), CONDITIONS).cause is Cause.NO_MARKET


def test_a_game_of_two_outcomes_is_priced_without_a_draw():
    tennis = event(sport_id=33)
    two_way = replace(MATCHED, moneyline=Moneyline(home=Decimal("1.5"), away=Decimal("2.7")))
    value = wanted(filters(price="fair", method="multiplicative"), match_state(tennis, two_way), CONDITIONS)
    assert value.odds == Decimal("1.556000")
    assert wanted(filters("moneyline draw"), match_state(tennis, two_way), CONDITIONS).odds is None


LATER = NOW + timedelta(days=3652)
"""A moment that was stored while the clock was wrong."""


def test_the_grace_of_a_suspension_from_the_future_is_over():
    halted = replace(STATE, event=replace(EVENT, status="H"), changed_at=LATER)
    assert not wanted(filters(suspend_grace="5m"), match_state(halted), CONDITIONS).keep


def test_a_price_from_the_future_is_older_than_any_response():
    period = PeriodState(event_id=7, period=MATCHED, changed_at=LATER)
    state = match_state(periods={0: period})
    assert wanted(filters(), state, CONDITIONS).confirmed
    assert not wanted(filters(), state, replace(CONDITIONS, odds_requested_at=None)).confirmed
