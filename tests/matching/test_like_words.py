"""Words that are written alike: evidence where they are rare, none where a country is full of them."""

import pytest

from syncd.matching.club_index import KnownClub
from syncd.matching.club_table import ClubName
from syncd.matching.like_words import LikeWords
from tests.matching.games import automatic, fixture, linked, match
from tests.matching.rounds import surprises

PEAKS = ["Pamirak", "Pamiran", "Pamiraz", "Pamirat", "Pamirab", "Pamirabo"]
"""Clubs that are all named after one mountain."""


def words(*listed):
    return {word: {word} for word in listed}


def test_similarity_is_no_evidence_where_three_clubs_have_such_words():
    assert not LikeWords(words("pamirak", "pamiran", "vaksh")).are_many("pamirak", "pamiran")
    assert LikeWords(words("pamirak", "pamiran", "pamirat")).are_many("pamirak", "pamiran")
    assert LikeWords(words("aktepa", "boztepa", "qoztepa")).are_many("aktepa", "qoztepa")


def test_one_club_under_three_spellings_is_one():
    club = KnownClub("tajikistan", (ClubName("Pamirak"),))
    others = [KnownClub("tajikistan", (ClubName(name),)) for name in ("Pamiran", "Pamirat")]
    spelt = {"pamirak": {club}, "pamyrak": {club}, "pamirac": {club}}
    assert not LikeWords(spelt).are_many("pamirak", "pamyrak")
    assert LikeWords(spelt | {"pamiran": {others[0]}, "pamirat": {others[1]}}).are_many("pamirak", "pamyrak")


def test_words_of_two_lists_are_not_added_up():
    assert not LikeWords(words("pamirak", "pamiran"), words("pamiran", "pamirat")).are_many(
        "pamirak", "pamiran"
    )


@pytest.mark.parametrize("others", [0, 2, 5])
@pytest.mark.parametrize(
    ("event", "game"),
    [
        (("Pamirak", "Pamirat"), ("Pamiran", "Pamiraz")),
        (("Pamirab", "Pamirak"), ("Pamirabo", "Pamirat")),
        (("Pamirabo", "Pamiran"), ("Pamirab", "Pamirak")),
    ],
)
def test_clubs_of_one_stem_are_not_taken_for_each_other(event, game, others):
    rest = [name for name in PEAKS if name not in (*event, *game)]
    homes = [*rest, "Vakhdon", "Istarvan", "Hulbukar"]
    around = list(zip(homes, ["Kuktos", "Eskhat", "Parvoz", "Barki", "Hosilo"], strict=True))
    lines = [f"< {event[0]} - {event[1]}", f"> {game[0]} - {game[1]}"]
    lines += [f"= {home} - {away} | {home} - {away}" for home, away in around[:others]]
    assert surprises("Tajikistan - Second League", "Second League", lines) == []


def test_the_table_of_clubs_shows_which_stems_are_many():
    """Indonesia has a score of clubs whose names begin like these, though neither list has another one."""
    lines = ["< Persitu - Persela", "> Persitus - Perseta"]
    assert surprises("Indonesia - Liga Nusantara", "Liga Nusantara", lines) == []


def test_similarity_is_evidence_where_it_is_rare():
    lines = [
        "= Khosilot - Vakhsh Bokhtar | Hosilot - Vaksh Bokhtar",
        "= Eskhata - Barkchi | Eskhata - Barqchi",
    ]
    assert surprises("Tajikistan - Second League", "Second League", lines) == []


def test_no_certain_opponent_makes_two_of_many_words_one():
    lines = ["= Pamirak - Kuktos | Pamirak - Kuktos", "= Pamiran - Eskhat | Pamiran - Eskhat"]
    lines += ["= Vakhdon - Parvoz | Vakhdon - Parvoz", "? Pamiraz - Hulbukar | Pamirazi - Hulbukar"]
    assert surprises("Tajikistan - Second League", "Second League", lines) == []


def test_no_opponent_that_is_only_alike_makes_the_rest_certain():
    round_of = [("Kuktos", "Eskhat"), ("Vakhdon", "Parvoz"), ("Istarvan", "Barki"), ("Hulbukar", "Hosilo")]
    league = "Tajikistan - Second League"
    events = [fixture(n, *teams, league=league) for n, teams in enumerate(round_of, 2)]
    games = [
        match(n * 10, *teams, country="Tajikistan", tournament="Second League")
        for n, teams in enumerate(round_of, 2)
    ]
    odd = (
        fixture(1, "Villarana", "Zarafshon", league=league),
        fixture(1, "Vilarana", "Zarafshon", league=league),
    )
    game = match(10, "Vilarana", "Ravshan", country="Tajikistan", tournament="Second League")
    assert 1 not in automatic(linked([odd[0], *events], [game, *games]))
    assert automatic(linked([odd[1], *events], [game, *games]))[1] == 10
