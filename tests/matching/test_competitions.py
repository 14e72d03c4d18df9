import pytest

from syncd.matching import competitions
from syncd.matching.competitions import INTERNATIONAL
from syncd.matching.knowledge import shipped

KNOWN = shipped()


@pytest.mark.parametrize(
    ("league", "country"),
    [
        ("England - Premier League", "england"),
        ("Lithuania -  A Lyga", "lithuania"),
        ("Korea Republic - K League 1", "south korea"),
        ("UEFA - Champions League", INTERNATIONAL),
        ("Club Friendlies", INTERNATIONAL),
        ("Germany - Friendlies", INTERNATIONAL),
        ("Atlantis - Premier League", "atlantis"),
    ],
)
def test_a_league_belongs_to_its_country_or_to_the_world(league, country):
    assert competitions.of_league(league, KNOWN).country == country


@pytest.mark.parametrize("country", ["World", "Europe", "South America"])
def test_a_tournament_of_a_continent_is_international(country):
    assert competitions.of_tournament(country, "Copa Libertadores", KNOWN).country == INTERNATIONAL


def weight(league, tournament):
    return competitions.competition_weight(
        competitions.of_league(f"Spain - {league}", KNOWN),
        competitions.of_tournament("Spain", tournament, KNOWN),
    )


def test_the_same_tokens_are_the_same_competition():
    assert weight("Bundesliga 2", "2. Bundesliga") == weight("Copa del Rey", "Copa del Rey") > 1
    assert weight("2nd Division", "Division 2") > 1


def test_a_cup_is_not_a_league_and_the_second_league_not_the_third():
    assert weight("Cup", "Primera Division") < -1
    assert weight("2. Liga", "3. Liga") < weight("2. Liga", "2. Liga")


@pytest.mark.parametrize(
    ("league", "tournament"),
    [("Super League", "Süper Lig"), ("Segunda División", "2nd League Division"), ("Prva Liga", "1. League")],
)
def test_a_competition_is_the_same_in_several_languages(league, tournament):
    assert weight(league, tournament) == weight("Copa del Rey", "Copa del Rey")
