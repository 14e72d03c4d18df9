import pytest

from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.endpoint import ApplyContext
from syncd.pinnacle.feed.suspect_snapshots import suspect_reason
from tests.pinnacle.fakes import START


def reason(stored, listed, *, after_suspect=False):
    context = ApplyContext(snapshot=True, after_suspect=after_suspect, at=START, server_now=START)
    return suspect_reason(stored, listed, context, is_open=stored.__getitem__, what="periods")


@pytest.mark.parametrize(("lost", "before", "is_suspect"), [(0, 1, 0), (1, 2, 0), (2, 3, 1), (1, 1, 1)])
def test_a_snapshot_that_lost_more_than_half_is_suspect(lost, before, is_suspect):
    stored = dict.fromkeys(range(before), True)
    assert bool(reason(stored, {*range(lost, before), 99})) == is_suspect


def test_only_what_was_open_counts():
    assert reason({1: True, 2: True, 3: False, 4: False, 5: False}, {3, 4}) != ""
    assert reason({1: True, 2: True, 3: False, 4: False, 5: False}, {1, 2}) == ""


def test_a_second_snapshot_that_agrees_is_applied():
    assert reason({1: True, 2: True}, {9}, after_suspect=True) == ""


def test_an_empty_snapshot_is_applied_only_if_nothing_was_open():
    assert reason({1: False}, set()) == ""
    with pytest.raises(BadPayloadError, match="though 2 periods were open"):
        reason({1: True, 2: True, 3: False}, set(), after_suspect=True)
