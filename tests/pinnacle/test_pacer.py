from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncd.config.presets import Gaps
from syncd.pinnacle.feed.pacer import PACE_MARGIN, Pacer
from tests.pinnacle.fakes import HandClock

GAPS, TIMEOUT = Gaps(timedelta(seconds=60), timedelta(seconds=5)), timedelta(seconds=30)


def make_pacer(clock, stored=None):
    pacer = Pacer(clock, GAPS)
    pacer.restore(stored)
    return pacer


def begin(pacer, snapshot):
    """Begin a request; what must have been stored before it."""
    stored = pacer.times_after(snapshot=snapshot, timeout=TIMEOUT)
    pacer.begin(snapshot=snapshot, timeout=TIMEOUT)
    assert stored == pacer.times()
    return stored


steps = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.booleans(), st.floats(0, 30)),
        st.tuples(st.just("wait"), st.floats(0, 70)),
        st.tuples(st.just("jump"), st.floats(-7200, 7200)),
        st.tuples(st.just("restart")),
        st.tuples(st.just("crash in call"), st.booleans(), st.floats(0, 30)),
    ),
    max_size=30,
)


@given(steps)
def test_no_two_requests_are_closer_than_their_gap(steps):
    """It holds for all durations, crashes and restarts; the wall clock may jump while the process lives."""
    clock = HandClock()
    pacer, stored, requests = make_pacer(clock), None, []
    for kind, *rest in steps:
        if kind == "wait":
            clock.move(seconds=rest[0])
        elif kind == "jump":
            clock.jumped += timedelta(seconds=rest[0])
            stored = pacer.times()
        elif kind == "restart":
            pacer = make_pacer(clock, stored)
        else:
            snapshot, took = rest
            clock.move(seconds=pacer.wait(snapshot=snapshot).total_seconds())
            stored = begin(pacer, snapshot)
            requests.append((clock.monotonic() + took / 2, snapshot))  # when the server receives it
            clock.move(seconds=took)
            if kind == "call":
                pacer.end(snapshot=snapshot)
                stored = pacer.times()
            else:
                pacer = make_pacer(clock, stored)
    seen = [at for at, _ in requests]
    snapshots = [at for at, snapshot in requests if snapshot]
    for times, gap in ((seen, GAPS.delta), (snapshots, GAPS.snapshot)):
        assert all(later - earlier >= gap.total_seconds() for earlier, later in pairwise(times))


def test_a_pace_of_one_second_is_nearly_reached():
    clock = HandClock()
    pacer = Pacer(clock, Gaps(timedelta(seconds=60), timedelta(seconds=1)))
    pacer.begin(snapshot=False, timeout=TIMEOUT)
    clock.move(seconds=0.005)
    pacer.end(snapshot=False)
    assert pacer.wait(snapshot=False) <= timedelta(seconds=1.01)


def test_a_clock_set_back_between_two_runs_does_not_silence_the_feed():
    clock = HandClock()
    pacer = make_pacer(clock)
    stored = begin(pacer, snapshot=True)
    clock.jumped -= timedelta(days=3)
    assert make_pacer(clock, stored).wait(snapshot=True) <= timedelta(hours=1)


@given(st.timedeltas(timedelta(days=-3652), timedelta(0)), st.floats(0, 3000))
def test_after_a_restart_with_a_clock_set_back_no_wait_is_longer_than_it_was(jump, pause_s):
    clock = HandClock()
    pacer, polled_at = make_pacer(clock), clock.now()
    pacer.pause(timedelta(seconds=pause_s))
    stored = pacer.times()
    clock.jumped = jump
    restarted = Pacer(clock, GAPS)
    restarted.restore(stored, polled_at=polled_at)
    assert restarted.wait(snapshot=False) <= max(timedelta(seconds=pause_s), GAPS.delta + PACE_MARGIN)
