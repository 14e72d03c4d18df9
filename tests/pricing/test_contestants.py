import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pricing.contestants import Teams, readings, special_keys
from syncd.pricing.selection import CORRECT_SCORE, DOUBLE_CHANCE, DRAW_NO_BET, HALF_TIME_FULL_TIME

LONDON = Teams("Arsenal", "Chelsea")


def read(special: str, name: str, teams: Teams = LONDON) -> set[str]:
    return set(readings(name, special=special, teams=teams))


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("1X", "1X"),
        ("x1", "1X"),
        ("Home or Draw", "1X"),
        ("Arsenal or Draw", "1X"),
        ("Arsenal Or  Draw", "1X"),
        ("Draw/Arsenal", "1X"),
        ("Arsenal or Chelsea", "12"),
        ("12", "12"),
        ("Draw or Chelsea", "X2"),
        ("Chelsea - Draw", "X2"),
    ],
)
def test_a_double_chance_is_read_as(name, reading):
    assert read(DOUBLE_CHANCE, name) == {reading}
    assert read("Double Chance 1st Half", name) == {reading}


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("2-1", "2-1"),
        ("2:1", "2-1"),
        ("02 - 1", "2-1"),
        ("Home 2, Away 1", "2-1"),
        ("Arsenal 2, Chelsea 1", "2-1"),
        ("Chelsea 2, Arsenal 1", "1-2"),
        ("Arsenal 2 - 1 Chelsea", "2-1"),
        ("Chelsea 2-1 Arsenal", "1-2"),
        ("Arsenal 2-1", "2-1"),
        ("Draw 1-1", "1-1"),
        ("Any Other Score", "any other score"),
    ],
)
def test_a_correct_score_is_read_with_the_home_side_first(name, reading):
    assert read(CORRECT_SCORE, name) == {reading}


def test_a_score_beside_the_away_side_alone_has_two_readings():
    assert read(CORRECT_SCORE, "Chelsea 2-1") == {"2-1", "1-2"}
    assert read(CORRECT_SCORE, "Chelsea 1-1") == {"1-1"}


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("Home/Draw", "home/draw"),
        ("1/X", "home/draw"),
        ("Arsenal - Draw", "home/draw"),
        ("Home - Draw", "home/draw"),
        ("Draw/Draw", "draw/draw"),
        ("Chelsea / Arsenal", "away/home"),
        ("2-2", "away/away"),
    ],
)
def test_half_time_full_time_is_read_as(name, reading):
    assert read(HALF_TIME_FULL_TIME, name) == {reading}


@pytest.mark.parametrize("name", ["Home", "1", "Arsenal", "ARSENAL "])
def test_draw_no_bet_is_on_a_side(name):
    assert read(DRAW_NO_BET, name) == {"home"}


def test_in_any_other_special_home_and_away_replace_the_teams():
    assert read("First Team To Score", "Arsenal") == read("First Team To Score", "Home") == {"home"}
    assert read("Winner/Total Goals", "Chelsea & Over 2.5") == {"away & over 2.5"}
    assert read("Exact Total Goals", "1") == {"1"}


def test_a_team_whose_name_is_part_of_the_others_is_distinguished():
    miami = Teams("Inter", "Inter Miami")
    assert read(DOUBLE_CHANCE, "Inter or Draw", miami) == {"1X"}
    assert read(DOUBLE_CHANCE, "Inter Miami or Draw", miami) == {"X2"}
    assert read(CORRECT_SCORE, "Inter Miami 2, Inter 1", miami) == {"1-2"}
    assert read("First Team To Score", "Inter Miami", miami) == {"away"}
    assert read("Anytime Goalscorer", "Interis", miami) == {"interis"}


@pytest.mark.parametrize(
    ("teams", "home_or_draw", "reading"),
    [
        (Teams("Schalke 04", "1. FC Köln"), "Schalke 04 or Draw", "1X"),
        (Teams("Rot-Weiss Essen", "A or B"), "Rot-Weiss Essen - Draw", "1X"),
        (Teams("Chelsea", "A or B"), "Draw or A or B", "X2"),
    ],
)
def test_names_with_figures_dashes_and_separators_are_read_whole(teams, home_or_draw, reading):
    assert read(DOUBLE_CHANCE, home_or_draw, teams) == {reading}


def test_a_team_with_the_name_of_an_outcome_makes_it_ambiguous():
    draws = Teams("Draw", "Chelsea")
    assert read(DOUBLE_CHANCE, "Draw or Chelsea", draws) == {"12", "X2"}
    assert len(read("First Team To Score", "Draw", draws)) == 2
    assert len(read("First Team To Score", "Home", Teams("Arsenal", "Home"))) == 2
    assert len(read("First Team To Score", "Town", Teams("Town", "Town"))) == 2


def test_a_half_in_the_name_is_the_period():
    base = special_keys("Draw No Bet", 1, teams=LONDON)
    assert special_keys("draw no bet 1st  half", 0, teams=LONDON) == base
    assert special_keys("Draw No Bet 1st Half", 1, teams=LONDON) == base
    assert special_keys("Draw No Bet 2nd Half", 1, teams=LONDON).isdisjoint(base)
    assert special_keys("Draw No Bet 2nd Half", 0, teams=LONDON) == special_keys(
        "Draw No Bet", 2, teams=LONDON
    )


def test_a_teams_name_in_a_specials_name_is_its_side():
    assert special_keys("Arsenal To Score?", 0, teams=LONDON) == special_keys(
        "Home To Score?", 0, teams=LONDON
    )


names = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=12)


@given(st.builds(Teams, names, names), st.integers(0, 20), st.integers(0, 20))
def test_a_score_with_both_teams_never_reads_as_another_score(teams, ours, theirs):
    found = read(CORRECT_SCORE, f"{teams.home} {ours}, {teams.away} {theirs}", teams)
    assert f"{ours}-{theirs}" in found or len(found) > 1 or not any("-" in each for each in found)


@given(
    names, st.sampled_from([DOUBLE_CHANCE, CORRECT_SCORE, HALF_TIME_FULL_TIME, DRAW_NO_BET, "Other"]), names
)
def test_every_name_has_a_reading(name, special, team):
    assert read(special, name, Teams(team, "Chelsea"))
