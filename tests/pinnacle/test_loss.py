import pytest

from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.endpoint import ApplyContext
from syncd.pinnacle.feed.snapshot_guard import suspect_reason
from tests.pinnacle.fakes import START


def doubted(held, told, *, after_suspect=False):
    context = ApplyContext(snapshot=True, after_suspect=after_suspect, at=START, server_now=START)
    return suspect_reason(held, told, context, is_open=held.__getitem__, what="periods")


@pytest.mark.parametrize(("lost", "before", "is_doubted"), [(0, 1, 0), (1, 2, 0), (2, 3, 1), (1, 1, 1)])
def test_more_than_half_lost_is_doubted(lost, before, is_doubted):
    held = dict.fromkeys(range(before), True)
    assert bool(doubted(held, {*range(lost, before), 99})) == is_doubted


def test_only_what_was_open_counts():
    assert doubted({1: True, 2: True, 3: False, 4: False, 5: False}, {3, 4}) != ""
    assert doubted({1: True, 2: True, 3: False, 4: False, 5: False}, {1, 2}) == ""


def test_a_second_snapshot_that_says_the_same_is_believed():
    assert doubted({1: True, 2: True}, {9}, after_suspect=True) == ""


def test_an_empty_snapshot_is_believed_only_where_nothing_was_open():
    assert doubted({1: False}, set()) == ""
    with pytest.raises(BadPayloadError, match="though 2 periods were open"):
        doubted({1: True, 2: True, 3: False}, set(), after_suspect=True)
