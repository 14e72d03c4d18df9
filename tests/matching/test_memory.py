"""What links teach."""

from datetime import timedelta

import pytest

from syncd.matching.memory import Memory
from syncd.model.link import LinkState
from tests.matching.games import SATURDAY, automatic, decided, fixture, linker, match

WEEK = timedelta(days=7)


def lessons_from(made):
    return [lesson for link in decided(made).values() for lesson in made.lessons(link)]


def saudi(number, home, away, at=SATURDAY):
    return fixture(number, home, away, league="Saudi Arabia - Pro League", at=at)


def neom(number, home, away, at=SATURDAY):
    return match(number, home, away, country="Saudi Arabia", tournament="Pro League", at=at)


def test_a_team_confirmed_once_is_known_the_next_week():
    first = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    first.confirm(1, 10)
    later = SATURDAY + WEEK
    second = linker([saudi(2, "Al-Raed", "Al-Zorar", later)], [neom(20, "Al Raed", "Tabrin SC", later)])
    assert not automatic(decided(second))
    second.learn(lessons_from(first))
    link = decided(second)[2]
    assert (link.state, link.match_id) == (LinkState.AUTO, 20)
    assert "learnt 14 Nov" in link.reason


def test_a_coincidence_counts_from_the_second_round_on():
    lessons = []
    for week, opponent in enumerate(("Al-Riyadh", "Al-Raed", "Al-Fateh")):
        at = SATURDAY + week * WEEK
        made = linker([saudi(week, "Al-Zorar", opponent, at)], [neom(10 + week, "Tabrin SC", opponent, at)])
        made.learn(lessons)
        assert bool(automatic(decided(made))) is (week > 0)
        lessons += lessons_from(made)


def test_a_team_known_to_be_another_is_not_taken_for_an_unidentified_one():
    known = linker(
        [saudi(1, "Al-Zorar", "Al-Riyadh"), saudi(2, "Al-Raed", "Al-Fateh")],
        [neom(10, "Zorar", "Al Riyadh"), neom(20, "Al Raed", "Al Fateh")],
    )
    at = SATURDAY + WEEK
    made = linker([saudi(3, "Al-Zorar", "Al-Raed", at)], [neom(30, "Al Fateh", "Al Raed", at)])
    made.learn(lessons_from(known))
    assert not automatic(decided(made))


def test_forgetting_an_event_drops_all_its_lessons():
    first = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    first.confirm(1, 10)
    at = SATURDAY + WEEK
    made = linker([saudi(2, "Al-Raed", "Al-Zorar", at)], [neom(20, "Al Raed", "Tabrin SC", at)])
    made.learn(lessons_from(first))
    assert automatic(decided(made)) == {2: 20}
    made.forget([1])
    assert decided(made)[2].state is LinkState.REVIEW


def test_an_events_own_lessons_do_not_count_for_it():
    made = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    before = decided(made)[1]
    made.learn(made.lessons(before))
    assert decided(made)[1] == before


def test_lessons_about_the_men_do_not_apply_to_the_women():
    first = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    first.confirm(1, 10)
    scopes = {lesson.scope for lesson in lessons_from(first) if lesson.kind == "team"}
    assert scopes == {"saudi arabia/first team"}


def test_lessons_fade():
    made = linker([saudi(1, "Tabrin", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    memory = Memory()
    memory.learn(lessons_from(made))
    soon, late = (
        memory.support("team", "saudi arabia/first team", "tabrin", at=(SATURDAY + age).timestamp())
        for age in (WEEK, 100 * WEEK)
    )
    team = next(iter(soon))
    assert 0 < late[team].total < soon[team].total / 2


def test_an_events_new_lessons_replace_its_old_ones():
    first = linker([saudi(1, "Tabrin", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    lessons = lessons_from(first)
    memory = Memory()
    assert memory.learn(lessons) == {"saudi arabia", "saudi arabia/first team"}
    assert memory.learn(lessons) == set()
    assert memory.learn(lessons[:1])
    assert memory.support("league", "saudi arabia", "Saudi Arabia - Pro League", at=0.0) == {}


@pytest.mark.parametrize("state", [LinkState.REVIEW])
def test_a_link_for_review_teaches_no_team(state):
    made = linker([fixture(1, "Arsenal", "Chelsea")], [match(10, "Chelsea", "Arsenal")])
    assert decided(made)[1].state is state
    assert lessons_from(made) == []
