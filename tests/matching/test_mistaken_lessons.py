"""Which lessons go with a mistaken one, and which stay."""

from datetime import timedelta

from syncd.matching.lesson import Lesson
from syncd.matching.memory import events_depending_on
from tests.matching.games import NOW

DAY = timedelta(days=1)


def lesson(event, name, target, day=0, *, kind="team", confirmed=False):
    return Lesson(
        kind=kind, scope="spain/first team", name=name, target_id=target, event_id=event,
        confirmed=confirmed, learnt_at=NOW + day * DAY,
    )  # fmt: skip


def test_an_event_that_repeats_a_mistake_goes_with_it():
    wrong = lesson(1, "suqoor", 5)
    assert events_depending_on([wrong], [wrong, lesson(2, "suqoor", 5, 7), lesson(3, "suqoor", 6, 7)]) == {2}


def test_what_followed_from_that_goes_too():
    wrong = lesson(1, "suqoor", 5)
    second = [lesson(2, "suqoor", 5, 7), lesson(2, "raed", 8, 7)]
    third = [lesson(3, "raed", 8, 14), lesson(3, "fateh", 9, 14)]
    assert events_depending_on([wrong], [wrong, *second, *third, lesson(4, "ahli", 10, 14)]) == {2, 3}


def test_coincidences_are_followed_too():
    wrong = lesson(1, "suqoor", 5, kind="hint")
    assert events_depending_on([wrong], [wrong, lesson(2, "suqoor", 5, 7)]) == {2}


def test_what_was_known_before_does_not_depend_on_the_mistake():
    wrong = [lesson(1, "suqoor", 5), lesson(1, "raed", 8)]
    others = [lesson(2, "raed", 8, -7), lesson(3, "raed", 8, 7)]
    assert events_depending_on(wrong, [*wrong, *others]) == set()


def test_what_a_user_confirmed_does_not_depend_on_the_mistake():
    wrong = lesson(1, "suqoor", 5)
    others = [lesson(2, "suqoor", 5, 7, confirmed=True), lesson(3, "suqoor", 5, 14)]
    assert events_depending_on([wrong], [wrong, *others]) == set()


def test_leagues_are_not_followed():
    wrong = lesson(1, "La Liga", 5, kind="league")
    assert events_depending_on([wrong], [wrong, lesson(2, "La Liga", 5, 7, kind="league")]) == set()
