"""The ticker wakes whoever asked last, and adds a job only when the moment is another one."""

from datetime import timedelta
from unittest import mock

from syncd.app.ticker import Ticker
from syncd.runtime.signals import WakeEvent
from syncd.runtime.smooth_clock import SmoothClock
from tests.support.sandbox import HandClock


def jobs_added(*moments: tuple[float, int]) -> int:
    """How many jobs a ticker adds for one name, by moments in seconds and the number of who is woken."""
    clock = SmoothClock(HandClock())
    ticker, events = Ticker(clock), [WakeEvent(clock), WakeEvent(clock)]
    with mock.patch.object(ticker._scheduler, "add_job") as add_job:
        for seconds, event in moments:
            ticker.wake_at("feed", clock.now() + timedelta(seconds=seconds), events[event])
    return add_job.call_count


def test_a_wait_that_is_computed_again_adds_no_job():
    assert jobs_added((60, 0), (60.000_4, 0), (60, 0)) == 1


def test_another_moment_or_another_task_adds_one():
    assert jobs_added((60, 0), (61, 0), (30, 0)) == 3
    assert jobs_added((60, 0), (60, 1)) == 2


async def test_after_its_job_has_run_the_same_moment_is_a_new_job():
    clock = SmoothClock(HandClock())
    ticker, event = Ticker(clock), WakeEvent(clock)
    when = clock.now() + timedelta(seconds=60)
    with mock.patch.object(ticker._scheduler, "add_job") as add_job:
        ticker.wake_at("feed", when, event)
        await add_job.call_args.args[0]()
        assert await event.wait(0)
        ticker.wake_at("feed", when, event)
    assert add_job.call_count == 2
