from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.model.feed import FeedState
from syncd.pinnacle.feed.schedule import (
    SNAPSHOT_REQUEST,
    FeedRequest,
    Waits,
    is_silent,
    may_predate_deltas,
    next_cursor,
    next_request,
    pause_after_429,
    pause_after_outage,
    snapshot_is_due,
)
from tests.pinnacle.fakes import START

SECOND, NOW = timedelta(seconds=1), timedelta(0)
RESNAPSHOT = timedelta(minutes=15)
STATE = FeedState(
    kind="odds", sport_id=29, path="/v1/odds", cursor=1000, snapshot_at=START, ok_at=START
)  # fmt: skip


def is_due(state, after):
    return snapshot_is_due(state, START + after, resnapshot=RESNAPSHOT)


def test_with_a_recent_cursor_no_snapshot_is_due():
    assert not is_due(STATE, 5 * SECOND)


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"cursor": None}, 5 * SECOND),
        ({"suspect": "lost"}, 5 * SECOND),
        ({"snapshot_at": START - RESNAPSHOT}, 5 * SECOND),
        ({}, timedelta(minutes=10, seconds=1)),
        ({}, -timedelta(hours=2)),
    ],
)
def test_a_snapshot_is_due(change, after):
    assert is_due(replace(STATE, **change), after)


def test_a_delta_fills_the_time_until_a_snapshot_is_allowed():
    assert next_request(STATE, START, Waits(40 * SECOND, NOW), snapshot_due=True) == (FeedRequest(1000), NOW)


def test_a_snapshot_goes_before_a_delta_that_is_allowed_at_the_same_time():
    waits = Waits(2 * SECOND, 2 * SECOND)
    assert next_request(STATE, START, waits, snapshot_due=True) == (SNAPSHOT_REQUEST, 2 * SECOND)


def test_with_an_old_cursor_the_feed_waits_for_the_snapshot():
    late = START + timedelta(minutes=11)
    assert next_request(STATE, late, Waits(40 * SECOND, NOW), snapshot_due=True) == (
        SNAPSHOT_REQUEST,
        40 * SECOND,
    )


def test_a_snapshot_may_predate_deltas_only_within_the_life_of_a_cache():
    after_delta = replace(STATE, snapshot_at=START - 5 * SECOND)
    assert may_predate_deltas(after_delta, 999, START + 60 * SECOND)
    assert may_predate_deltas(after_delta, None, START + 60 * SECOND)
    assert may_predate_deltas(replace(after_delta, cursor=None), 999, START + 60 * SECOND)
    assert not may_predate_deltas(after_delta, 999, START + 120 * SECOND)
    assert not may_predate_deltas(after_delta, 1000, START + SECOND)
    assert not may_predate_deltas(STATE, 999, START + 60 * SECOND)


@pytest.mark.parametrize(("minutes", "silent"), [(4, False), (6, True)])
def test_a_feed_that_is_silent_for_five_minutes_needs_a_snapshot(minutes, silent):
    state = replace(STATE, changed_at=START + 60 * SECOND)
    assert is_silent(state, START + timedelta(minutes=1 + minutes)) == silent


@pytest.mark.parametrize(("last", "cursor"), [(None, 1000), (0, None), (1, None), (2000, 2000)])
def test_the_cursor_is_the_last_of_the_last_response_and_never_0_or_1(last, cursor):
    assert next_cursor(last, 1000) == cursor


@given(st.floats(0.1, 3600), st.none() | st.floats(0, 86_400), st.integers(1, 50))
def test_429_never_waits_for_less_than_the_gap(gap, retry_after, times):
    pause = pause_after_429(gap * SECOND, retry_after, times)
    is_meant = retry_after is not None and retry_after <= 900
    assert pause >= max(gap, retry_after if is_meant else 0) * SECOND


@given(st.integers(0, 10_000))
def test_a_request_is_repeated_within_ten_seconds_of_an_outage(failures):
    assert SECOND <= pause_after_outage(failures) <= 10 * SECOND


@pytest.mark.parametrize(
    ("named", "pause"), [(0, 1), (30, 30), (45, 45), (900, 45), (901, 1), (86_400, 1), (None, 1)]
)
def test_an_outage_waits_as_long_as_the_server_says_if_that_can_be_meant(named, pause):
    assert pause_after_outage(0, named) == pause * SECOND


@pytest.mark.parametrize(("named", "pause"), [(5, 120), (600, 600), (900, 900), (901, 120), (86_400, 120)])
def test_a_wait_after_429_that_cannot_be_meant_counts_as_none(named, pause):
    assert pause_after_429(120 * SECOND, named, 1) == pause * SECOND
