"""Comparisons of events and matches that are not linked, or nearly."""

from datetime import timedelta

import pytest

from syncd.matching.aliases import Aliases
from syncd.matching.comparison import Comparer
from tests.matching.games import NOW, SATURDAY, decided, fixture, linker, match
from tests.matching.test_memory import neom, saudi

DAY = timedelta(days=1)
ARSENAL = fixture(1, "Arsenal", "Chelsea")


def compare(game, event=ARSENAL):
    return Comparer([event], [game], aliases=Aliases()).compare(event.event.id, game.id)


@pytest.mark.parametrize(
    ("game", "text"),
    [
        (match(10, "Arsenal", "Chelsea", at=SATURDAY + 3 * DAY), "kick-off 3 days apart"),
        (match(10, "Chelsea", "Arsenal"), "home and away swapped"),
        (match(10, "Arsenal W", "Chelsea W"), "squad differs: first team against women"),
        (match(10, "Arsenal", "Fulham"), "the away names have too little in common"),
        (match(10, "Arsenal", "Chelsea", country="Chile"), "country differs: england against chile"),
    ],
)
def test_the_strongest_objection_is_given(game, text):
    assert compare(game).objection == text


@pytest.mark.parametrize(
    ("game", "text"),
    [
        (match(10, "Arsenal", "Chelsea", at=SATURDAY + 3 * DAY), "kick-off 3 days apart"),
        (match(10, "Arsenal W", "Chelsea W"), "squad differs: first team against women"),
        (match(10, "Arsenal", "Fulham"), "names 1.00 / 0.00"),
        (match(10, "Arsenal", "Chelsea", at=SATURDAY + timedelta(minutes=5)), "nearly as good a fit"),
    ],
)
def test_a_runner_up_is_weaker_by_what_differs_from_the_best(game, text):
    assert compare(game).weaker_than(compare(match(11, "Arsenal", "Chelsea"))) == text


def test_lessons_of_other_events_support_a_link_and_its_own_do_not():
    first = linker([saudi(1, "Al-Zorar", "Al-Riyadh")], [neom(10, "Tabrin SC", "Al Riyadh")])
    first.confirm(1, 10)
    lessons = [lesson for link in decided(first).values() for lesson in first.lessons(link)]
    event, game = saudi(2, "Al-Raed", "Al-Zorar"), neom(20, "Al Raed", "Tabrin SC")
    found = Comparer([event], [game], aliases=Aliases()).supporting_lessons(2, 20, lessons)
    assert [(each.names, each.lesson.event_id, each.lesson.learnt_at) for each in found] == [
        ("Al-Zorar = Tabrin SC", 1, NOW)
    ]
    comparer = Comparer([saudi(1, "Al-Zorar", "X")], [game], aliases=Aliases())
    assert comparer.supporting_lessons(1, 20, lessons) == []
