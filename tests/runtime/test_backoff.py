"""Pauses after failures."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from syncd.runtime.backoff import doubled


def test_a_pause_doubles_with_each_failure():
    assert [doubled(1.0, times, 60.0) for times in range(5)] == [1, 2, 4, 8, 16]


@given(st.integers(0, 10**9), st.integers(1, 900))
def test_after_many_failures_it_is_the_longest_one_and_never_more(times: int, longest_s: int):
    first, longest = timedelta(seconds=1), timedelta(seconds=longest_s)
    assert first <= doubled(first, times, longest) <= longest
    assert doubled(first, times + 10, longest) == longest
