"""Elimination: the last event and match of a round, when all its other games are linked."""

from datetime import timedelta

import pytest

from syncd.model.link import LinkState
from tests.matching.games import SATURDAY, automatic, decided, fixture, linked, linker, match

LEAGUE, HOUR, DAY = "Atlantis - First League", timedelta(hours=1), timedelta(days=1)
TEAMS = [
    ("Velmora", "Quarnock"), ("Thessby", "Drumlow"), ("Hexwold", "Pendrake"), ("Lodmere", "Gilstone"),
    ("Fenwick", "Obermark"), ("Zantova", "Kelmark"), ("Ruvik", "Isenbro"),
]  # fmt: skip


def event(number, home, away, at=SATURDAY, league=LEAGUE):
    return fixture(number, home, away, league=league, at=at)


def game(number, home, away, at=SATURDAY, tournament="First League"):
    return match(number, home, away, country="Atlantis", tournament=tournament, at=at)


def round_of(games):
    """Return this number of games, under the same names in both lists."""
    pairs = list(enumerate(TEAMS[:games], 2))
    return [event(n, *pair) for n, pair in pairs], [game(n * 10, *pair) for n, pair in pairs]


ODD_EVENT, ODD_GAME = event(1, "Marwell", "Skola Nadir"), game(10, "Marwell", "Tbilon")


def test_the_last_event_and_match_of_a_round_are_one_game_whatever_the_names():
    events, games = round_of(6)
    link = linked([ODD_EVENT, *events], [ODD_GAME, *games])[1]
    assert (link.state, link.match_id) == (LinkState.AUTO, 10)
    assert [piece.text for piece in link.evidence if piece.kind == "alone"] == [
        "all else of this league is linked, these two are left"
    ]
    assert link.reason.endswith("; all else of this league is linked, these two are left")


def test_nothing_is_decided_in_a_round_that_is_too_small():
    events, games = round_of(2)
    assert linked([ODD_EVENT, *events], [ODD_GAME, *games])[1].state is LinkState.REVIEW


def test_nothing_is_decided_where_both_sides_are_unidentified():
    events, games = round_of(6)
    assert 1 not in automatic(linked([event(1, "Udine Nadir", "Skola"), *events], [ODD_GAME, *games]))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Club Tolby", "Cercle Tolby"), ("Brann", "Bryne"), ("Velgart", "Velgart Nordholm")],
)
def test_nothing_is_decided_beside_a_side_that_is_only_similar(one, other):
    events, games = round_of(6)
    links = linked([event(1, one, "Skola Nadir"), *events], [game(10, other, "Tbilon"), *games])
    assert 1 not in automatic(links)


def test_a_kickoff_somewhat_off_is_forgiven_and_hours_are_not():
    events, games = round_of(6)
    late, later = (event(1, "Marwell", "Skola Nadir", SATURDAY + hours * HOUR) for hours in (1, 4))
    assert automatic(linked([late, *events], [ODD_GAME, *games]))[1] == 10
    assert 1 not in automatic(linked([later, *events], [ODD_GAME, *games]))


LOOSE_EVENTS = [
    event(8, "Corbay", "Wexholm"),
    event(9, "Plimoth", "Jarne"),
    event(11, "Sandur", "Yelm"),
    event(12, "Nimbro", "Aust"),
]


@pytest.mark.parametrize(
    ("loose_events", "loose_games"),
    [
        (LOOSE_EVENTS, []),
        ([], [game(one.event.id * 10, one.event.home, one.event.away) for one in LOOSE_EVENTS]),
        (
            [event(8, "Corbay", "Wexholm", league="Atlantis - Cup")],
            [
                game(80, "Corbay", "Wexholm", tournament="Cup"),
                *(game(n, f"Sandur{n}", f"Yelm{n}", tournament="Cup") for n in range(81, 99)),
            ],
        ),
    ],
)
def test_nothing_is_decided_where_the_lists_of_a_league_or_country_disagree(loose_events, loose_games):
    events, games = round_of(6)
    links = linked([ODD_EVENT, *events, *loose_events], [ODD_GAME, *games, *loose_games])
    assert links[1].state is LinkState.REVIEW


def test_what_only_one_list_can_know_is_not_a_disagreement():
    events, games = round_of(6)
    ahead = [event(20 + n, away, home, SATURDAY + 2 * DAY) for n, (home, away) in enumerate(TEAMS)]
    assert automatic(linked([ODD_EVENT, *events, *ahead], [ODD_GAME, *games]))[1] == 10


def test_a_team_that_plays_elsewhere_is_not_eliminated():
    events, games = round_of(6)
    between = SATURDAY - DAY
    elsewhere = event(30, "Skola Nadir", "Vrin", between, league="Atlantis - Cup")
    first = event(31, "Velmora", "Obermark", between - HOUR, league="Atlantis - Cup")
    cup = game(310, "Velmora", "Obermark", between - HOUR, tournament="Cup")
    assert automatic(linked([ODD_EVENT, *events, first], [ODD_GAME, *games, cup]))[1] == 10
    assert 1 not in automatic(linked([ODD_EVENT, *events, first, elsewhere], [ODD_GAME, *games, cup]))


def test_two_teams_in_each_others_place_elsewhere_too_are_one():
    events, games = round_of(6)
    cup_event = event(31, "Skola Nadir", "Velmora", SATURDAY - DAY, league="Atlantis - Cup")
    cup = game(310, "Tbilon", "Velmora", SATURDAY - DAY, tournament="Cup")
    assert {1: 10, 31: 310}.items() <= automatic(
        linked([ODD_EVENT, *events, cup_event], [ODD_GAME, *games, cup])
    ).items()


def test_with_an_initial_in_common_less_agreement_suffices():
    events, games = round_of(1)
    initials, plain = event(1, "Marwell", "NKT"), event(1, "Marwell", "Skola")
    odd = game(10, "Marwell", "Nadir", SATURDAY + HOUR)
    assert automatic(linked([initials, *events], [odd, *games]))[1] == 10
    assert 1 not in automatic(linked([plain, *events], [odd, *games]))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Nadir City", "Nadir United"), ("Nadir City", "Nadir U"), ("Dynamo Nadir", "Torpedo Nadir")],
)
def test_two_clubs_of_a_place_are_never_one_whatever_is_left(one, other):
    events, games = round_of(6)
    links = linked([event(1, "Marwell", one), *events], [game(10, "Marwell", other), *games])
    assert 1 not in automatic(links)


def test_a_link_by_elimination_outlives_its_round_and_a_restart():
    events, games = round_of(6)
    made = linker([ODD_EVENT, *events], [ODD_GAME, *games])
    links = decided(made)
    made.drop_fixtures(one.event.id for one in events)
    made.drop_matches(one.id for one in games)
    assert automatic(decided(made)) == {1: 10}
    after = linker([ODD_EVENT], [ODD_GAME])
    after.restore([links[1]])
    assert automatic(decided(after)) == {1: 10}
    assert automatic(linked([ODD_EVENT], [ODD_GAME])) == {}


def test_a_link_by_elimination_ends_when_the_opponents_own_match_is_listed():
    events, games = round_of(6)
    made = linker([ODD_EVENT, *events], [ODD_GAME, *games])
    decided(made)
    made.put_matches([game(11, "Skola Nadir", "Vrin", SATURDAY + DAY)])
    assert 1 not in automatic(decided(made))


def test_a_league_of_another_name_is_known_by_the_rest_of_its_round():
    events, games = round_of(6)
    sponsored = [game(one.id, one.home.name, one.away.name, tournament="Acme Trophy") for one in games]
    odd = game(10, "Marwell", "Tbilon", tournament="Acme Trophy")
    assert automatic(linked([ODD_EVENT, *events], [odd, *sponsored]))[1] == 10
