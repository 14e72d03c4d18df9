"""Clubs of like names: similarity alone makes no two clubs one."""

from datetime import timedelta

import pytest

from benchmarks.namesakes import GAPS, figures
from tests.matching.games import SATURDAY, automatic, fixture, linked, match
from tests.matching.rounds import surprises

LEAGUE = "Atlantis - First League"
ROUND = [("Velmora", "Quarnock"), ("Thessby", "Drumlow"), ("Hexwold", "Pendrake"), ("Lodmere", "Gilstone"),
         ("Fenwick", "Obermark")]  # fmt: skip


def links(event, game, others=0, at=SATURDAY):
    events = [fixture(1, *event, league=LEAGUE)]
    games = [match(10, *game, country="Atlantis", tournament="First League", at=at)]
    for number, teams in enumerate(ROUND[:others], 2):
        events.append(fixture(number, *teams, league=LEAGUE))
        games.append(match(number * 10, *teams, country="Atlantis", tournament="First League"))
    return linked(events, games)


@pytest.mark.parametrize("others", [0, 5])
@pytest.mark.parametrize(
    ("event", "game"),
    [
        (("Porto Verde Marinos", "FC Aldora"), ("Porto Verde FC", "Aldora Verdy")),
        (("Standard Aldora", "Club Tolby"), ("RFC Aldora", "Cercle Tolby")),
        (("FC Aldora", "Tolby FC"), ("Aldora E-Land", "Tolby Bluewings")),
        (("Maccabi Aldora", "Hapoel Tolby"), ("Hapoel Aldora", "Maccabi Tolby")),
        (("Clyde", "Marwell"), ("Clydebank", "Nadir")),
        (("Clyde", "Thessborough"), ("Clydebank", "Thesborough")),
        (("Clyde FC", "Marwell"), ("Clydebank FC", "Nadir")),
        (("HJK Aldora", "Aldors IFK"), ("Aldora IFK", "HJK")),
        (("Aldora City", "Marwell"), ("Aldora U", "Marwell")),
        (("Gimnasia RN", "Marwell"), ("Gimnasia MG", "Marwell")),
        (("Aldora", "Tolby"), ("Tolby", "Aldora")),
        (("CSKA Aldora", "CSKA 1948"), ("CSKA 1948 Aldora", "CSKA Aldora")),
        (("KRC Aldora", "Standard Tolby"), ("KV Aldora", "RFC Tolby")),
        (("Hapoel Aldora", "Marwell"), ("Hapoel Tolby", "Marwell")),
        (("Radnicki Aldora", "Marwell"), ("FK Radnicki Tolby", "Marwell")),
        (("H. Aldora", "Marwell"), ("Hapoel Tolby", "Marwell")),
        (("Real Aldora", "Marwell"), ("R. Tolby", "Marwell")),
    ],
)
def test_two_games_of_like_names_are_never_linked(event, game, others):
    assert 1 not in automatic(links(event, game, others))


@pytest.mark.parametrize(
    ("event", "game"),
    [
        (("Porto Verde Marinos", "Aldora"), ("Porto Verde", "Aldora")),
        (("FC Aldora", "Tolby"), ("Aldora", "Tolby SK")),
        (("M. Aldora", "Tolby"), ("Maccabi Aldora", "Tolby")),
        (("Aldora Utd", "Tolby"), ("Aldora U", "Tolby")),
        (("Helsingborg", "Tolby"), ("Helsingborgs", "Tolby")),
    ],
)
def test_a_part_of_a_name_is_enough_beside_a_whole_one(event, game):
    assert automatic(links(event, game)) == {1: 10}


def test_parts_of_both_names_are_enough_where_other_clubs_of_these_names_would_be_listed():
    event, game = ("Aldora", "Tolby"), ("Sanfrecce Aldora", "Tolby Antlers")
    assert (
        links(event, game)[1].reason
        == "only parts of the names agree: other clubs of these names may be meant"
    )
    many = [(f"{chr(65 + n)}orvik{n}", f"{chr(65 + n)}undal{n}") for n in range(10)]
    events = [fixture(n, *teams, league=LEAGUE) for n, teams in enumerate([event, *many], 1)]
    games = [
        match(n * 10, *teams, country="Atlantis", tournament="First League")
        for n, teams in enumerate([game, *many], 1)
    ]
    assert automatic(linked(events, games))[1] == 10


BARE_PLACES = """
# Malta - Amateur League | Amateur League
< Real Sliemar - Qormin Athletic
> Sliemar - Qormin
# Malta - Amateur League | Amateur League
< Sliemar City - 1932 Qormin
> Sliemar - Qormin
# Malta - Amateur League | Amateur League
< 1932 Sliemar - Qormin FC
> Sliemar - Qormin Town
# Malta - Amateur League | Amateur League
= Real Sliemar - Qormin | Sliemar - Qormin
# Malta - Amateur League | Amateur League
= Sliemar - Qormin 1932 | Sliemar - Qormin
"""


@pytest.mark.parametrize("case", BARE_PLACES.split("# ")[1:])
def test_a_bare_place_is_no_club_where_only_the_round_would_say_so(case):
    """Real Bedford, where Bedford Town may be missing from the one list and Real Bedford from the other."""
    leagues, *lines = case.strip().splitlines()
    around = [f"= {home} - {away} | {home} - {away}" for home, away in ROUND]
    assert surprises(*leagues.split(" | "), [*lines, *around]) == []


def test_parts_of_both_names_are_known_from_another_game():
    events = [
        fixture(1, "Aldora", "Tolby", league=LEAGUE),
        fixture(2, "Marwell", "Aldora", league=LEAGUE, at=SATURDAY + timedelta(days=3)),
        fixture(3, "Tolby", "Nadir", league=LEAGUE, at=SATURDAY + timedelta(days=3)),
    ]
    games = [
        match(10, "Sanfrecce Aldora", "Tolby Antlers", country="Atlantis", tournament="First League"),
        match(
            20,
            "Marwell",
            "Sanfrecce Aldora",
            country="Atlantis",
            tournament="First League",
            at=SATURDAY + timedelta(days=3),
        ),
        match(
            30,
            "Tolby Antlers",
            "Nadir",
            country="Atlantis",
            tournament="First League",
            at=SATURDAY + timedelta(days=3),
        ),
    ]
    assert automatic(linked(events, games)) == {1: 10, 2: 20, 3: 30}


@pytest.mark.parametrize("hours", [4, 22])
def test_a_placeholder_kickoff_does_not_matter_where_names_and_league_are_the_same(hours):
    off, later = SATURDAY + timedelta(hours=hours), SATURDAY + timedelta(hours=hours + 24)
    assert 1 not in automatic(links(("Aldora", "Tolby"), ("Aldora", "FC Tolby"), 5, at=later))
    assert automatic(links(("Aldora", "Tolby"), ("Aldora", "FC Tolby"), 5, at=off))[1] == 10
    assert 1 not in automatic(links(("Aldora", "Tolby"), ("Aldora", "Tolby Antlers"), 5, at=off))


def test_hardly_any_link_is_wrong_among_thousands_of_like_names():
    counts, wrong = figures(600, seed=11)
    possible = sum(counts[gap]["possible"] for gap in GAPS)
    assert wrong == []
    assert sum(counts[gap]["right"] for gap in GAPS) >= 0.85 * possible


@pytest.mark.parametrize(
    ("hours", "others", "made"), [(30, True, True), (30, False, False), (40, True, False)]
)
def test_a_day_apart_only_where_the_whole_league_is_and_never_two_days(hours, others, made):
    teams = [("Aldora", "Tolby"), *ROUND[:3]]
    off = SATURDAY + timedelta(hours=hours)
    events = [fixture(n, *pair, league=LEAGUE) for n, pair in enumerate(teams)]
    games = [
        match(
            n + 10,
            *pair,
            country="Atlantis",
            tournament="First League",
            at=SATURDAY if n and not others else off,
        )
        for n, pair in enumerate(teams)
    ]
    assert (automatic(linked(events, games)).get(0) == 10) is made


@pytest.mark.parametrize(("relisted", "made"), [(False, True), (True, False)])
def test_a_day_apart_is_not_enough_in_a_league_that_lists_postponed_matches_twice(relisted, made):
    off, teams = SATURDAY + timedelta(hours=24), [("Aldora", "Tolby"), *ROUND[:3]]
    events = [fixture(n, *pair, league=LEAGUE, at=off) for n, pair in enumerate(teams)]
    games = [
        match(n + 10, *pair, country="Atlantis", tournament="First League") for n, pair in enumerate(teams)
    ]
    if relisted:
        games.append(match(99, *ROUND[0], country="Atlantis", tournament="First League", at=off))
    assert (automatic(linked(events, games)).get(0) == 10) is made
