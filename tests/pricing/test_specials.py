from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from syncd.model.change import Cause
from syncd.model.feed import Gone
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds, SpecialState
from syncd.pricing.board import Board, SpecialMarket
from syncd.pricing.grammar import parse_selection
from syncd.pricing.market import Market, NoPrice
from syncd.pricing.specials import find_special, past_special_market, special_market

NOW = datetime(2025, 11, 21, 12, tzinfo=UTC)
CHANGED = NOW - timedelta(hours=5)
PRICED = NOW - timedelta(hours=2)
CUTOFF = NOW + timedelta(hours=3)


def state(name: str, *lines: tuple, special: dict | None = None, **fields) -> SpecialState:
    """A special whose contestants are the first members of `lines`; then price, handicap and limit."""
    names = list(dict.fromkeys(each[0] for each in lines))
    given_special = (
        Special(
            id=1,
            sport_id=29,
            league_id=2,
            event_id=3,
            name=name,
            status="O",
            cutoff=CUTOFF,
            contestants=tuple(Contestant(id=100 + at, name=each) for at, each in enumerate(names)),
            **(special or {}),
        )
        if not special
        else msgspec.structs.replace(state(name, *lines).special, **special)
    )
    odds = SpecialOdds(
        id=1,
        max_stake=Decimal(250),
        lines=tuple(
            ContestantLine(
                id=100 + names.index(each[0]),
                price=Decimal(each[1]) if each[1] else None,
                handicap=Decimal(each[2]) if len(each) > 2 and each[2] else None,
                max_stake=Decimal(each[3]) if len(each) > 3 else None,
            )
            # Not in the order of the contestants.
            for each in reversed(lines)
        ),
    )
    given = {
        "special": given_special,
        "changed_at": CHANGED,
        "odds": odds,
        "odds_changed_at": PRICED,
    } | fields
    return SpecialState(**given)


def market(found: SpecialState, now: datetime = NOW) -> SpecialMarket:
    made = special_market(found, home="Arsenal", away="Chelsea", now=now)
    assert made is not None
    return made


def find(text: str, *states: SpecialState) -> Market | NoPrice:
    selection = parse_selection(text)
    return find_special(selection, Board.of([], map(market, states)))


def price_of(text: str, *states: SpecialState) -> str:
    found = find(text, *states)
    assert isinstance(found, Market), found
    return str(found.price_of(found.selected))


def cause(text: str, *states: SpecialState) -> Cause:
    found = find(text, *states)
    assert isinstance(found, NoPrice), found
    return found.cause


BTTS = state("Both Teams To Score?", ("Yes", "1.8"), ("No", "2.05"))
FIRST_HALF = state(
    "Both Teams To Score? 1st Half", ("Yes", "4.5"), ("No", "1.2"), special={"id": 5, "period": 1}
)
CHANCE = state(
    "Double Chance", ("Arsenal or Draw", "1.28"), ("Draw or Chelsea", "1.83"), ("Arsenal or Chelsea", "1.35")
)


def test_prices_belong_to_contestants_by_id_and_not_by_place():
    made = market(BTTS)
    assert [(each.name, str(each.price)) for each in made.outcomes] == [("Yes", "1.8"), ("No", "2.05")]
    assert (made.closed_reason, made.cutoff, made.changed_at) == ("", CUTOFF, PRICED)


def test_a_special_is_found_by_name_and_contestant_in_any_case():
    assert price_of("both_teams_to_score yes", BTTS) == "1.8"
    assert price_of('special "both teams  to score?" NO', BTTS) == "2.05"
    assert cause('special "Both Teams To Score?" Maybe', BTTS) is Cause.NO_LINE
    assert cause("both_teams_to_score yes period 1", BTTS) is Cause.NO_MARKET


@pytest.mark.parametrize("number", [0, 1])
def test_a_half_in_the_name_is_a_period_and_can_be_named_literally(number):
    half = msgspec.structs.replace(
        FIRST_HALF, special=msgspec.structs.replace(FIRST_HALF.special, period=number)
    )
    assert price_of("both_teams_to_score yes period 1", BTTS, half) == "4.5"
    assert price_of('special "Both Teams To Score? 1st Half" Yes', BTTS, half) == "4.5"
    assert price_of("both_teams_to_score yes", BTTS, half) == "1.8"


def test_the_market_has_its_own_times_and_limits():
    found = find(
        "both_teams_to_score yes", state("Both Teams To Score?", ("Yes", "1.8", "", "90"), ("No", "2"))
    )
    assert isinstance(found, Market)
    assert (found.cutoff, found.changed_at, found.max_stake) == (CUTOFF, PRICED, 90)


@pytest.mark.parametrize(
    ("special", "fields", "why", "since"),
    [
        ({"status": "H"}, {}, Cause.EVENT_HALTED, PRICED),
        ({"live_status": 1}, {}, Cause.NO_MARKET, PRICED),
        ({"cutoff": NOW}, {}, Cause.CUTOFF_PASSED, NOW),
        ({}, {"missed": 1}, Cause.NO_MARKET, PRICED),
        ({}, {"gone_at": NOW, "gone_because": Gone.SETTLED}, Cause.EVENT_SETTLED, NOW),
        ({}, {"gone_at": NOW, "gone_because": Gone.ABSENT}, Cause.NO_MARKET, NOW),
        ({}, {"odds": None, "odds_changed_at": None}, Cause.NO_MARKET, CHANGED),
        ({}, {"odds_gone": True, "odds_changed_at": NOW}, Cause.NO_MARKET, NOW),
    ],
)
def test_a_closed_special_has_no_price_with_its_cause_and_time(special, fields, why, since):
    found = find(
        "both_teams_to_score yes", state("Both Teams To Score?", ("Yes", "1.8"), special=special, **fields)
    )
    assert isinstance(found, NoPrice)
    assert (found.cause, found.since) == (why, since)


@pytest.mark.parametrize("status", ["O", "I", ""])
def test_open_statuses_take_bets(status):
    assert price_of(
        "both_teams_to_score yes", state(BTTS.special.name, ("Yes", "1.8"), special={"status": status})
    )


def test_an_outright_belongs_to_no_match():
    outright = state("Who will win?", ("Arsenal", "5"), special={"event_id": None})
    assert special_market(outright, home="", away="", now=NOW) is None


def test_of_twins_the_open_one_counts_and_two_open_ones_are_refused():
    halted = state(BTTS.special.name, ("Yes", "9"), special={"id": 4, "status": "H"})
    assert price_of("both_teams_to_score yes", halted, BTTS) == "1.8"
    found = find("both_teams_to_score yes", BTTS, BTTS)
    assert isinstance(found, NoPrice)
    assert "2 specials 'Both Teams To Score?' for the match" in found.reason[0]


def test_a_withdrawn_contestant_has_no_price_and_a_line_without_contestant_counts():
    gone = state("Exact Total Goals", ("0", None), ("1", "4"))
    assert isinstance(gone.odds, SpecialOdds)
    strange = ContestantLine(id=7, price=Decimal(2))
    odds = msgspec.structs.replace(gone.odds, lines=(gone.odds.lines[0], strange))
    found = find('special "Exact Total Goals" 1', msgspec.structs.replace(gone, odds=odds))
    assert isinstance(found, Market)
    assert dict(found.prices) == {"0": None, "1": Decimal(4), "contestant 7": Decimal(2)}


@pytest.mark.parametrize(("text", "price"), [("1X", "1.28"), ("X2", "1.83"), ('"Home or Away"', "1.35")])
def test_contestants_with_names_of_teams_are_found_by_side(text, price):
    assert price_of(f'special "Double Chance" {text}', CHANCE) == price


def test_two_of_a_double_chances_three_outcomes_win():
    assert market(CHANCE).winners == 2
    assert market(state("Double Chance", ("1X", "1.3"), ("X2", "1.8"), ("Neither", "9"))).winners == 1
    assert market(state("Anything", ("1X", "1.3"), ("X2", "1.8"), ("12", "1.3"))).winners == 1


def test_a_special_with_swapped_sides_has_no_price_until_the_feeds_agree():
    sides = [("Chelsea", "2.2"), ("Arsenal", "1.7")]
    exchanged = state("Draw No Bet", *sides, special={"home": "CHELSEA", "away": "Arsenal"})
    found = find('special "Draw No Bet" Home', exchanged)
    assert isinstance(found, NoPrice)
    assert found.cause is Cause.INCOMPLETE_MARKET
    agreed = state("Draw No Bet", *sides, special={"home": "Arsenal", "away": "Chelsea"})
    assert price_of('special "Draw No Bet" Home', agreed) == "1.7"


def test_equal_or_ambiguous_contestants_have_no_price():
    assert (
        cause("correct_score 2-1", state("Correct Score", ("2-1", "9"), ("Arsenal 2, Chelsea 1", "8")))
        is Cause.NO_LINE
    )
    both_ways = find("correct_score 1-2", state("Correct Score", ("Chelsea 2-1", "9"), ("1-1", "6")))
    assert isinstance(both_ways, NoPrice)
    assert "two ways" in both_ways.reason[0]


CORNERS = state(
    "Corners",
    ("Over", "1.9", "9.5"),
    ("Under", "1.95", "9.5"),
    ("Over", "2.4", "10.5"),
    ("Under", "1.6", "10.5"),
    special={"bet_type": "OVER_UNDER"},
)


def test_a_line_is_another_bet_and_must_be_named():
    assert price_of('special "Corners" Over 9.5', CORNERS) == "1.9"
    assert price_of('special "Corners" Under 10.5', CORNERS) == "1.6"
    assert cause('special "Corners" Over 11.5', CORNERS) is Cause.NO_LINE
    assert cause('special "Both Teams To Score?" Yes 1.5', BTTS) is Cause.NO_LINE
    unsaid = find('special "Corners" Over', CORNERS)
    assert isinstance(unsaid, NoPrice)
    assert unsaid.reason == (
        'Pinnacle offers Over 9.5, Over 10.5: add the line, as in special "Corners" Over 9.5',
    )


def test_the_sides_of_one_line_are_one_market():
    found = find('special "Corners" Over 10.5', CORNERS)
    assert isinstance(found, Market)
    assert found.title == 'special "Corners" 10.5 of the match'
    assert dict(found.prices) == {"Over": Decimal("2.4"), "Under": Decimal("1.6")}


def test_the_other_side_of_a_handicap_has_the_opposite_one():
    lines = [("Arsenal", "1.9", "-1.5"), ("Chelsea", "1.95", "1.5"), ("Arsenal", "1.2", "1.5")]
    found = find('special "Corners" Home -1.5', state("Corners", *lines, special={"bet_type": "SPREAD"}))
    assert isinstance(found, Market)
    assert dict(found.prices) == {"Arsenal": Decimal("1.9"), "Chelsea": Decimal("1.95")}
    other = find('special "Corners" Home +1.5', state("Corners", *lines, special={"bet_type": "SPREAD"}))
    assert isinstance(other, Market)
    assert dict(other.prices) == {"Arsenal": Decimal("1.2"), "Chelsea": None}


def test_without_specials_the_reason_is_that_they_are_not_read():
    found = find_special(parse_selection("both_teams_to_score yes"), Board.of([]))
    assert isinstance(found, NoPrice)
    assert "specials are not read" in found.reason[0]


def test_a_special_of_the_past_was_open_until_its_cutoff_whatever_it_is_now():
    assert BTTS.odds is not None
    halted = msgspec.structs.replace(BTTS.special, status="H")
    then = past_special_market(halted, BTTS.odds, home="Arsenal", away="Chelsea", at=PRICED)
    late = past_special_market(halted, BTTS.odds, home="Arsenal", away="Chelsea", at=CUTOFF)
    assert (then.closed_reason, then.changed_at) == ("", PRICED)
    assert late.closed_cause is Cause.CUTOFF_PASSED
