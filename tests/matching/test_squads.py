import pytest

from syncd.matching import squads
from syncd.matching.knowledge import shipped
from syncd.matching.squads import FIRST_TEAM, Squad
from tests.matching.games import automatic, fixture, linked, match

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
        ("torneo proyeccion", Squad(reserve=squads.SECOND)),
        ("u21 league", Squad(age=21)),
        ("youth championship u19", Squad(age=19)),
        ("youth championship", Squad(age=squads.ANY_AGE)),
        ("reserve league", Squad(reserve=squads.SECOND)),
        ("diski challenge u23", Squad(age=23, reserve=squads.SECOND)),
        ("professional development league", Squad(reserve=squads.SECOND)),
        ("beloften eredivisie", Squad(reserve=squads.SECOND)),
        ("1 liga zen", Squad(women=True)),
        ("kvindeligaen", Squad(women=True)),
        ("liga iberdrola", Squad(women=True)),
        ("adran premier", Squad(women=True)),
        ("noi nb i", Squad(women=True)),
        ("ha noi cup", FIRST_TEAM),
        ("2 liga junioriek", Squad(women=True, age=squads.ANY_AGE)),
        ("mfl molodezhnaya", Squad(age=squads.ANY_AGE)),
        ("super league k19", Squad(age=19)),
        ("youth league o21", Squad(age=21)),
    ],
)
def test_a_leagues_name_says_who_plays_in_it(league, squad):
    assert squads.of_league(league, MARKERS) == squad


@pytest.mark.parametrize(
    ("country", "league", "age"),
    [
        ("italy", "primavera 1", 20),
        ("italy", "primavera 2 u18", 18),
        ("brazil", "copinha", 20),
        ("brazil", "copa sao paulo de futebol junior", 20),
        ("spain", "division de honor juvenil", 19),
        ("germany", "a junioren bundesliga", 19),
        ("germany", "b junioren bundesliga", 17),
        ("portugal", "campeonato nacional juniores b", 17),
        ("germany", "junioren bundesliga", squads.ANY_AGE),
        ("chile", "torneo juvenil", squads.ANY_AGE),
        ("italy", "serie d", None),
    ],
)
def test_a_youth_league_has_the_age_that_it_means_in_its_country(country, league, age):
    assert squads.of_league(league, MARKERS, country) == Squad(age=age)


def test_the_usual_age_is_that_of_men():
    women = squads.of_league("primavera femminile", MARKERS, "italy")
    assert women == Squad(women=True, age=squads.ANY_AGE)


def test_a_team_is_of_its_leagues_squad_unless_its_name_says_more():
    assert FIRST_TEAM.within(Squad(women=True)) == Squad(women=True)
    assert Squad(age=21).within(Squad(age=19)) == Squad(age=21)


@pytest.mark.parametrize(
    "other", [Squad(women=True), Squad(age=19), Squad(reserve=squads.SECOND), Squad(age=squads.ANY_AGE)]
)
def test_another_squad_of_the_club_speaks_against_a_candidate(other):
    assert squads.squad_weight(FIRST_TEAM, other) < -10
    assert squads.squad_weight(other, FIRST_TEAM) < -10
    assert squads.squad_weight(other, other) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Squad(reserve=squads.SECOND), Squad(age=23)),
        (Squad(age=squads.ANY_AGE), Squad(age=17)),
        (Squad(age=18), Squad(age=19)),
        (Squad(academy=True), FIRST_TEAM),
        (Squad(academy=True), Squad(reserve=squads.SECOND)),
    ],
)
def test_what_may_be_one_squad_under_two_names_waits_for_review(one, other):
    assert -5 < squads.squad_weight(one, other) < 0
    assert squads.squad_weight(one, other) == squads.squad_weight(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Squad(reserve=squads.SECOND), Squad(reserve=squads.THIRD)),
        (Squad(age=17), Squad(age=19)),
        (Squad(women=True, age=19), Squad(age=19)),
        (Squad(age=19, academy=True), FIRST_TEAM),
    ],
)
def test_two_squads_of_one_club_are_distinguished(one, other):
    assert squads.squad_weight(one, other) < -10


def test_where_both_lists_name_the_age_the_other_marks_do_not_matter():
    assert squads.squad_weight(Squad(age=23), Squad(age=23, reserve=squads.SECOND)) == 0


@pytest.mark.parametrize(
    ("event", "game"),
    [
        (("Arden III", "Borl III"), ("Arden II", "Borl II")),
        (("Arden Youth", "Borl Youth"), ("Arden", "Borl")),
        (("Arden Academy", "Borl Academy"), ("Arden", "Borl")),
        (("Arden Youth", "Borl Youth"), ("Arden U17", "Borl U17")),
        (("Sevilla Atletico", "Betis Deportivo"), ("Sevilla", "Betis")),
    ],
)
def test_another_squad_is_not_linked_though_its_own_match_is_missing(event, game):
    event = fixture(1, *event, league="Spain - Primera RFEF")
    game = match(10, *game, country="Spain", tournament="Primera RFEF")
    assert automatic(linked([event], [game])) == {}


def test_a_candidate_that_waits_for_its_squads_teaches_the_list_nothing():
    events = [fixture(1, "Arden Academy", "Borl Academy"), fixture(2, "Corin", "Dorlan")]
    links = linked(events, [match(10, "Arden", "Borl"), match(20, "Corin", "Dorlan")])
    assert automatic(links) == {2: 20}
    assert not any("(1 link)" in piece.text for piece in links[2].evidence)


@pytest.mark.parametrize("ending", ["W II", "II W", "W B"])
def test_the_marks_of_a_womens_second_team_are_read_in_any_order(ending):
    event = fixture(1, f"Northam {ending}", f"Southport {ending}", league="England - National League Women")
    first = match(11, "Northam W", "Southport W", tournament="National League Women")
    assert automatic(linked([event], [first])) == {}
    second = match(12, f"Northam {ending}", f"Southport {ending}", tournament="National League Women")
    assert automatic(linked([event], [first, second])) == {1: 12}
