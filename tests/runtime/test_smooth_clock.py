"""Wall time that no jump of the machine's clock disturbs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from syncd.runtime.smooth_clock import SmoothClock

TRUE = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
JUMPS = st.one_of(
    st.timedeltas(timedelta(days=-3), timedelta(seconds=-2)),
    st.timedeltas(timedelta(seconds=2), timedelta(days=3653)),
)


class Machine:
    """A machine whose clock somebody sets, `ahead` of the true time."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead
        self.seconds = 5_000.0

    @property
    def true(self) -> datetime:
        return TRUE + timedelta(seconds=self.seconds)

    def now(self) -> datetime:
        return self.true + self.ahead

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@given(jumps=st.lists(st.tuples(JUMPS, st.floats(0, 100_000)), max_size=6))
def test_time_goes_on_evenly_whatever_the_machine_says(jumps):
    machine = Machine()
    clock = SmoothClock(machine)
    for ahead, passes_s in jumps:
        machine.ahead = ahead
        assert abs(clock.now() - machine.true) <= timedelta(seconds=1)
        clock.observe(machine.true)
        machine.seconds += passes_s
        assert abs(clock.now() - machine.true) <= timedelta(seconds=1)
    assert clock.adopted == timedelta(0)


@given(wrong_by=JUMPS.filter(lambda by: abs(by) > timedelta(seconds=30)))
def test_a_clock_that_was_wrong_is_adopted_when_the_servers_say_that_it_is_right_now(wrong_by):
    machine, adopted = Machine(wrong_by), []
    clock = SmoothClock(machine, on_adopt=lambda: adopted.append(True))
    clock.now()
    machine.ahead = timedelta(0)
    clock.observe(machine.true)
    assert not adopted
    clock.observe(machine.true)
    assert adopted == [True]
    assert clock.now() == machine.true
    assert clock.adopted == -wrong_by


def test_one_server_that_disagrees_decides_nothing():
    machine = Machine()
    clock = SmoothClock(machine)
    machine.ahead = timedelta(hours=1)
    for _ in range(9):
        clock.observe(machine.true + timedelta(hours=1))
        clock.observe(machine.true)
    assert clock.now() == machine.true


def test_small_corrections_are_followed():
    machine = Machine()
    clock = SmoothClock(machine)
    for _ in range(100):
        machine.seconds += 60
        machine.ahead += timedelta(milliseconds=50)
        assert clock.now() == machine.now()
    assert clock.jump == timedelta(0)


def test_without_a_jump_no_server_changes_the_time():
    machine = Machine()
    clock = SmoothClock(machine)
    for _ in range(5):
        clock.observe(TRUE + timedelta(days=300))
    assert clock.now() == machine.true


def test_a_clock_is_doubted_until_a_server_confirms_it_about():
    machine = Machine(timedelta(days=3652))
    clock = SmoothClock(machine)
    assert clock.is_doubted
    clock.observe(machine.true)
    assert clock.is_doubted
    machine.ahead = timedelta(minutes=2)
    right = SmoothClock(machine)
    right.observe(machine.true)
    assert not right.is_doubted


def test_a_server_without_a_date_says_nothing_against_it():
    clock = SmoothClock(Machine(timedelta(days=3652)))
    clock.observe(None)
    assert not clock.is_doubted


WRONG = st.one_of(
    st.timedeltas(timedelta(days=-3), timedelta(minutes=-11)),
    st.timedeltas(timedelta(minutes=11), timedelta(days=3653)),
)


def spoken(clock, machine, *servers, ahead=timedelta(0), times=2):
    """Each server names the time, some seconds apart; those by `ahead` are wrong."""
    for _ in range(times):
        for server in servers:
            machine.seconds += 1.3
            clock.observe((machine.true + ahead).replace(microsecond=0), server)


@given(wrong_by=WRONG)
def test_two_servers_that_agree_correct_a_clock_that_was_wrong_at_the_start(wrong_by):
    machine, adopted = Machine(wrong_by), []
    clock = SmoothClock(machine, on_adopt=lambda: adopted.append(True))
    spoken(clock, machine, "a", times=5)
    assert clock.is_contradicted
    assert not adopted
    spoken(clock, machine, "b")
    assert adopted == [True]
    assert abs(clock.now() - machine.true) <= timedelta(seconds=1)
    assert abs(clock.adopted + wrong_by) <= timedelta(seconds=1)
    assert clock.is_confirmed
    assert not clock.is_contradicted
    # Somebody sets the machine right: it is followed from now on.
    machine.ahead = timedelta(0)
    assert clock.now() == machine.true
    assert clock.jump == timedelta(0)


@given(wrong_by=WRONG, other=WRONG)
def test_servers_that_disagree_correct_nothing(wrong_by, other):
    machine = Machine(wrong_by)
    clock = SmoothClock(machine)
    for _ in range(4):
        spoken(clock, machine, "a", times=1)
        spoken(clock, machine, "b", ahead=other, times=1)
    if abs(other - wrong_by) > timedelta(minutes=10):
        assert clock.adopted == timedelta(0)
        assert not clock.is_confirmed


@given(wrong_by=WRONG)
def test_servers_do_not_move_a_clock_that_one_has_confirmed(wrong_by):
    machine = Machine()
    clock = SmoothClock(machine)
    spoken(clock, machine, "a", times=1)
    spoken(clock, machine, "a", "b", ahead=wrong_by, times=9)
    assert clock.now() == machine.true
    assert clock.adopted == timedelta(0)


def test_a_date_that_a_cache_repeats_corrects_nothing():
    machine = Machine()
    clock = SmoothClock(machine)
    old = machine.true - timedelta(hours=3)
    for _ in range(5):
        machine.seconds += 11
        clock.observe(old, "a")
        clock.observe(old, "b")
    assert clock.adopted == timedelta(0)
