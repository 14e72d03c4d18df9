"""A mass of predictions that are missing was deleted by no user, a few were."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.model.bettune import Pair
from syncd.sync.vanished import WITHIN, Vanished

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pairs(number: int, filter_id: int = 1) -> list[Pair]:
    return [Pair(filter_id, match_id) for match_id in range(1, number + 1)]


@pytest.mark.parametrize(
    ("missing", "active", "is_mass"), [(1, 0, False), (9, 0, False), (10, 20, True), (10, 21, False)]
)
def test_ten_and_a_third_are_a_mass(missing: int, active: int, is_mass: bool):
    assert Vanished().note(pairs(missing), active, NOW) == (frozenset(pairs(missing)) if is_mass else set())


def test_what_several_readings_find_counts_together():
    vanished = Vanished()
    assert not vanished.note(pairs(9, 1), 18, NOW)
    assert vanished.note(pairs(9, 2), 9, NOW) == {*pairs(9, 1), *pairs(9, 2)}


def test_after_a_mass_the_last_ones_belong_to_it():
    vanished = Vanished()
    vanished.note(pairs(20), 0, NOW)
    assert vanished.note(pairs(1, 2), 40, NOW + WITHIN) == {Pair(2, 1)}
    assert not vanished.note(pairs(1, 3), 40, NOW + 2 * WITHIN)


def test_single_ones_over_days_are_no_mass():
    vanished = Vanished()
    for number, pair in enumerate(pairs(50)):
        assert not vanished.note([pair], 20, NOW + number * timedelta(hours=1))
