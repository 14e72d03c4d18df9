from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pricing.grammar import SelectionError, parse_selection
from syncd.pricing.selection import (
    DoubleChanceSelection,
    DrawNoBetSelection,
    MoneylineSelection,
    Selection,
    SpecialSelection,
    SpreadSelection,
    TeamTotalSelection,
    TotalSelection,
)

teams = st.sampled_from(("home", "away"))
over_under = st.sampled_from(("over", "under"))
quarters = st.integers(1, 4000).map(lambda n: Decimal(n) / 4)
handicaps = st.integers(-400, 400).map(lambda n: Decimal(n) / 4)
periods = st.integers(0, 99)
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)

selections = st.one_of(
    st.builds(MoneylineSelection, st.sampled_from(("home", "draw", "away")), period=periods),
    st.builds(TotalSelection, quarters, over_under, period=periods),
    st.builds(SpreadSelection, handicaps, teams, period=periods),
    st.builds(TeamTotalSelection, teams, quarters, over_under, period=periods),
    st.builds(DoubleChanceSelection, st.sampled_from(("1X", "12", "X2")), period=periods),
    st.builds(DrawNoBetSelection, teams, period=periods),
    st.builds(SpecialSelection, names, names, st.none() | handicaps, period=periods),
    st.builds(
        SpecialSelection, st.just("Correct Score"), st.from_regex(r"[0-9]{1,2}[-:][0-9]{1,2}"), period=periods
    ),
    st.builds(
        SpecialSelection, st.just("Half-Time/Full-Time"), st.sampled_from(("Home/Draw", "1/X", "home/draw"))
    ),
    st.builds(SpecialSelection, st.just("Both Teams To Score?"), st.sampled_from(("Yes", "yes", "No"))),
)


@given(selections)
def test_canonical_text_is_parsed_as_the_same_selection(selection: Selection):
    assert parse_selection(str(selection)) == selection


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("moneyline home", MoneylineSelection("home")),
        ("  MoneyLine   DRAW ", MoneylineSelection("draw")),
        ("total 2.50 over", TotalSelection(Decimal("2.5"), "over")),
        ("total 2.25 under period 1", TotalSelection(Decimal("2.25"), "under", period=1)),
        ("spread -0.5 home", SpreadSelection(Decimal("-0.5"), "home")),
        ("spread 0 away", SpreadSelection(Decimal(0), "away")),
        ("team_total away 1.5 over", TeamTotalSelection("away", Decimal("1.5"), "over")),
        ("double_chance x2", DoubleChanceSelection("X2")),
        ("draw_no_bet home period 0", DrawNoBetSelection("home")),
        ('special "Both Teams To Score?" Yes', SpecialSelection("Both Teams To Score?", "Yes")),
        ('special "Correct Score" "2 - 1" period 2', SpecialSelection("Correct Score", "2 - 1", period=2)),
        ("both_teams_to_score YES", SpecialSelection("Both Teams To Score?", "Yes")),
        ("both_teams_to_score no period 1", SpecialSelection("Both Teams To Score?", "No", period=1)),
        ("odd_even odd", SpecialSelection("Total Goals Odd/Even", "Odd")),
        ("correct_score 2-1", SpecialSelection("Correct Score", "2-1")),
        ("correct_score 2:1 period 1", SpecialSelection("Correct Score", "2-1", period=1)),
        ("half_time_full_time home/draw", SpecialSelection("Half-Time/Full-Time", "Home/Draw")),
        ("half_time_full_time 1/X", SpecialSelection("Half-Time/Full-Time", "Home/Draw")),
        ('special "Corners" Over 9.5', SpecialSelection("Corners", "Over", Decimal("9.5"))),
        (
            'special "Corners" Home -1.5 period 1',
            SpecialSelection("Corners", "Home", Decimal("-1.5"), period=1),
        ),
        ('special "Exact Goals" 2', SpecialSelection("Exact Goals", "2")),
        (r'special "The \"Derby\"" "A \\ B"', SpecialSelection('The "Derby"', "A \\ B")),
    ],
)
def test_a_selection_is_read(text: str, selection: Selection):
    assert parse_selection(text) == selection


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ('special "Both Teams To Score?" Yes', "both_teams_to_score yes"),
        ('special "Correct Score" 2-1 period 1', "correct_score 2-1 period 1"),
        ('special "Half-Time/Full-Time" Home/Draw', "half_time_full_time home/draw"),
        ('special "Correct Score" "Any Other Score"', 'special "Correct Score" "Any Other Score"'),
        ('special "Corners" Over 10.50', 'special "Corners" Over 10.5'),
    ],
)
def test_a_special_with_a_keyword_of_its_own_is_written_with_it(long: str, short: str):
    assert str(parse_selection(long)) == short


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "moneyline, total, spread"),
        ("totl 2.5 over", 0, "did you mean total?"),
        ("moneyline hom", 10, "home, draw or away (did you mean home?)"),
        ("moneyline", 9, "home, draw or away"),
        ("total 2.6 over", 6, "in quarters of a goal"),
        ("total 0 over", 6, "above 0"),
        ("total +2.5 over", 6, "above 0"),
        ("total ٢.5 over", 6, "in quarters of a goal"),
        ("spread 0.5 home", 7, "with its sign"),
        ("spread -0.5 draw", 12, "home or away"),
        ("double_chance 1/X", 14, "1X, 12 or X2"),
        ("moneyline home perod 1", 15, "period or nothing more"),
        ("moneyline home period one", 22, "a period number"),
        ("moneyline home period 1 over", 24, "nothing more"),
        ("special Both Teams", 8, "the special's name in double quotes"),
        ('special "Both Teams To', 8, "the special's name in double quotes"),
        ("both_team_to_score yes", 0, "did you mean both_teams_to_score?"),
        ("both_teams_to_score yess", 20, "Yes or No (did you mean Yes?)"),
        ("odd_even 1", 9, "Odd or Even"),
        ("correct_score 2/1", 14, "a score with the home side's goals first"),
        ("correct_score 2-1 perid 1", 18, "(did you mean period?)"),
        ("half_time_full_time home/dra", 20, "(did you mean home/draw?)"),
        ("half_time_full_time home", 20, "such as home/draw or 1/X"),
        ('special "Corners" Over 9.6', 23, "a line such as 9.5, period or nothing more"),
        ('special "Corners" Over 9.5 9.5', 27, "period or nothing more"),
        ('special "Both Teams To Score?"', 30, "the contestant's name"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_was_expected(text: str, position: int, expected: str):
    with pytest.raises(SelectionError) as caught:
        parse_selection(text)
    assert caught.value.position == position
    assert expected in str(caught.value)


def test_the_away_handicap_is_the_negative_of_the_home_sides():
    assert parse_selection("spread +0.5 away").hdp == Decimal("-0.5")  # type: ignore[attr-defined]
    assert parse_selection("spread +0.5 home").hdp == Decimal("0.5")  # type: ignore[attr-defined]


@given(st.text())
def test_any_text_is_a_selection_or_an_error_that_points_into_it(text: str):
    position = 0
    try:
        parse_selection(text)
    except SelectionError as error:
        position = error.position
    assert 0 <= position <= len(text)
