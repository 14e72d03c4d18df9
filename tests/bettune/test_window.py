from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.bettune.window import WINDOW_MARGIN, Urgency, Window

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_requests_may_be_sent_up_to_the_limit_and_again_when_the_first_one_expires():
    window = Window(3, MINUTE)
    for request, second in enumerate((0, 10, 20)):
        assert window.free_at(at(second), Urgency.URGENT) == at(second)
        window.add(request, at(second))
    assert window.free_at(at(30), Urgency.URGENT) == at(60) + WINDOW_MARGIN


def test_a_request_counts_from_its_response_on():
    window = Window(1, MINUTE)
    window.add(1, at(30))
    window.add(1, at(2))
    assert window.free_at(at(3), Urgency.URGENT) == at(62) + WINDOW_MARGIN


def test_part_of_the_budget_is_kept_for_requests_that_reduce_a_loss():
    window = Window(100, MINUTE)
    for request in range(90):
        window.add(request, T0)
    assert window.free_at(T0, Urgency.URGENT) == T0
    assert window.free_at(T0, Urgency.LOWER) == T0
    assert window.free_at(T0, Urgency.CREATE) > T0


@pytest.mark.parametrize("urgency", list(Urgency))
def test_even_the_smallest_limit_allows_a_request_of_every_urgency(urgency: Urgency):
    assert Window(1, MINUTE).free_at(T0, urgency) == T0


def test_a_limit_that_shrinks_holds_at_once():
    window = Window(10, MINUTE)
    for request in range(5):
        window.add(request, at(request))
    window.resize(2, MINUTE)
    assert window.free_at(at(5), Urgency.URGENT) == at(3 + 60) + WINDOW_MARGIN


@given(
    st.integers(1, 6),
    st.lists(st.tuples(st.floats(0, 30), st.floats(0, 5), st.sampled_from(Urgency)), max_size=40),
)
def test_no_window_of_the_servers_ever_sees_more_than_the_limit(limit, schedule):
    """Requests are sent as soon as allowed, and counted at any moment until their response."""
    window, span = Window(limit, timedelta(seconds=20)), timedelta(seconds=20)
    now, counted_by_server = T0, []
    for request, (pause, took, urgency) in enumerate(schedule):
        now = window.free_at(now + timedelta(seconds=pause), urgency)
        server_counts = now + timedelta(seconds=took * (request % 3) / 2)
        now += timedelta(seconds=took)
        window.add(request, now)
        counted_by_server.append(server_counts)
    for start in counted_by_server:
        assert sum(start <= moment < start + span for moment in counted_by_server) <= limit
