"""The list of bets: its states, its search, its order, and what a daemon shows that does not work."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Kind, Loss, Owner, Wanted
from syncd.store import catalogue, predictions, rows
from syncd.store.engine import Store
from syncd.sync.plausibility import Withheld
from syncd.views.bet_entries import BetSource
from syncd.views.bet_state import BetState, recorded_state, state_of
from syncd.views.bets import BETS_PER_PAGE, Bet, BetQuery, Bets, BetSort, BetsPage
from syncd.views.match_book import search_words
from tests.support.filled import fill_large
from tests.web.fixtures import (
    BY_HAND,
    HOME,
    HOUR,
    NOW,
    OVER,
    SECOND,
    HandClock,
    change,
    match,
    settings_of,
)

SETTINGS = settings_of()
PAIR = Pair(HOME, 100)


async def shown(daemon: Daemon, **query: object) -> BetsPage:
    return await Bets(daemon, fresh_s=0).page(BetQuery(**query))  # type: ignore[arg-type]


async def the_bet(daemon: Daemon, pair: Pair, state: BetState | None = None) -> Bet:
    page = await shown(daemon, state=state)
    (bet,) = [each for each in page.bets if Pair(each.filter_id, each.match_id) == pair]
    return bet


async def put(store: Store, *actuals: Actual) -> None:
    async with store.write() as conn:
        await rows.write(conn, map(predictions.row, actuals))


async def test_a_prediction_in_step_has_its_names_its_price_and_its_last_write(working: Daemon):
    bet = await the_bet(working, PAIR)
    assert (bet.match, bet.league, bet.filter) == (
        "Ruch Chorzów v Odra Opole",
        "Poland · I Liga",
        "Pinnacle Home",
    )
    assert (bet.state, bet.odds, bet.wanted, bet.price) == (
        BetState.IN_STEP,
        Decimal("2.150000"),
        Decimal("2.150000"),
        Decimal("2.15"),
    )
    assert bet.kickoff == NOW + 3 * HOUR
    assert bet.written_at == NOW - 10 * SECOND


async def test_what_is_not_known_to_be_as_it_should_has_another_state(working: Daemon):
    states = {Pair(each.filter_id, each.match_id): each.state for each in (await shown(working)).bets}
    assert states == {
        PAIR: BetState.IN_STEP,
        Pair(BY_HAND, 100): BetState.BY_HAND,
        Pair(OVER, 100): BetState.DELETED_BY_HAND,
        Pair(OVER, 101): BetState.QUARANTINED,
    }
    quarantined = await the_bet(working, Pair(OVER, 101), BetState.QUARANTINED)
    assert quarantined.reason == "400 odds_invalid: not tried before 13:00:00 UTC"


async def test_a_pair_without_a_price_is_shown_when_asked_for_with_its_reason(working: Daemon):
    page = await shown(working, state=BetState.NO_PRICE)
    (bet,) = page.bets
    assert (bet.match_id, bet.cause, bet.reason) == (101, Cause.NOT_LINKED, "its link waits for review")
    assert page.states[BetState.NO_PRICE] == 1
    assert (await shown(working)).states == page.states


async def test_a_change_that_waits_and_one_that_is_withheld_say_so(working: Daemon):
    assert working.components
    planner, queue = working.components.planner, working.components.queue
    queue.update([PAIR], [change(PAIR)], NOW)
    assert (await the_bet(working, PAIR)).state is BetState.WAITS
    queue.update([PAIR], [], NOW)
    planner.withheld[PAIR] = Withheld(change=change(PAIR, kind=Kind.LOWER), reason="fell too far")
    bet = await the_bet(working, PAIR)
    assert (bet.state, bet.reason) == (BetState.WITHHELD, "fell too far")


async def test_a_daemon_that_stands_by_shows_what_was_recorded_and_what_it_computes(filled: Store):
    page = await shown(Daemon(SETTINGS, filled, filled.clock))
    assert page.source is BetSource.RECORDED
    found = {Pair(each.filter_id, each.match_id): each for each in page.bets}
    assert (found[PAIR].state, found[PAIR].odds) == (BetState.ACTIVE, Decimal("2.150000"))
    assert (found[PAIR].wanted, found[PAIR].price) == (Decimal("2.150000"), Decimal("2.15"))
    assert BetState.IN_STEP not in page.states


async def test_a_daemon_that_only_withdraws_calls_nothing_in_step(working: Daemon):
    assert working.components
    working.components.mode.withdraws_only = True
    page = await shown(working)
    assert page.source is BetSource.WITHDRAWING
    assert (await the_bet(working, PAIR)).state is BetState.WAITS
    assert BetState.IN_STEP not in page.states


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("chorzow", True),
        ("CHORZÓW ruch", True),
        ("opo", True),
        ("poland liga", True),
        ("horzow", False),
        ("ruch arsenal", False),
        ("***", False),
        ("   ", True),
    ],
)
async def test_the_search_folds_accents_and_finds_the_beginnings_of_words(
    working: Daemon, search: str, found: bool
):
    ids = {each.match_id for each in (await shown(working, search=search)).bets}
    assert (100 in ids) is found


async def test_day_league_and_filter_narrow_the_list(working: Daemon):
    assert (await shown(working, day=NOW.date())).total == 4
    assert (await shown(working, day=NOW.date() + timedelta(days=1))).total == 0
    assert (await shown(working, league="poland · i liga")).total == 4
    assert (await shown(working, league="England · I Liga")).total == 0
    assert {each.filter_id for each in (await shown(working, filter_id=OVER)).bets} == {OVER}


async def test_a_game_that_is_over_leaves_the_list_unless_ours_may_still_be_active(filled: Store):
    over = match(900, at=NOW - 5 * HOUR)
    async with filled.write() as conn:
        await catalogue.replace_days(conn, {over.date.date(): [over, match(100), match(101)]}, NOW)
    await put(filled, Actual(pair=Pair(BY_HAND, 900), owner=Owner.THEIRS, odds=Decimal(2)))
    daemon = Daemon(SETTINGS, filled, filled.clock)
    assert 900 not in {each.match_id for each in (await shown(daemon)).bets}
    await put(filled, Actual(pair=Pair(HOME, 900), owner=Owner.OURS, odds=Decimal(2)))
    assert [each.filter_id for each in (await shown(daemon)).bets if each.match_id == 900] == [HOME]


async def test_a_match_that_is_renamed_or_moved_shows_its_new_name(filled: Store, working: Daemon):
    bets = Bets(working, fresh_s=0)
    await bets.page(BetQuery())
    renamed = [match(100, "Ruch Radzionków"), match(101)]
    for _ in range(2):  # a new name is believed once a second list has it
        async with filled.write() as conn:
            await catalogue.replace_days(conn, {NOW.date(): renamed}, NOW + SECOND)
    page = await bets.page(BetQuery(search="radzionkow"))
    assert {each.match for each in page.bets} == {"Ruch Radzionków v Odra Opole"}


@pytest.mark.parametrize("sort", list(BetSort))
@pytest.mark.parametrize("descending", [False, True])
async def test_each_column_sorts_and_what_has_no_value_comes_last(
    working: Daemon, sort: BetSort, descending: bool
):
    page = await shown(working, sort=sort, descending=descending)
    value_of = {
        BetSort.KICKOFF: lambda bet: bet.kickoff,
        BetSort.MATCH: lambda bet: search_words(bet.match),
        BetSort.LEAGUE: lambda bet: bet.league,
        BetSort.FILTER: lambda bet: bet.filter.casefold(),
        BetSort.ODDS: lambda bet: bet.odds,
        BetSort.PRICE: lambda bet: bet.price,
        BetSort.STATE: lambda bet: list(BetState).index(bet.state),
        BetSort.CHECKED: lambda bet: bet.checked_at,
    }[sort]
    values = [value_of(bet) for bet in page.bets]
    known = [value for value in values if value is not None]
    assert values == sorted(known, reverse=descending) + [None] * (len(values) - len(known))


async def test_pages_and_the_whole_list_have_every_bet_once(sqlite_store: Store):
    sqlite_store.clock = HandClock()
    await fill_large(sqlite_store, SETTINGS, matches=60)
    bets = Bets(Daemon(SETTINGS, sqlite_store, sqlite_store.clock))
    pages = [await bets.page(BetQuery(offset=offset)) for offset in (0, 100, 200)]
    paged = [bet for page in pages for bet in page.bets]
    assert [len(page.bets) for page in pages] == [BETS_PER_PAGE] * 3
    assert [page.total for page in pages] == [300] * 3
    assert [bet async for chunk in bets.all(BetQuery()) for bet in chunk] == paged
    assert len({(bet.filter_id, bet.match_id) for bet in paged}) == 300
    assert (await bets.page(BetQuery(offset=9_999))).offset == 200


ODDS = st.decimals("1.01", "3", places=2).map(lambda value: value.quantize(Decimal("0.000001")))


@given(
    owner=st.sampled_from(Owner),
    odds=st.none() | ODDS,
    wanted=st.none() | ODDS,
    in_doubt=st.booleans(),
    respected=st.booleans(),
    lost=st.booleans(),
    is_pending=st.booleans(),
    is_withheld=st.booleans(),
)
def test_in_step_is_only_said_of_what_certainly_is(
    owner, odds, wanted, in_doubt, respected, lost, is_pending, is_withheld
):
    actual = Actual(
        pair=PAIR,
        owner=owner,
        odds=odds,
        in_doubt=in_doubt,
        respected=respected,
        loss=Loss(at=NOW, to=Owner.NOBODY) if lost else None,
    )
    value = Wanted(pair=PAIR, cause=Cause.PRICED if wanted else Cause.NO_LINE, odds=wanted)
    state = state_of(value, actual, NOW, is_pending=is_pending, is_withheld=is_withheld)
    certain = actual.is_active and odds == wanted and not (in_doubt or respected or lost)
    assert (state is BetState.IN_STEP) == (certain and not is_pending and not is_withheld)
    if state is BetState.NO_PRICE:
        assert not actual.may_be_active
    if actual.is_active:
        assert recorded_state(actual, NOW) is not BetState.NO_PRICE


async def test_an_entry_is_made_again_when_what_it_depends_on_has_changed(working: Daemon, clock: HandClock):
    """Each look compares with the one before, so every way out of a state is tried with one list."""
    assert working.components
    planner, queue, bets = working.components.planner, working.components.queue, Bets(working, fresh_s=0)

    async def state_of_pair(pair: Pair) -> BetState:
        found = (await bets.page(BetQuery())).bets
        return next(each.state for each in found if (each.filter_id, each.match_id) == pair)

    assert await state_of_pair(PAIR) is BetState.IN_STEP
    queue.update([PAIR], [change(PAIR)], NOW)
    assert await state_of_pair(PAIR) is BetState.WAITS
    queue.update([PAIR], [], NOW)
    assert await state_of_pair(PAIR) is BetState.IN_STEP
    planner.withheld[PAIR] = Withheld(change=change(PAIR, kind=Kind.LOWER), reason="fell")
    assert await state_of_pair(PAIR) is BetState.WITHHELD
    del planner.withheld[PAIR]
    assert await state_of_pair(PAIR) is BetState.IN_STEP
    working.components.actual.keep([Actual(pair=PAIR, owner=Owner.OURS, odds=Decimal(2), read_at=NOW)])
    assert await state_of_pair(PAIR) is BetState.WAITS
    assert await state_of_pair(Pair(OVER, 101)) is BetState.QUARANTINED
    clock.at += 2 * HOUR
    assert BetState.QUARANTINED not in (await bets.page(BetQuery())).states
    working.components.mode.withdraws_only = True
    assert await state_of_pair(PAIR) is BetState.WAITS
    assert BetState.NO_PRICE not in (await bets.page(BetQuery())).states
