"""Why a link waits for review, and what would link it: a sentence for every kind, and a case for each."""

from datetime import timedelta

import msgspec
import pytest

from syncd.matching.block import RankedCandidates
from syncd.matching.club_index import ClubIndexes
from syncd.matching.club_table import ClubTable
from syncd.matching.knowledge import shipped
from syncd.matching.lesson import Lesson
from syncd.matching.objections import NEEDED, ObjectionKind, objection
from syncd.model.link import LinkState
from tests.matching.games import NOW, SATURDAY, decided, fixture, linker, match

LEAGUE, HOUR = "Atlantis - First League", timedelta(hours=1)
CLUBS = "Arden Rovers\nArden Town\nBorl Hapoel"
REFUTED = Lesson(
    kind="refuted", scope="atlantis/first team", name="marwell", target_id=0, event_id=9, confirmed=False,
    learnt_at=NOW,
)  # fmt: skip


def event(number, home, away, *, at=SATURDAY, league=LEAGUE):
    return fixture(number, home, away, league=league, at=at)


def game(number, home, away, *, at=SATURDAY, tournament="First League"):
    return match(number, home, away, country="Atlantis", tournament=tournament, at=at)


CASES = {
    ObjectionKind.SWAPPED: ([event(1, "Marwell", "Nadir")], [game(10, "Nadir", "Marwell")]),
    ObjectionKind.SQUADS: ([event(1, "Marwell U19", "Nadir")], [game(10, "Marwell U18", "Nadir")]),
    ObjectionKind.REFUTED: ([event(1, "Marwell", "Nadir")], [game(10, "Marwell", "Nadir")]),
    ObjectionKind.TWO_CLUBS: ([event(1, "Arden Rovers", "Nadir")], [game(10, "Arden Town", "Nadir")]),
    ObjectionKind.NAMESAKES: ([event(1, "Arden", "Nadir")], [game(10, "Arden Town", "Nadir")]),
    ObjectionKind.ONE_TEAM: ([event(1, "Marwell", "Nadir")], [game(10, "Tbilon", "Nadir")]),
    ObjectionKind.BOTH_TEAMS: (
        [event(1, "Clyde", "Bright")],
        [game(10, "Clydebank", "Brightling")],
    ),
    ObjectionKind.HOURS_APART: (
        [event(1, "Marwell", "Nadir", at=SATURDAY + 40 * HOUR)],
        [game(10, "Marwell", "Nadir")],
    ),
    ObjectionKind.LEAGUES: (
        [event(1, "Marwell", "Nadir")],
        [game(10, "Marwell", "Nadir Park", tournament="Summer Cup")],
    ),
    ObjectionKind.PARTS: ([event(1, "Marwell", "Nadir")], [game(10, "Marwell Park", "Nadir Bluewings")]),
    ObjectionKind.RIVAL: (
        [event(1, "Marwell", "Nadir")],
        [game(10, "Marwell", "Nadir"), game(11, "Marwell", "Nadir")],
    ),
    ObjectionKind.LITTLE: (
        [event(1, "United", "Rovers", league="Atlantis - Top Flight")],
        [game(10, "United", "Rovers", at=SATURDAY + 2.5 * HOUR)],
    ),
}


def link_of(kind):
    events, games = CASES[kind]
    known = shipped()
    clubs = ClubIndexes(ClubTable({"Atlantis": CLUBS}), known.spelling)
    made = linker(events, games, knowledge=msgspec.structs.replace(known, clubs=clubs))
    if kind is ObjectionKind.REFUTED:
        made.learn([msgspec.structs.replace(REFUTED, target_id=games[0].home.id)])
    return decided(made)[1]


def test_every_kind_says_what_is_needed_and_has_a_case():
    assert NEEDED.keys() == set(ObjectionKind)
    # An event without a candidate has no link.
    assert CASES.keys() == set(ObjectionKind) - {ObjectionKind.NO_MATCH}
    assert objection(RankedCandidates((), 0.0, None)).kind is ObjectionKind.NO_MATCH


@pytest.mark.parametrize("kind", CASES)
def test_the_review_says_what_would_link_it(kind):
    link = link_of(kind)
    assert link.state is LinkState.REVIEW
    assert link.evidence[-1].kind == "needed"
    assert link.evidence[-1].text == NEEDED[kind]
    assert link.reason


def test_what_is_linked_needs_nothing():
    link = decided(linker([event(1, "Marwell", "Nadir")], [game(10, "Marwell", "Nadir")]))[1]
    assert {piece.kind for piece in link.evidence} == {"home", "away", "kickoff", "league", "squad"}


@pytest.mark.parametrize(
    ("kind", "place", "text"),
    [
        (ObjectionKind.NAMESAKES, 0, "but several clubs may be called so"),
        (ObjectionKind.HOURS_APART, 2, "and no other game of this league is so far off"),
        (ObjectionKind.LEAGUES, 3, "Atlantis - First League is hardly Summer Cup"),
    ],
)
def test_the_evidence_says_what_speaks_against_it(kind, place, text):
    assert text in link_of(kind).evidence[place].text
