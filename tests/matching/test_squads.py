import pytest

from syncd.matching import squads
from syncd.matching.knowledge import shipped
from syncd.matching.squads import FIRST_TEAM, Squad

MARKERS = shipped().squads


@pytest.mark.parametrize(
    ("league", "squad"),
    [
        ("premier league", FIRST_TEAM),
        ("liga mx femenil", Squad(women=True)),
        ("frauen bundesliga", Squad(women=True)),
        ("1 liga kobiet", Squad(women=True)),
        ("liga juvenil", Squad(age=squads.ANY_AGE)),
        ("omladinska liga", Squad(age=squads.ANY_AGE)),
        ("torneo proyeccion", Squad(reserve=True)),
        ("u21 league", Squad(age=21)),
        ("youth championship u19", Squad(age=19)),
        ("youth championship", Squad(age=squads.ANY_AGE)),
        ("reserve league", Squad(reserve=True)),
        ("diski challenge u23", Squad(age=23, reserve=True)),
    ],
)
def test_a_leagues_name_tells_who_plays_in_it(league, squad):
    assert squads.of_league(league, MARKERS) == squad


def test_a_team_is_of_its_leagues_squad_unless_its_name_says_more():
    assert FIRST_TEAM.within(Squad(women=True)) == Squad(women=True)
    assert Squad(age=21).within(Squad(age=19)) == Squad(age=21)


@pytest.mark.parametrize(
    "other", [Squad(women=True), Squad(age=19), Squad(reserve=True), Squad(age=squads.ANY_AGE)]
)
def test_another_squad_of_the_club_is_held_against_a_pair(other):
    assert squads.likeness(FIRST_TEAM, other) < -10
    assert squads.likeness(other, FIRST_TEAM) < -10
    assert squads.likeness(other, other) == 0


def test_a_second_team_may_be_called_an_under_23():
    assert -5 < squads.likeness(Squad(reserve=True), Squad(age=23)) < 0
