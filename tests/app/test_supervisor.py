"""One task fails, the others go on."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import structlog

from syncd.runtime.alerts import Alerts
from syncd.runtime.supervisor import RAN_WELL_S, Supervisor, TaskDiedError
from tests.support.virtual_time import LoopClock


class FatalError(Exception):
    """Ends the work of all."""


class Tasks:
    """A supervisor that is watched, and the times at which its tasks were started."""

    def __init__(self) -> None:
        self.clock = LoopClock()
        self.alerts = Alerts(self.clock)
        self.supervisor = Supervisor(self.clock, self.alerts, fatal=(FatalError,))
        self.watch = asyncio.ensure_future(self.supervisor.watch())
        self.starts: dict[str, list[float]] = {}

    def start(self, name: str, *ends: BaseException | None, lives_s: float = 0.0) -> None:
        """A task that ends in these ways one after the other, and then runs for ever."""
        left, starts = list(ends), self.starts.setdefault(name, [])

        async def run() -> None:
            starts.append(self.clock.monotonic())
            if not left:
                await asyncio.Event().wait()
            await self.clock.sleep(lives_s)
            error = left.pop(0)
            if error:
                raise error

        self.supervisor.start(name, run)

    @property
    def firing(self) -> dict[str, str]:
        return {alert.subject: alert.message for alert in self.alerts.firing}


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    tasks.watch.cancel()
    await tasks.supervisor.stop()


async def test_a_task_that_dies_is_started_again_alone_with_growing_pauses(tasks):
    tasks.start("planner", *[KeyError("x")] * 9)
    tasks.start("writer")
    await asyncio.sleep(400)
    starts = tasks.starts["planner"]
    pauses = [round(after - before) for before, after in pairwise(starts)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert tasks.starts["writer"] == [0.0]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (None, "it returned"),
        (OverflowError("too far"), "OverflowError: too far"),
        (RecursionError("deep"), "RecursionError: deep"),
        (MemoryError(), "MemoryError"),
        (asyncio.CancelledError(), "it cancelled itself"),
    ],
)
async def test_however_it_ends_an_alert_says_so_until_it_has_run_well(tasks, end, said):
    tasks.start("relinker", end)
    await asyncio.sleep(0.5)
    assert said in tasks.firing["task.relinker"]
    assert tasks.supervisor.dead() == ["relinker"]
    await asyncio.sleep(2)
    assert tasks.supervisor.dead() == []
    assert list(tasks.supervisor.failing()) == ["relinker"]
    assert tasks.supervisor.deaths("relinker") == 1
    await asyncio.sleep(RAN_WELL_S + 2)
    assert not tasks.firing
    assert tasks.supervisor.failing() == {}
    assert tasks.supervisor.deaths("relinker") == 0


async def test_one_that_ran_well_for_a_while_is_started_again_quickly(tasks):
    tasks.start("planner", *[KeyError("x")] * 4, lives_s=100.0)
    await asyncio.sleep(500)
    assert [round(at) for at in tasks.starts["planner"]] == [0, 101, 202, 303, 404]


async def test_the_traceback_is_logged_once_for_each_cause(tasks):
    with structlog.testing.capture_logs() as log:
        tasks.start("planner", KeyError("x"), KeyError("x"), ValueError("y"))
        await asyncio.sleep(20)
    died = [line for line in log if line["event"] == "task_died"]
    assert [bool(line["exc_info"]) for line in died] == [True, False, True]
    assert [line["deaths"] for line in died] == [1, 2, 3]


async def test_a_fatal_error_ends_the_work(tasks):
    tasks.start("writer")
    tasks.start("lease", FatalError("another has taken over"))
    with pytest.raises(TaskDiedError, match="lease") as raised:
        await tasks.watch
    assert isinstance(raised.value.__cause__, FatalError)


async def test_stopping_it_ends_even_what_waits_to_be_started_again(tasks):
    tasks.start("planner", *[KeyError("x")] * 9)
    await asyncio.sleep(3)
    await tasks.supervisor.stop()
    started = len(tasks.starts["planner"])
    await asyncio.sleep(100)
    assert len(tasks.starts["planner"]) == started
    assert not tasks.firing
