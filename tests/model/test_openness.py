"""When bets are taken: in Python and in SQL by the same rules."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.model.openness import is_main_event, is_open_period, is_open_status, is_past
from syncd.model.pinnacle import Event, Period

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "is_open"), [("O", True), ("I", True), ("", True), ("H", False), ("X", False)]
)
def test_open_and_low_limits_take_bets_and_whatever_else_does_not(status: str, is_open: bool):
    assert is_open_status(status) is is_open


def test_a_cutoff_is_past_at_its_very_moment_and_never_without_one():
    assert [is_past(cutoff, NOW) for cutoff in (NOW - MINUTE, NOW, NOW + MINUTE, None)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("status", "cutoff", "is_open"),
    [
        (1, NOW + MINUTE, True),
        (None, None, True),
        (1, NOW, False),
        (2, NOW + MINUTE, False),
        (0, NOW + MINUTE, False),
        (99, None, False),
    ],
)
def test_a_period_is_open_while_online_and_before_its_cutoff(
    status: int | None, cutoff: datetime | None, is_open: bool
):
    assert is_open_period(Period(number=0, status=status, cutoff=cutoff), NOW) is is_open


@pytest.mark.parametrize(
    ("live_status", "parent_id", "is_main"),
    [(0, None, True), (2, None, True), (1, None, False), (0, 7, False)],
)
def test_live_events_corners_and_bookings_are_not_the_match(
    live_status: int, parent_id: int | None, is_main: bool
):
    event = Event(
        id=1,
        sport_id=29,
        league_id=2,
        home="Arsenal",
        away="Chelsea",
        starts=NOW,
        status="O",
        live_status=live_status,
        parent_id=parent_id,
    )
    assert is_main_event(event) is is_main
