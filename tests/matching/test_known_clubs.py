"""What the table of clubs does to links: one club under two names, two clubs of like names."""

from datetime import timedelta

import msgspec
import pytest

from syncd.matching import aliases
from syncd.matching.club_index import ClubIndexes
from syncd.matching.club_table import ClubTable
from syncd.matching.knowledge import shipped
from tests.matching.games import SATURDAY, automatic, decided, fixture, linked, linker, match

LEAGUE, COUNTRY = "Serbia - Super Liga", "Serbia"
CLUBS = """
Crvena zvezda; Red Star
Partizan; Crno-beli
Javor; Ivanjica
Arden Rovers
Arden Town
Arden Park
Borl Hapoel
Borl Maccabi
"""
ROUND = [
    ("Elstow", "Farley"),
    ("Gorton", "Harlow"),
    ("Ilford", "Jarrow"),
    ("Kelso", "Luton"),
    ("Marlow", "Norton"),
]
MANY = [*ROUND, *((f"Home{n}by", f"Away{n}by") for n in "abcdef")]
"""More clubs than a part of a name could be mistaken in."""


def knowledge(lines=CLUBS):
    known = shipped()
    return msgspec.structs.replace(known, clubs=ClubIndexes(ClubTable({COUNTRY: lines}), known.spelling))


def links_of(events, games, lines=CLUBS, **settings):
    fixtures = [fixture(number, *teams, league=LEAGUE) for number, teams in enumerate(events, 1)]
    matches = [
        match(10 * number, *teams, country=COUNTRY, tournament="Super Liga")
        for number, teams in enumerate(games, 1)
    ]
    return linked(fixtures, matches, knowledge=knowledge(lines), **settings)


@pytest.mark.parametrize("lines", [CLUBS, ""])
def test_a_club_is_known_under_two_names_that_share_nothing(lines):
    links = links_of([("Crvena Zvezda", "Ivanjica")], [("Red Star", "Javor")], lines)
    assert automatic(links) == ({1: 10} if lines else {})


def test_the_evidence_names_the_table():
    link = links_of([("Crvena Zvezda", "Partizan")], [("Red Star", "Partizan")])[1]
    assert link.evidence[0].text == (
        '"Crvena Zvezda" and "Red Star": known as one club (table of clubs, Serbia)'
    )
    assert link.reason.startswith("names known / 1.00")


def test_the_review_says_that_two_names_are_two_clubs():
    link = links_of([("Arden Rovers", "Corin"), *ROUND], [("Arden Town", "Corin"), *ROUND])[1]
    assert link.evidence[0].text.endswith("known as two clubs (table of clubs, Serbia)")
    assert link.reason == "the home names are two clubs"


@pytest.mark.parametrize(
    ("event", "game"),
    [
        (("Arden Park", "Corin"), ("Borl Hapoel", "Corin")),
        (("Javor", "Corin"), ("Partizan", "Corin")),
    ],
)
def test_two_clubs_of_a_country_are_never_one_though_the_round_leaves_nothing_else(event, game):
    assert 1 in automatic(links_of([event, *ROUND], [game, *ROUND], ""))
    assert 1 not in automatic(links_of([event, *ROUND], [game, *ROUND]))


def test_a_bare_place_is_not_a_club_where_others_of_that_place_are_known():
    event, game = ("Arden", "Borl"), ("Arden Town", "Borl Maccabi")
    assert automatic(links_of([event, *MANY], [game, *MANY], ""))[1] == 10
    assert 1 not in automatic(links_of([event, *MANY], [game, *MANY]))


@pytest.mark.parametrize("others", [[], ROUND])
@pytest.mark.parametrize("name", ["Arden", "A. Rovers", "Rovers Arden", "Arden Rover"])
def test_the_same_opponent_makes_no_club_of_another_of_like_name(name, others):
    event, game = (name, "Corin"), ("Arden Town", "Corin")
    assert 1 not in automatic(links_of([event, *others], [game, *others]))
    assert 1 not in automatic(links_of([game, *others], [event, *others]))


def test_a_bare_name_is_enough_beside_a_certain_opponent_where_its_other_clubs_would_be_listed():
    event, game = ("Arden", "Corin"), ("Arden Town", "Corin")
    assert automatic(links_of([event, *MANY], [game, *MANY]))[1] == 10


def test_a_bare_name_is_known_once_it_has_met_two_certain_opponents():
    later = SATURDAY + timedelta(days=3)
    events = [
        fixture(1, "Arden", "Corin", league=LEAGUE),
        fixture(2, "Dorlan", "Arden", league=LEAGUE, at=later),
    ]
    games = [
        match(10, "Arden Town", "Corin", country=COUNTRY, tournament="Super Liga"),
        match(20, "Dorlan", "Arden Town", country=COUNTRY, tournament="Super Liga", at=later),
    ]
    assert automatic(linked(events, games, knowledge=knowledge())) == {1: 10, 2: 20}


@pytest.mark.parametrize("name", ["A. Rovers", "Rovers Arden", "Arden Rover", "FC Arden Rovers"])
def test_a_name_almost_like_that_of_its_club_is_linked_to_it(name):
    assert automatic(links_of([(name, "Corin")], [("Arden Rovers", "Corin")])) == {1: 10}


def test_the_users_alias_overrules_the_table():
    given = aliases.parse('[teams]\n"Crvena zvezda" = "Partizan"\n"Borl Hapoel" = "Borl Maccabi"', "test")
    event, game = ("Crvena Zvezda", "Borl Hapoel"), ("Partizan", "Borl Maccabi")
    assert automatic(links_of([event], [game])) == {}
    assert automatic(links_of([event], [game], aliases=given)) == {1: 10}


def test_a_users_link_overrules_the_table_from_then_on():
    first = fixture(1, "Arden Rovers", "Corin", league=LEAGUE)
    game = match(10, "Arden Town", "Corin", country=COUNTRY, tournament="Super Liga")
    made = linker([first], [game], knowledge=knowledge())
    assert automatic(decided(made)) == {}
    made.confirm(1, 10)
    made.learn(made.lessons(decided(made)[1]))
    later = SATURDAY + timedelta(days=7)
    made.put_fixtures([fixture(2, "Arden Rovers", "Dorlan", league=LEAGUE, at=later)])
    made.put_matches([match(20, "Arden Town", "Dorlan", country=COUNTRY, tournament="Super Liga", at=later)])
    assert automatic(decided(made))[2] == 20


def test_a_list_with_both_names_as_two_teams_contradicts_the_table():
    event = ("Crvena Zvezda", "Javor")
    assert automatic(links_of([event], [("Red Star", "Javor")])) == {1: 10}
    games = [("Red Star", "Javor"), ("Crvena Zvezda", "Corin")]
    assert 1 not in automatic(links_of([event], games))


def test_one_club_is_not_enough_against_time_and_opponent():
    event = fixture(1, "Crvena Zvezda", "Corin", league=LEAGUE)
    later = match(10, "Red Star", "Corin", country=COUNTRY, at=SATURDAY + timedelta(days=5))
    other = match(20, "Red Star", "Dorlan", country=COUNTRY, tournament="Super Liga")
    assert automatic(linked([event], [later, other], knowledge=knowledge())) == {}


TOWNS = "\n".join(f"Town{n}ham" for n in range(20))


@pytest.mark.parametrize(
    ("lines", "others", "made"),
    [
        (TOWNS, ROUND, True),
        (TOWNS, ROUND[:2], False),
        ("Town1ham", ROUND, False),
        (f"{TOWNS}\nSanfrecce Aldora\nAldora Rangers", ROUND, False),
    ],
)
def test_parts_of_names_are_enough_in_a_round_that_agrees_where_the_table_would_know_namesakes(
    lines, others, made
):
    event, game = ("Aldora", "Tolby"), ("Sanfrecce Aldora", "Tolby Antlers")
    links = links_of([event, *others], [game, *others], lines)
    assert (1 in automatic(links)) is made
    gap = links_of([event, *others], [game, *others[:1], ("Zantova", "Kelmark")], lines)
    assert 1 not in automatic(gap)
