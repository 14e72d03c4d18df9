"""Which changes of periods are changes of prices alone, on which no link rests."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.pinnacle import Moneyline, Period, SpreadLine, TotalLine
from syncd.pinnacle.feed.odds import priced_or_not
from syncd.store import periods
from syncd.store.periods import NewPeriodContent, StoredContent

PRICE = Decimal("1.95")
MONEYLINE = Moneyline(home=PRICE, away=PRICE)
PRICED, EMPTY = Period(number=0, moneyline=MONEYLINE), Period(number=0)
LINES = st.sampled_from([(), (TotalLine(points=Decimal("2.5"), over=PRICE),)])
PERIODS = st.builds(
    Period,
    number=st.integers(0, 6),
    status=st.sampled_from([None, 1, 2]),
    moneyline=st.sampled_from([None, MONEYLINE, Moneyline()]),
    spreads=st.sampled_from([(), (SpreadLine(hdp=Decimal(0), home=PRICE),)]),
    totals=LINES,
    home_totals=LINES,
    away_totals=LINES,
)


@given(PERIODS)
def test_a_text_says_whether_a_period_has_prices(period: Period):
    assert periods.has_prices(periods.encode(period)) is period.has_prices


def new(period: Period, event_id: int = 1) -> NewPeriodContent:
    text = periods.encode(period)
    return NewPeriodContent(event_id, period.number, 29, 1, text, period.has_prices, bool(period.moneyline))


@pytest.mark.parametrize(
    ("before", "after", "turned"),
    [
        (StoredContent(periods.encode(PRICED), gone=False), PRICED, False),
        (StoredContent(periods.encode(EMPTY), gone=False), EMPTY, False),
        (StoredContent(periods.encode(EMPTY), gone=False), PRICED, True),
        (StoredContent(periods.encode(PRICED), gone=False), EMPTY, True),
        (StoredContent(periods.encode(PRICED), gone=True), PRICED, True),
        (StoredContent("damaged", gone=False), PRICED, True),
        (None, PRICED, True),
        (None, EMPTY, False),
    ],
)
def test_an_event_turns_when_it_gets_or_loses_its_prices(before, after, turned):
    stored = {(1, 0): before} if before else {}
    assert priced_or_not(stored, [new(after)], gone=()) == ({1} if turned else frozenset())


def test_a_period_that_is_gone_may_have_been_the_only_one_with_prices():
    assert priced_or_not({}, [], gone=[(7, 0)]) == {7}
