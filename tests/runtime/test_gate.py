from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from syncd.runtime.gate import FIRST_PAUSE, LONGEST_PAUSE, PROBE_TIMEOUT, Gate

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def closed_gate() -> Gate:
    gate = Gate()
    gate.refused(gate.admit(NOW), NOW)
    return gate


def test_an_open_gate_admits_all_requests():
    gate = Gate()
    assert gate.admit(NOW)
    assert gate.admit(NOW)
    assert gate.opens_at(NOW) is None


def test_a_refusal_closes_it_for_half_a_minute():
    gate = closed_gate()
    assert gate.is_closed
    assert gate.opens_at(NOW) == NOW + seconds(30)
    assert gate.admit(NOW + seconds(29.9)) is None
    assert gate.admit(NOW + seconds(30))


def test_the_pause_doubles_up_to_a_quarter_of_an_hour():
    gate, now, pauses = closed_gate(), NOW, []
    for _ in range(7):
        pauses.append((gate.opens_at(now) - now).total_seconds())
        now = gate.opens_at(now)
        gate.refused(gate.admit(now), now)
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


def test_a_good_probe_opens_it_for_all():
    gate = closed_gate()
    later = NOW + seconds(30)
    gate.succeeded(gate.admit(later))
    assert not gate.is_closed
    assert gate.admit(later)
    assert gate.admit(later)


def test_after_a_success_the_pause_starts_again_at_the_shortest():
    gate = closed_gate()
    later = NOW + seconds(30)
    gate.refused(gate.admit(later), later)
    gate.succeeded(gate.admit(later + seconds(60)))
    gate.refused(gate.admit(later + seconds(61)), later + seconds(61))
    assert gate.opens_at(later + seconds(61)) == later + seconds(91)


def test_requests_sent_together_count_as_one_refusal():
    gate = Gate()
    tickets = [gate.admit(NOW) for _ in range(5)]
    for ticket in tickets:
        gate.refused(ticket, NOW)
    assert gate.opens_at(NOW) == NOW + seconds(30)


def test_a_success_sent_before_the_refusal_does_not_open_it():
    gate = Gate()
    early, late = gate.admit(NOW), gate.admit(NOW)
    gate.refused(late, NOW)
    gate.succeeded(early)
    assert gate.is_closed


def test_an_undecided_probe_is_repeated_but_not_at_once():
    gate = closed_gate()
    later = NOW + seconds(30)
    gate.undecided(gate.admit(later), later)
    assert gate.admit(later) is None
    assert gate.admit(later + FIRST_PAUSE)


def test_a_late_report_does_not_postpone_the_probe():
    gate = Gate()
    late, refused = gate.admit(NOW), gate.admit(NOW)
    gate.refused(refused, NOW)
    later = NOW + seconds(30)
    gate.undecided(late, later)
    assert gate.admit(later)


def test_an_undecided_request_through_an_open_gate_changes_nothing():
    gate = Gate()
    gate.undecided(gate.admit(NOW), NOW)
    assert gate.admit(NOW)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400)])
def test_a_clock_set_back_does_not_lengthen_the_pause(back):
    gate = closed_gate()
    earlier = NOW - back
    assert gate.admit(earlier) is None
    assert gate.admit(earlier + seconds(30))
    assert gate.admit(earlier + seconds(30) + PROBE_TIMEOUT)


class GateMachine(RuleBasedStateMachine):
    """Any number of callers at one gate, with reports in any order."""

    @initialize()
    def start(self) -> None:
        self.gate, self.now = Gate(), NOW
        self.in_flight: list = []
        self.probes: dict = {}
        self.stale: set = set()
        self.refusals = 0

    @rule(wait=st.sampled_from([0.0, 0.5, 1.0, 29.0, 31.0, 61.0, 1_000.0]))
    def time_passes(self, wait: float) -> None:
        self.now += seconds(wait)

    @rule()
    def request(self) -> None:
        was_closed, opens_at = self.gate.is_closed, self.gate.opens_at(self.now)
        ticket = self.gate.admit(self.now)
        assert ticket or was_closed
        if ticket is None:
            return
        self.in_flight.append(ticket)
        if was_closed:
            assert self.now >= opens_at
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
        before = self.gate.opens_at(self.now)
        self.gate.refused(ticket, self.now)
        if ticket in self.stale:
            assert self.gate.is_closed == (self.refusals > 0)
            assert before is None or self.gate.opens_at(self.now) <= before
        else:
            self.refusals += 1
            self.stale = set(self.in_flight)
            assert self.gate.opens_at(self.now) >= self.now + min(FIRST_PAUSE * self.refusals, LONGEST_PAUSE)

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def succeed(self, data) -> None:
        ticket = self.take_back(data)
        self.gate.succeeded(ticket)
        if ticket not in self.stale:
            self.refusals = 0

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def stay_undecided(self, data) -> None:
        self.gate.undecided(self.take_back(data), self.now)

    @invariant()
    def it_is_closed_from_a_refusal_until_a_success(self) -> None:
        assert self.gate.is_closed == (self.refusals > 0)

    @invariant()
    def it_never_stays_closed_for_longer_than_its_longest_pause(self) -> None:
        opens = self.gate.opens_at(self.now)
        assert opens is None or opens <= self.now + LONGEST_PAUSE

    def teardown(self) -> None:
        """Once good responses come, it opens by itself."""
        ticket = self.gate.admit(self.now + LONGEST_PAUSE + PROBE_TIMEOUT)
        assert ticket
        self.gate.succeeded(ticket)
        assert not self.gate.is_closed


TestGate = GateMachine.TestCase
