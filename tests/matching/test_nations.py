"""Similar names of nations are different nations, and tags distinguish clubs of one name."""

from datetime import timedelta

import pytest

from syncd.matching.aliases import Aliases
from tests.matching.games import SATURDAY, automatic, decided, fixture, linked, linker, match

LEAGUE, CUP = "World - Atlantic Cup", "Atlantic Cup"
REST = [("Japan", "Vietnam"), ("Iran", "Oman"), ("India", "Laos"), ("Peru", "Chile"), ("Fiji", "Tonga")]


def event(number, home, away, league=LEAGUE):
    return fixture(number, home, away, league=league)


def game(number, home, away, tournament=CUP, at=SATURDAY):
    return match(number, home, away, country="World", tournament=tournament, at=at)


def beside_a_round(one, other):
    """Link one event and one match beside five games with the same names in both lists."""
    events = [event(n, *teams) for n, teams in enumerate(REST, 2)]
    games = [game(10 * n, *teams) for n, teams in enumerate(REST, 2)]
    return linked([event(1, *one), *events], [game(10, *other), *games])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("South Korea", "North Korea"), ("Niger", "Nigeria"), ("Guinea", "Guinea-Bissau"),
        ("Congo", "DR Congo"), ("Gambia", "Zambia"), ("Iceland", "Ireland"), ("Ireland", "Northern Ireland"),
        ("Austria", "Australia"), ("Slovakia", "Slovenia"), ("Dominica", "Dominican Republic"),
    ],
)  # fmt: skip
def test_nations_of_similar_names_are_two_though_all_else_is_linked(one, other):
    assert 1 not in automatic(beside_a_round((one, "Mali"), (other, "Mali")))


def test_one_nation_in_two_languages_is_one():
    assert automatic(beside_a_round(("Netherlands", "Ivory Coast"), ("Holland", "Cote d'Ivoire")))[1] == 10


def test_clubs_of_one_name_and_two_nations_are_two():
    tagged = [event(1, "Merrow (ENG)", "Barstow (ESP)", "Club Friendlies")]
    assert not linked(tagged, [game(10, "Merrow (Uru)", "Barstow (Ecu)", "Club Friendly")])
    assert automatic(linked(tagged, [game(10, "Merrow (Eng)", "Barstow", "Club Friendly")])) == {1: 10}


def test_a_link_does_not_teach_the_namesake_of_another_nation():
    first, later = SATURDAY, SATURDAY + timedelta(days=7)
    made = linker(
        [event(1, "Merrow (ENG)", "Barstow", "Club Friendlies")],
        [game(10, "Merrow (Eng)", "Barstow", "Club Friendly", first)],
    )
    made.learn(made.lessons(decided(made)[1]))
    made.put_fixtures([fixture(2, "Merrow (URU)", "Barstow", league="Club Friendlies", at=later)])
    made.put_matches([game(20, "Merrow (Eng)", "Barstow", "Club Friendly", later)])
    assert 2 not in automatic(decided(made))


def test_an_alias_joins_clubs_with_different_tags():
    aliases = Aliases(teams={"merrow irl": "merrow nir"})
    links = linked(
        [event(1, "Merrow (IRL)", "Barstow", "Club Friendlies")],
        [game(10, "Merrow (Nir)", "Barstow", "Club Friendly")],
        aliases=aliases,
    )
    assert automatic(links) == {1: 10}
