"""Shrinking: the few faults that a failure needs."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.simulate.shrink import smallest


@given(st.sets(st.integers(0, 40), min_size=1, max_size=4))
def test_what_a_failure_needs_is_what_is_kept(needed: set[int]) -> None:
    assert set(smallest(range(41), lambda numbers: needed <= set(numbers))) == needed


def test_a_failure_that_needs_nothing_keeps_one() -> None:
    assert len(smallest(range(10), lambda _: True)) == 1
