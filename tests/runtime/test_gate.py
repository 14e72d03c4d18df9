from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from syncd.runtime.gate import FIRST_PAUSE, LONGEST_PAUSE, PROBE_TIMEOUT, Closure, Gate

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def closed_gate() -> Gate:
    gate = Gate()
    assert gate.refused(gate.admit(NOW), "401 missing_token", NOW)
    return gate


def test_an_open_gate_admits_all_requests():
    gate = Gate()
    assert gate.admit(NOW)
    assert gate.admit(NOW)
    assert gate.opens_at(NOW) is None


def test_a_refusal_closes_it_for_half_a_minute():
    gate = closed_gate()
    assert gate.reason == "401 missing_token"
    assert gate.until == NOW + seconds(30)
    assert gate.admit(NOW + seconds(29.9)) is None
    assert gate.admit(NOW + seconds(30))


def test_the_pause_doubles_up_to_a_quarter_of_an_hour():
    gate, now, pauses = closed_gate(), NOW, []
    for _ in range(7):
        pauses.append((gate.until - now).total_seconds())
        now = gate.until
        gate.refused(gate.admit(now), "401", now)
    assert pauses == [30, 60, 120, 240, 480, 900, 900]


def test_only_one_probe_goes_through_at_a_time():
    gate = closed_gate()
    later = NOW + seconds(30)
    assert gate.admit(later)
    assert gate.admit(later) is None
    assert gate.opens_at(later) == later + PROBE_TIMEOUT


def test_a_probe_that_is_never_reported_does_not_block_for_ever():
    gate = closed_gate()
    later = NOW + seconds(30)
    gate.admit(later)
    assert gate.admit(later + PROBE_TIMEOUT)


def test_a_good_probe_opens_it_for_all_and_says_so_once():
    gate = closed_gate()
    later = NOW + seconds(30)
    probe = gate.admit(later)
    assert gate.succeeded(probe)
    assert not gate.succeeded(probe)
    assert gate.closure is None
    assert gate.admit(later)
    assert gate.admit(later)


def test_after_a_success_the_pause_starts_again_at_the_shortest():
    gate = closed_gate()
    later = NOW + seconds(30)
    gate.refused(gate.admit(later), "401", later)
    gate.succeeded(gate.admit(later + seconds(60)))
    gate.refused(gate.admit(later + seconds(61)), "401", later + seconds(61))
    assert gate.until == later + seconds(91)


def test_requests_sent_together_count_as_one_refusal():
    gate = Gate()
    tickets = [gate.admit(NOW) for _ in range(5)]
    assert [gate.refused(ticket, "401", NOW) for ticket in tickets] == [True, False, False, False, False]
    assert gate.until == NOW + seconds(30)


def test_a_success_sent_before_the_refusal_does_not_open_it():
    gate = Gate()
    early, late = gate.admit(NOW), gate.admit(NOW)
    gate.refused(late, "401", NOW)
    assert not gate.succeeded(early)
    assert gate.closure


def test_a_limit_lasts_as_long_as_requested_and_the_longest_applies():
    gate = Gate()
    first, second = gate.admit(NOW), gate.admit(NOW)
    assert gate.limited(first, "429", NOW, 60)
    assert not gate.limited(second, "429", NOW, 10)
    assert gate.until == NOW + seconds(60)


def test_a_limit_of_zero_seconds_still_pauses():
    gate = Gate()
    gate.limited(gate.admit(NOW), "429", NOW, 0)
    assert gate.admit(NOW) is None


def test_a_refusal_after_a_limit_is_reported_as_new():
    gate = Gate()
    gate.limited(gate.admit(NOW), "429", NOW, 10)
    later = NOW + seconds(10)
    assert gate.refused(gate.admit(later), "403 pro_subscription_required", later)
    assert gate.closure.kind == "refused"
    assert gate.closure.since == NOW


def test_an_undecided_probe_is_repeated_but_not_at_once():
    gate = closed_gate()
    later = NOW + seconds(30)
    gate.undecided(gate.admit(later), later)
    assert gate.admit(later) is None
    assert gate.admit(later + FIRST_PAUSE)


def test_a_late_report_does_not_postpone_the_probe():
    gate = Gate()
    late, refused = gate.admit(NOW), gate.admit(NOW)
    gate.refused(refused, "401", NOW)
    later = NOW + seconds(30)
    gate.undecided(late, later)
    assert gate.admit(later)


def test_an_undecided_request_through_an_open_gate_changes_nothing():
    gate = Gate()
    gate.undecided(gate.admit(NOW), NOW)
    assert gate.admit(NOW)


def test_it_survives_a_restart():
    stored = msgspec.json.encode(closed_gate().closure)
    gate = Gate(msgspec.json.decode(stored, type=Closure))
    assert gate.admit(NOW + seconds(29)) is None
    later = NOW + seconds(30)
    assert gate.refused(gate.admit(later), "401", later) is False
    assert gate.until == later + seconds(60)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400)])
def test_a_clock_set_back_does_not_lengthen_the_pause(back):
    gate = closed_gate()
    earlier = NOW - back
    assert gate.admit(earlier) is None
    assert gate.admit(earlier + seconds(30))
    assert gate.admit(earlier + seconds(30) + PROBE_TIMEOUT)


class GateMachine(RuleBasedStateMachine):
    """Any number of callers at one gate, with reports in any order and restarts between."""

    @initialize()
    def start(self) -> None:
        self.gate, self.now = Gate(), NOW
        self.in_flight: list = []
        self.probes: dict = {}
        self.stale: set = set()
        self.alerting = False

    @rule(wait=st.sampled_from([0.0, 0.5, 1.0, 29.0, 31.0, 61.0, 1_000.0]))
    def time_passes(self, wait: float) -> None:
        self.now += seconds(wait)

    @rule()
    def request(self) -> None:
        was_closed = self.gate.closure
        ticket = self.gate.admit(self.now)
        if was_closed is None:
            assert ticket
        if ticket is None:
            return
        self.in_flight.append(ticket)
        if was_closed:
            assert self.now >= was_closed.until
            assert all(self.now >= at + PROBE_TIMEOUT for at in self.probes.values())
            self.probes[ticket] = self.now

    def take_back(self, data):
        ticket = data.draw(st.sampled_from(self.in_flight))
        self.in_flight.remove(ticket)
        self.probes.pop(ticket, None)
        return ticket

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def refuse(self, data) -> None:
        ticket = self.take_back(data)
        before = self.gate.closure
        is_new = self.gate.refused(ticket, "401", self.now)
        if ticket in self.stale:
            assert self.gate.closure == before
            assert not is_new
        else:
            assert self.gate.closure.refusals == (before.refusals if before else 0) + 1
            assert is_new == (before is None or before.kind == "limited")
            self.stale = set(self.in_flight)
        self.alerting |= is_new

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data(), pause=st.floats(0, 200))
    def limit(self, data, pause: float) -> None:
        before = self.gate.closure
        is_new = self.gate.limited(self.take_back(data), "429", self.now, pause)
        assert is_new == (before is None or before.kind == "refused")
        assert self.gate.until >= self.now + seconds(pause)
        assert before is None or self.gate.until >= before.until
        self.stale = set(self.in_flight)
        self.alerting = True

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def succeed(self, data) -> None:
        ticket = self.take_back(data)
        ended = self.gate.succeeded(ticket)
        assert ended == (self.alerting and ticket not in self.stale)
        if ended:
            self.alerting = False

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def stay_undecided(self, data) -> None:
        self.gate.undecided(self.take_back(data), self.now)

    @rule()
    def restart(self) -> None:
        """The process of the old callers is gone with them."""
        closure = self.gate.closure
        self.gate = Gate(closure and msgspec.json.decode(msgspec.json.encode(closure), type=Closure))
        self.in_flight, self.probes, self.stale = [], {}, set()

    @invariant()
    def an_alert_lasts_as_long_as_it_is_closed(self) -> None:
        assert self.alerting == (self.gate.closure is not None)

    @invariant()
    def it_never_stays_closed_for_longer_than_its_longest_pause(self) -> None:
        opens = self.gate.opens_at(self.now)
        assert opens is None or opens <= self.now + max(LONGEST_PAUSE, seconds(200))

    def teardown(self) -> None:
        """Once good responses come, it opens by itself."""
        ticket = self.gate.admit(self.now + LONGEST_PAUSE + PROBE_TIMEOUT)
        assert ticket
        self.gate.succeeded(ticket)
        assert self.gate.closure is None


TestGate = GateMachine.TestCase
