"""What links teach."""

from datetime import timedelta

import pytest

from syncd.matching.memory import Memory
from syncd.model.link import LinkState
from tests.matching.games import SATURDAY, automatic, decided, fixture, linker, match

WEEK = timedelta(days=7)


def taught(made):
    return [lesson for link in decided(made).values() for lesson in made.lessons(link)]


def saudi(number, home, away, at=SATURDAY):
    return fixture(number, home, away, league="Saudi Arabia - Pro League", at=at)


def neom(number, home, away, at=SATURDAY):
    return match(number, home, away, country="Saudi Arabia", tournament="Pro League", at=at)


def test_a_team_confirmed_once_is_known_the_next_week():
    first = linker([saudi(1, "Al-Suqoor", "Al-Riyadh")], [neom(10, "Neom SC", "Al Riyadh")])
    first.confirm(1, 10)
    later = SATURDAY + WEEK
    second = linker([saudi(2, "Al-Raed", "Al-Suqoor", later)], [neom(20, "Al Raed", "Neom SC", later)])
    assert not automatic(decided(second))
    second.learn(taught(first))
    link = decided(second)[2]
    assert (link.state, link.match_id) == (LinkState.AUTO, 20)
    assert "learnt 14 Nov" in link.reason


def test_a_coincidence_in_two_rounds_is_none():
    lessons = []
    for week, opponent in enumerate(("Al-Riyadh", "Al-Raed", "Al-Fateh")):
        at = SATURDAY + week * WEEK
        made = linker([saudi(week, "Al-Suqoor", opponent, at)], [neom(10 + week, "Neom SC", opponent, at)])
        made.learn(lessons)
        assert bool(automatic(decided(made))) is (week > 0)
        lessons += taught(made)


def test_a_team_known_to_be_another_is_not_taken_for_a_stranger():
    known = linker(
        [saudi(1, "Al-Suqoor", "Al-Riyadh"), saudi(2, "Al-Raed", "Al-Fateh")],
        [neom(10, "Suqoor", "Al Riyadh"), neom(20, "Al Raed", "Al Fateh")],
    )
    at = SATURDAY + WEEK
    made = linker([saudi(3, "Al-Suqoor", "Al-Raed", at)], [neom(30, "Al Fateh", "Al Raed", at)])
    made.learn(taught(known))
    assert not automatic(decided(made))


def test_undoing_an_event_undoes_all_that_it_taught():
    first = linker([saudi(1, "Al-Suqoor", "Al-Riyadh")], [neom(10, "Neom SC", "Al Riyadh")])
    first.confirm(1, 10)
    at = SATURDAY + WEEK
    made = linker([saudi(2, "Al-Raed", "Al-Suqoor", at)], [neom(20, "Al Raed", "Neom SC", at)])
    made.learn(taught(first))
    assert automatic(decided(made)) == {2: 20}
    made.forget([1])
    assert decided(made)[2].state is LinkState.REVIEW


def test_no_event_is_its_own_witness():
    made = linker([saudi(1, "Al-Suqoor", "Al-Riyadh")], [neom(10, "Neom SC", "Al Riyadh")])
    before = decided(made)[1]
    made.learn(made.lessons(before))
    assert decided(made)[1] == before


def test_what_is_known_of_the_men_says_nothing_of_the_women():
    first = linker([saudi(1, "Al-Suqoor", "Al-Riyadh")], [neom(10, "Neom SC", "Al Riyadh")])
    first.confirm(1, 10)
    scopes = {lesson.scope for lesson in taught(first) if lesson.kind == "team"}
    assert scopes == {"saudi arabia/first team"}


def test_lessons_fade():
    made = linker([saudi(1, "Neom", "Al-Riyadh")], [neom(10, "Neom SC", "Al Riyadh")])
    memory = Memory()
    memory.learn(taught(made))
    soon, late = (
        memory.support("team", "saudi arabia/first team", "neom", at=(SATURDAY + age).timestamp())
        for age in (WEEK, 100 * WEEK)
    )
    team = next(iter(soon))
    assert 0 < late[team].total < soon[team].total / 2


def test_an_events_new_lessons_replace_its_old_ones():
    first = linker([saudi(1, "Neom", "Al-Riyadh")], [neom(10, "Neom SC", "Al Riyadh")])
    lessons = taught(first)
    memory = Memory()
    assert memory.learn(lessons) == {"saudi arabia", "saudi arabia/first team"}
    assert memory.learn(lessons) == set()
    assert memory.learn(lessons[:1])
    assert memory.support("league", "saudi arabia", "Saudi Arabia - Pro League", at=0.0) == {}


@pytest.mark.parametrize("state", [LinkState.REVIEW])
def test_a_link_that_waits_teaches_no_team(state):
    made = linker([fixture(1, "Arsenal", "Chelsea")], [match(10, "Chelsea", "Arsenal")])
    assert decided(made)[1].state is state
    assert taught(made) == []
