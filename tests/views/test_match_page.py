"""One match: the chain of a pair, and its past for the chart."""

from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.model.pinnacle import Moneyline, Period
from syncd.store import periods, rows, schema, writes
from syncd.store.engine import Store
from syncd.sync.plausibility import Withheld
from syncd.views.bet_entries import BetSource
from syncd.views.bet_state import BetState
from syncd.views.bets import Bets
from syncd.views.match_page import MatchDetails, MatchViews
from syncd.views.price_past import ChartSpan
from tests.views.conftest import SETTINGS
from tests.web.fixtures import BY_HAND, HOME, HOUR, NOW, OVER, change

PAIR = Pair(HOME, 100)


async def load(
    daemon: Daemon, match_id: int = 100, filter_id: int | None = None, span: ChartSpan = ChartSpan.ALL
) -> MatchDetails:
    found = await MatchViews(daemon, Bets(daemon, fresh_s=0)).load(match_id, filter_id, span)
    assert found
    return found


def price(home: str, *, status: int | None = None) -> str:
    line = Moneyline(home=Decimal(home), draw=Decimal("3.3"), away=Decimal("3.2"))
    return periods.encode(Period(number=0, status=status, moneyline=line))


async def put_past(store: Store, *past: tuple[timedelta, str]) -> None:
    """Put these prices into the history of event 10 in place of what is there."""
    async with store.write() as conn:
        await conn.execute(schema.price_history.delete())
        await rows.insert(
            conn,
            schema.price_history,
            [{"event_id": 10, "number": 0, "at": NOW - ago, "period_json": text} for ago, text in past],
        )


async def put_turns(store: Store, *turns: tuple[timedelta, bool]) -> None:
    async with store.write() as conn:
        await rows.insert(
            conn,
            schema.event_openness,
            [{"event_id": 10, "at": NOW - ago, "open": is_open} for ago, is_open in turns],
        )


async def test_it_has_the_link_the_filters_and_the_chain_of_the_one_with_a_prediction(working: Daemon):
    found = await load(working)
    assert found.link
    assert (found.link.event_id, found.source) == (10, BetSource.WORKING)
    assert [(each.name, each.bet.state if each.bet else None) for each in found.filters] == [
        ("Mine", BetState.BY_HAND),
        ("Pinnacle Home", BetState.IN_STEP),
        ("Pinnacle odd", BetState.DELETED_BY_HAND),
    ]
    chosen = (await load(working, filter_id=HOME)).explanation
    assert chosen
    assert (chosen.pair, chosen.selection, chosen.rule) == (PAIR, "moneyline home", 0)
    assert (chosen.wanted.odds, chosen.actual.odds) == (Decimal("2.150000"),) * 2
    assert (await load(working, filter_id=HOME)).summary == "Min Odds are 2.15, as they should be."


@pytest.mark.parametrize("filter_id", [None, 4711])
async def test_without_a_filter_that_it_has_one_with_a_prediction_is_chosen(working: Daemon, filter_id):
    found = await load(working, filter_id=filter_id)
    assert found.explanation
    assert found.explanation.pair.filter_id == BY_HAND


async def test_a_match_without_a_link_says_so(working: Daemon):
    found = await load(working, match_id=101, filter_id=HOME)
    assert found.explanation
    assert found.explanation.wanted.reason == "its link waits for review"
    assert found.past
    assert found.past.prices == ()


async def test_an_unknown_match_is_none(working: Daemon):
    assert await MatchViews(working, Bets(working)).load(999, None, ChartSpan.ALL) is None


async def test_a_withheld_change_is_not_the_next_one(working: Daemon):
    assert working.components
    withheld = Withheld(change=change(PAIR, kind=Kind.LOWER), reason="fell too far")
    working.components.planner.withheld[PAIR] = withheld
    chosen = (await load(working, filter_id=HOME)).explanation
    assert chosen
    assert (chosen.next_change, chosen.waits) == (None, ("withheld: fell too far",))


async def test_a_daemon_that_stands_by_explains_by_the_store_alone(filled: Store):
    found = await load(Daemon(SETTINGS, filled, filled.clock), filter_id=HOME)
    assert found.explanation
    assert (found.source, found.explanation.wanted.odds) == (BetSource.RECORDED, Decimal("2.150000"))
    assert found.explanation.actual.odds == Decimal("2.150000")


async def test_the_past_has_prices_as_they_were_offered_and_gaps_where_they_were_not(
    filled: Store, working: Daemon
):
    await put_past(
        filled,
        (5 * HOUR, price("2.50")),
        (4 * HOUR, price("2.40")),
        (3 * HOUR, price("2.40", status=2)),
        (2 * HOUR, price("2.15")),
    )
    await put_turns(filled, (HOUR, False), (HOUR / 2, True))
    past = (await load(working, filter_id=HOME)).past
    assert past
    assert [((NOW - each.at) / HOUR, each.price) for each in past.prices] == [
        (5, Decimal("2.50")),
        (4, Decimal("2.40")),
        (3, None),
        (2, Decimal("2.15")),
        (1, None),
        (0.5, Decimal("2.15")),
    ]
    assert [each.fair is None for each in past.prices] == [each.price is None for each in past.prices]
    assert all(each.fair > each.price for each in past.prices if each.fair and each.price)
    assert past.closed == ((NOW - HOUR, NOW - HOUR / 2),)


async def test_a_span_begins_with_what_was_valid_then(filled: Store, working: Daemon):
    await put_past(filled, (9 * HOUR, price("2.50")), (7 * HOUR, price("2.40")), (2 * HOUR, price("2.15")))
    past = (await load(working, filter_id=HOME, span=ChartSpan.HOURS_6)).past
    assert past
    assert [((NOW - each.at) / HOUR, each.price) for each in past.prices] == [
        (6, Decimal("2.40")),
        (2, Decimal("2.15")),
    ]


async def test_min_odds_follow_writes_that_were_carried_out_and_end_with_what_bettune_has(
    filled: Store, working: Daemon
):
    sent = [
        (3 * HOUR, change(PAIR, kind=Kind.CREATE, before=None, after=Decimal("2.500000")), "done"),
        (2 * HOUR, change(PAIR, kind=Kind.LOWER, after=Decimal("1.500000")), "rejected"),
        (HOUR, change(PAIR, kind=Kind.DELETE, after=None), "done"),
    ]
    async with filled.write() as conn:
        await conn.execute(schema.writes.delete())
        await rows.write(
            conn, [writes.row(each, at=NOW - ago, outcome=outcome) for ago, each, outcome in sent]
        )
    assert working.components
    (actual,) = [value for pair, value in working.components.actual.items() if pair == PAIR]
    assert actual.read_at is None, "nobody knows since when it is active"
    past = (await load(working, filter_id=HOME)).past
    assert past
    assert [((NOW - each.at) / HOUR, each.odds) for each in past.min_odds] == [
        (3, Decimal("2.500000")),
        (1, None),
    ]
    assert [each.outcome for each in past.writes] == ["done", "rejected", "done"]


async def test_a_bet_type_that_cannot_be_read_has_no_line_of_pinnacles_but_its_writes(working: Daemon):
    found = await load(working, filter_id=OVER)
    assert found.explanation
    assert found.explanation.selection == ""
    assert found.past
    assert found.past.prices == ()


async def test_prices_of_the_past_are_computed_once(working: Daemon, filled: Store, monkeypatch):
    await put_past(filled, (3 * HOUR, price("2.50")), (2 * HOUR, price("2.15")))
    views = MatchViews(working, Bets(working, fresh_s=0))
    first = await views.load(100, HOME, ChartSpan.ALL)
    monkeypatch.setattr("syncd.views.price_line._price_of", lambda *_: pytest.fail("computed again"))
    again = await views.load(100, HOME, ChartSpan.ALL)
    assert first
    assert again
    assert again.past == first.past
