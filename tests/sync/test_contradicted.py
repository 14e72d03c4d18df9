"""While BetTune's lists contradict themselves a prediction has to be right by both."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.model.bettune import Named
from syncd.model.change import Actual, Cause, Kind, Owner, Wanted
from syncd.pricing.grammar import parse_selection
from syncd.sync.contradicted import CONTRADICTED, most_careful
from syncd.sync.plan import plan
from syncd.sync.states import FilterState
from syncd.sync.wanted import wanted
from tests.sync.test_plan import NOW, PAIR, POLICY, odds, ours, planned
from tests.sync.test_wanted import CONDITIONS, MATCH, filters, match_state

prices = st.one_of(st.none(), st.integers(101, 2000).map(lambda cents: odds(str(Decimal(cents) / 100))))
values = st.builds(
    lambda price, keep: Wanted(
        pair=PAIR,
        cause=Cause.PRICED if price else Cause.NO_MARKET,
        odds=price,
        keep=keep and price is None,
        until=NOW + timedelta(hours=1) if keep else None,
    ),
    prices,
    st.booleans(),
)


@given(values, st.lists(values, min_size=1, max_size=3), prices)
def test_what_is_planned_is_right_by_every_reading(value: Wanted, others: list[Wanted], holds: Any):
    actual = ours(str(holds) if holds else None)
    result = plan([most_careful(value, others)], {PAIR: actual}, POLICY, NOW)
    by_each = [plan([each], {PAIR: actual}, POLICY, NOW).changes for each in (value, *others)]
    urgent = [change for changes in by_each for change in changes if change.kind.urgent]
    assert all(change.kind.urgent for change in result.changes)
    if any(change.kind is Kind.DELETE for change in urgent):
        assert [change.kind for change in result.changes] == [Kind.DELETE]
    elif urgent:
        assert [change.after for change in result.changes] == [max(change.after or 0 for change in urgent)]
    else:
        assert result.changes == ()


@pytest.mark.parametrize("holds", ["3.00", None])
def test_neither_a_lower_nor_a_creation_is_sent(holds: str | None):
    value = Wanted(pair=PAIR, cause=Cause.PRICED, odds=odds("2.50"))
    result = planned(most_careful(value, [replace(value, odds=odds("2.00"))]), ours(holds))
    assert (result.changes, [each.reason for each in result.withheld]) == ((), [CONTRADICTED])


def test_a_filter_that_no_rule_named_stays_alone():
    value = Wanted(pair=PAIR, cause=Cause.NO_RULE)
    careful = most_careful(value, [Wanted(pair=PAIR, cause=Cause.NO_MARKET)])
    result = planned(careful, Actual(pair=PAIR, owner=Owner.UNKNOWN))
    assert (result.changes, result.reads, result.urgent_reads) == ((), (), ())


def over(bet_type: str, **fields: Any) -> FilterState:
    return replace(filters(), selection=parse_selection(bet_type), **fields)


def test_the_higher_price_of_two_bet_types_counts():
    state = over("moneyline home", contradiction=over("moneyline away"))
    for each in (state, over("moneyline away", contradiction=over("moneyline home"))):
        value = wanted(each, match_state(), CONDITIONS)
        assert (value.odds, value.contradicted) == (odds("3.9"), CONTRADICTED)


def test_a_filter_that_lost_its_rule_by_one_reading_has_no_price():
    state = over("moneyline home", contradiction=over("moneyline home", rule=None))
    assert wanted(state, match_state(), CONDITIONS).cause is Cause.NO_RULE


def test_another_match_under_the_same_id_has_no_price():
    other = replace(MATCH, home=Named(44, "Aston Villa"))
    value = wanted(filters(), match_state(contradiction=other), CONDITIONS)
    assert (value.cause, value.odds) == (Cause.NOT_LINKED, None)


def test_a_new_spelling_or_date_keeps_the_price_that_is_there():
    for other in (
        replace(MATCH, home=Named(4, "Arsenal")),
        replace(MATCH, date=MATCH.date + timedelta(hours=2)),
    ):
        value = wanted(filters(), match_state(contradiction=other), CONDITIONS)
        assert (value.odds, value.contradicted) == (odds("2.05"), CONTRADICTED)


def test_a_match_that_has_begun_by_one_reading_has_no_price():
    begun = replace(MATCH, date=CONDITIONS.now - timedelta(hours=1))
    assert wanted(filters(), match_state(contradiction=begun), CONDITIONS).cause is Cause.MATCH_STARTED
