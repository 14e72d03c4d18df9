from datetime import UTC, datetime, timedelta

import pytest

from syncd.bettune.area_gate import LONGEST_BACKOFF, UNUSED_FOR, AreaGate
from syncd.bettune.errors import (
    ForbiddenError,
    Operation,
    ProRequiredError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.runtime.gate import PROBE_TIMEOUT, Ticket

T0 = datetime(2000, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def outage(pair: str = "1/1", retry_after_s: float | None = None) -> UnavailableError:
    return UnavailableError(
        Operation("delete", pair), code="", message="", status=503, retry_after_s=retry_after_s
    )


def admitted(gate: AreaGate, now: datetime) -> Ticket:
    ticket = gate.admit(now)
    assert ticket
    return ticket


def seconds_closed(gate: AreaGate, now: datetime) -> float:
    return (gate.opens_at(now) - now).total_seconds()


def test_requests_that_fail_together_are_one_failure():
    gate = AreaGate()
    for number, ticket in enumerate([admitted(gate, T0) for _ in range(6)]):
        gate.failed(ticket, outage(f"1/{number}"), T0)
    assert seconds_closed(gate, T0) == 1


def test_each_failed_probe_doubles_the_pause_up_to_a_longest():
    gate, now, pauses = AreaGate(), T0, []
    for number in range(8):
        gate.failed(admitted(gate, now), outage(f"1/{number}"), now)
        pauses.append(seconds_closed(gate, now))
        now = gate.opens_at(now)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, LONGEST_BACKOFF.total_seconds()]


def test_a_write_that_fails_again_and_again_does_not_make_the_others_wait():
    gate, now = AreaGate(), T0
    for _ in range(9):
        gate.failed(admitted(gate, now), outage(), now)
        assert seconds_closed(gate, now) == 1
        now = gate.opens_at(now)


def test_after_an_outage_one_probe_goes_first_and_a_success_opens_for_all():
    gate = AreaGate()
    gate.failed(admitted(gate, T0), outage(), T0)
    probe = admitted(gate, at(1))
    assert gate.admit(at(2)) is None
    gate.succeeded(probe)
    assert not gate.away
    assert gate.admit(at(2))
    assert gate.admit(at(2))


def test_a_probe_that_is_never_reported_is_given_up():
    gate = AreaGate()
    gate.failed(admitted(gate, T0), outage(), T0)
    admitted(gate, at(1))
    assert gate.opens_at(at(2)) == at(1) + PROBE_TIMEOUT


def test_a_success_that_was_sent_before_the_failure_does_not_end_the_backoff():
    gate = AreaGate()
    early, failing = admitted(gate, T0), admitted(gate, T0)
    gate.failed(failing, outage(), T0)
    gate.succeeded(early)
    assert gate.away


@pytest.mark.parametrize(
    ("named", "waits"), [(30, 30), (0.5, 1), (None, 1), (120, 45), (121, 30), (86_400, 30)]
)
def test_an_outage_may_say_how_long_to_wait_up_to_45_seconds(named, waits):
    gate = AreaGate()
    gate.failed(admitted(gate, T0), outage(retry_after_s=named), T0)
    assert seconds_closed(gate, T0) == waits


def test_what_is_wrong_with_one_request_closes_nothing():
    gate = AreaGate()
    gate.failed(admitted(gate, T0), RejectedError(Operation("put"), code="c", message="", status=400), T0)
    limited = RateLimitedError(Operation("put"), code="c", message="", retry_after_s=9, status=400)
    gate.failed(admitted(gate, T0), limited, T0)
    assert seconds_closed(gate, T0) == 0


def forbidden(pair: str) -> ForbiddenError:
    return ForbiddenError(Operation("delete", pair), code="match_locked", message="", status=403)


def test_a_refusal_of_one_pair_makes_no_other_wait_and_one_of_two_does():
    gate = AreaGate()
    for _ in range(5):
        gate.failed(admitted(gate, T0), forbidden("1/1"), T0)
        assert seconds_closed(gate, T0) == 0
    gate.succeeded(admitted(gate, T0))
    gate.failed(admitted(gate, T0), forbidden("1/2"), T0)
    assert seconds_closed(gate, T0) == 0
    gate.failed(admitted(gate, T0), forbidden("1/3"), T0)
    assert seconds_closed(gate, T0) == 30


@pytest.mark.parametrize("error", [UnauthorizedError, ProRequiredError])
def test_however_long_requests_are_refused_one_is_tried_every_half_minute(error):
    gate, now = AreaGate(), T0
    for _ in range(9):
        refusal = error(Operation("delete", "1/1"), code="", message="", status=403)
        gate.failed(admitted(gate, now), refusal, now)
        assert seconds_closed(gate, now) == 30
        now = gate.opens_at(now)


def test_an_outage_of_an_unused_area_ends_when_others_get_responses():
    gate = AreaGate()
    gate.failed(admitted(gate, T0), outage(), T0)
    gate.forget_unused(at(1 + UNUSED_FOR.total_seconds() - 1))
    assert gate.away
    gate.forget_unused(at(1 + UNUSED_FOR.total_seconds()))
    assert not gate.away
    assert seconds_closed(gate, at(200)) == 0


def test_an_area_that_is_tried_and_fails_stays_away_whatever_others_get():
    gate, now = AreaGate(), T0
    for number in range(20):
        gate.failed(admitted(gate, now), outage(f"1/{number}"), now)
        now = gate.opens_at(now) + timedelta(seconds=45)
        gate.forget_unused(now)
        assert gate.away


def refused(gate: AreaGate, now: datetime) -> None:
    error = UnauthorizedError(Operation("delete", "1/1"), code="", message="", status=401)
    gate.failed(admitted(gate, now), error, now)


def test_a_refusal_of_an_unused_area_ends_when_others_get_responses():
    gate = AreaGate()
    refused(gate, T0)
    gate.forget_unused(at(30 + UNUSED_FOR.total_seconds() - 1))
    assert gate.refused
    gate.forget_unused(at(30 + UNUSED_FOR.total_seconds()))
    assert not gate.refused
    assert seconds_closed(gate, at(200)) == 0


def test_a_refusal_that_was_forgotten_is_known_again_with_the_next_request():
    gate = AreaGate()
    for pair in ("1/1", "1/2"):
        gate.failed(admitted(gate, T0), forbidden(pair), T0)
    gate.forget_unused(at(300))
    assert not gate.refused
    gate.failed(admitted(gate, at(300)), forbidden("1/1"), at(300))
    assert gate.refused


def test_an_area_that_is_tried_and_refused_stays_so_whatever_others_get():
    gate, now = AreaGate(), T0
    for _ in range(20):
        refused(gate, now)
        now = gate.opens_at(now) + timedelta(seconds=45)
        gate.forget_unused(now)
        assert gate.refused


def test_while_a_probe_is_on_its_way_no_refusal_is_forgotten():
    gate = AreaGate()
    refused(gate, T0)
    admitted(gate, at(30 + UNUSED_FOR.total_seconds()))
    gate.forget_unused(at(40 + UNUSED_FOR.total_seconds()))
    assert gate.refused
