"""Games that were never linked: what their results say when nothing but each other is left for them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.matching.knowledge import shipped
from syncd.matching.lesson import Lesson
from syncd.matching.records import RecordBuilder
from syncd.matching.results import Score
from syncd.matching.unlinked_results import KnownNames, UnlinkedGame, coincidences, hints_of, promoted
from tests.matching.games import NOW, SATURDAY, named
from tests.matching.test_memory import neom, saudi

RECORDS = RecordBuilder(shipped())
LEAGUE = "Saudi Arabia - Pro League"
TOURNAMENT = named("Pro League").id
JOINED = {("saudi arabia", LEAGUE): {TOURNAMENT: 5}}
NOTHING = KnownNames([])


def event(number, home, away, score="2-1", at=SATURDAY):
    return UnlinkedGame(RECORDS.of_event(saudi(number, home, away, at)), Score(*map(int, score.split("-"))))


def there(number, home, away, score="2-1", at=SATURDAY):
    return UnlinkedGame(RECORDS.of_match(neom(number, home, away, at)), Score(*map(int, score.split("-"))))


def found(events, matches, known=NOTHING, leagues=JOINED):
    return list(coincidences(events, matches, leagues, known))


def lesson(name, team, *, kind="team", event_id=99, proven=0.0):
    return Lesson(
        kind=kind, scope="saudi arabia/first team", name=name, target_id=named(team).id,
        event_id=event_id, confirmed=False, learnt_at=NOW, proven=proven,
    )  # fmt: skip


def test_two_games_that_are_alone_and_agree_are_noted_for_both_teams():
    [one] = found([event(1, "Al-Zorar", "Qurvex")], [there(10, "Tabrin SC", "Lonmip")])
    assert one.agreed
    hints = hints_of(one)
    assert [(each.kind, each.target_id) for each in hints] == [
        ("seen", named("Tabrin SC").id),
        ("seen", named("Lonmip").id),
    ]
    assert all(each.proven > 2 for each in hints)


def test_where_one_side_is_known_only_the_other_is_learnt():
    known = KnownNames([lesson("qurvex", "Lonmip")])
    [one] = found([event(1, "Al-Zorar", "Qurvex")], [there(10, "Tabrin SC", "Lonmip")], known)
    assert [(each.kind, each.target_id) for each in hints_of(one)] == [("hint", named("Tabrin SC").id)]


def test_a_game_with_other_results_refutes():
    [one] = found([event(1, "Al-Zorar", "Qurvex")], [there(10, "Tabrin SC", "Lonmip", "0-0")])
    assert {each.kind for each in hints_of(one)} == {"refuted"}


ALONE = [event(1, "Al-Zorar", "Qurvex")], [there(10, "Tabrin SC", "Lonmip")]


@pytest.mark.parametrize(
    ("events", "matches", "known", "leagues"),
    [
        # another of the same slot on either side
        ([*ALONE[0], event(2, "Wabtak", "Snopel")], ALONE[1], [], JOINED),
        (ALONE[0], [*ALONE[1], there(20, "Wabtak", "Snopel", "0-0")], [], JOINED),
        # another time, another league, a league that few links have joined
        (ALONE[0], [there(10, "Tabrin SC", "Lonmip", at=SATURDAY + timedelta(minutes=16))], [], JOINED),
        (*ALONE, [], {("saudi arabia", LEAGUE): {TOURNAMENT + 1: 5}}),
        (*ALONE, [], {("saudi arabia", LEAGUE): {TOURNAMENT: 2}}),
        # a name that is another team, a team that has another name, names that results refuted
        (*ALONE, [lesson("qurvex", "Al Riyadh")], JOINED),
        (*ALONE, [lesson("gri", "Lonmip")], JOINED),
        (*ALONE, [lesson("qurvex", "Lonmip", kind="refuted")], JOINED),
        # nothing to learn
        (*ALONE, [lesson("qurvex", "Lonmip"), lesson("al zorar", "Tabrin SC")], JOINED),
    ],
)
def test_whatever_leaves_a_doubt_teaches_nothing(events, matches, known, leagues):
    assert found(events, matches, KnownNames(known), leagues) == []


def test_other_squads_are_never_one():
    women = UnlinkedGame(RECORDS.of_event(saudi(1, "Al-Zorar (W)", "Qurvex (W)")), Score(2, 1))
    assert found([women], ALONE[1]) == []


@given(st.lists(st.floats(0.5, 6.0), min_size=1, max_size=6))
def test_a_hint_is_a_lesson_once_several_games_leave_no_doubt(weights):
    hints = [
        lesson("qurvex", "Lonmip", kind="hint", event_id=event_id, proven=weight)
        for event_id, weight in enumerate(weights)
    ]
    grown = promoted(hints)
    assert grown == ([replace(each, kind="team") for each in hints] if sum(weights) >= 7.0 else [])
