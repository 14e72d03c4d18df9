"""What agreed and differing results do to later links of the same names."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.matching.memory import Memory, is_established
from syncd.matching.parameters import MAX_TEAM_WEIGHT
from syncd.matching.result_lessons import lessons_after
from syncd.matching.results import Because, Verdict, VerdictKind
from syncd.model.link import LinkState
from tests.matching.games import NOW, SATURDAY, automatic, decided, fixture, linker, match
from tests.matching.test_memory import WEEK, lessons_from, neom, saudi
from tests.matching.test_results import LINK

AGREED = Verdict(kind=VerdictKind.AGREED, because=Because.SAME_SCORE, weight=2.5)
DIFFERS = Verdict(kind=VerdictKind.DIFFERS, because=Because.OTHER_SCORE)
NEITHER = Verdict(kind=VerdictKind.NOT_COMPARABLE, because=Because.CANCELLED)


def linked_by_hand():
    first = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    first.confirm(1, 10)
    return tuple(lessons_from(first))


def after(verdict, *, event_id=1):
    taught = tuple(replace(lesson, event_id=event_id) for lesson in linked_by_hand())
    return lessons_after(replace(LINK, event_id=event_id, taught=taught), verdict, SATURDAY)


def next_week(*lessons):
    at = SATURDAY + WEEK
    made = linker([saudi(9, "Al-Raed", "Al-Zorar", at)], [neom(90, "Al Raed", "Tabrin SC", at)])
    made.learn(lessons)
    return decided(made)[9]


def test_a_name_that_results_refuted_waits_for_review_and_says_why():
    assert next_week(*after(NEITHER)).state is LinkState.AUTO
    link = next_week(*after(DIFFERS))
    assert link.state is LinkState.REVIEW
    known = [*after(DIFFERS), *(replace(each, event_id=2, confirmed=False) for each in linked_by_hand())]
    link = next_week(*known)
    assert link.state is LinkState.REVIEW
    assert "different results" in link.reason


def test_names_that_are_equal_are_refuted_too_and_take_no_other_teams_with_them():
    at = SATURDAY + WEEK
    games = [fixture(1, "Arsenal", "Chelsea", at=at), fixture(2, "Leeds", "Everton", at=at)]
    matches = [match(10, "Arsenal", "Chelsea", at=at), match(20, "Leeds", "Everton", at=at)]
    first = linker([fixture(7, "Arsenal", "Leeds")], [match(70, "Arsenal", "Leeds")])
    taught = tuple(lessons_from(first))
    made = linker(games, matches)
    assert automatic(decided(made)) == {1: 10, 2: 20}
    made.learn(lessons_after(replace(LINK, event_id=7, taught=taught), DIFFERS, SATURDAY))
    assert automatic(decided(made)) == {}
    made.forget([7])
    assert automatic(decided(made)) == {1: 10, 2: 20}


def test_of_a_link_with_one_unlike_side_only_that_one_is_refuted():
    taught = linked_by_hand()
    unlike = taught[0].target_id
    found = lessons_after(replace(LINK, event_id=1, taught=taught, unlike=(unlike,)), DIFFERS, SATURDAY)
    assert [each.target_id for each in found] == [unlike]


def test_a_later_decision_of_a_user_beats_a_result():
    later = [replace(each, event_id=2, learnt_at=SATURDAY + timedelta(days=1)) for each in linked_by_hand()]
    assert next_week(*after(DIFFERS), *later).state is LinkState.AUTO


def test_agreed_results_of_other_games_beat_one_that_differs():
    two, three = (
        [each for event in range(2, last) for each in after(AGREED, event_id=event)] for last in (4, 5)
    )
    assert next_week(*after(DIFFERS), *two).state is LinkState.REVIEW
    assert next_week(*after(DIFFERS), *three).state is LinkState.AUTO


def test_agreed_results_count_as_much_as_a_side_can():
    weights = [
        next_week(*(each for event in range(1, games + 1) for each in after(AGREED, event_id=event)))
        .evidence[1]
        .weight
        for games in (1, 3, 9)
    ]
    assert weights == sorted(weights)
    assert weights[-1] == MAX_TEAM_WEIGHT


def test_a_proven_name_is_not_taken_for_a_namesake():
    at = SATURDAY + WEEK
    first = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Zorar", "Al Riyadh")])
    link = replace(LINK, taught=tuple(lessons_from(first)))
    proven = [
        replace(each, event_id=event)
        for event in range(100, 104)
        for each in lessons_after(link, AGREED, SATURDAY)
    ]
    # Another club of a name that is written in the same way, and the proven one is not listed.
    made = linker([saudi(3, "Al-Zorar", "Al-Raed", at)], [neom(30, "Al-Zorar SC Jeddah", "Al Raed", at)])
    made.learn(proven)
    assert automatic(decided(made)) == {}


@pytest.mark.parametrize("verdict", [AGREED, DIFFERS, NEITHER])
def test_a_verdict_is_a_function_of_what_was_taught_so_it_can_be_taken_back(verdict):
    link = replace(LINK, event_id=1, taught=linked_by_hand())
    assert lessons_after(link, NEITHER, NOW) == link.taught
    found = lessons_after(link, verdict, NOW)
    assert all(lesson.event_id == 1 for lesson in found)
    assert {each.kind for each in found} == ({"refuted"} if verdict is DIFFERS else {"team", "league"})


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0.1, 6)), max_size=8))
def test_an_event_counts_once_however_often_it_teaches_the_same(games):
    lessons = [replace(linked_by_hand()[0], event_id=event, proven=weight) for event, weight in games]
    best = {event: max(w for e, w in games if e == event) for event, _ in games}
    assert is_established(lessons) is (sum(best.values()) >= 7.0)
    memory = Memory()
    memory.learn(lessons)
    assert not memory.is_refuted(lessons[0].scope, lessons[0].name, 10) if lessons else True
