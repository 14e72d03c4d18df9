"""One part fails, the rest goes on; where the work cannot go on, what is active is withdrawn."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import Running, broken_rules, running


@pytest.fixture
async def run(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    async with running(box, sqlite_url, safety={"stale_after": "10s"}) as run:
        await run.agrees()
        yield run


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncd.runtime.supervisor.LONGEST_PAUSE_S", 1.0)
    monkeypatch.setattr("syncd.runtime.supervisor.RAN_WELL_S", 3.0)


def fires(run: Running, subject: str) -> str:
    return next((each.message for each in run.daemon.alerts.firing if each.subject == subject), "")


def dying(times: int, step: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A step that fails at first, as by a value that nobody foresaw."""
    left = times

    async def die() -> None:
        nonlocal left
        if left:
            left -= 1
            raise OverflowError("date value out of range")
        await step()

    return die


def kill(run: Running, monkeypatch: pytest.MonkeyPatch, task: str, times: int) -> None:
    """The task dies so often from now on: at each look of its own."""
    components = run.daemon.components
    assert components
    owner = {
        "planner": components.planner,
        "relinker": components.relinker,
        "writer": components.writer,
        "catalogue": components.catalogue,
    }[task]
    name = {
        "planner": "_plan",
        "relinker": "_decide",
        "writer": "_raise_failure",
        "catalogue": "_read_filters",
    }
    method = getattr(owner, name[task])
    left = times

    def die(*arguments: object) -> object:
        nonlocal left
        if left:
            left -= 1
            raise OverflowError("date value out of range")
        return method(*arguments)

    monkeypatch.setattr(owner, name[task], die)


def move_all(run: Running) -> None:
    for game in run.box.world.open_games():
        run.box.world.move(game, by=0.2)


@pytest.mark.parametrize("task", ["planner", "relinker", "writer", "catalogue"])
async def test_a_task_that_dies_once_is_started_again_and_nothing_else_is(run, monkeypatch, task):
    kill(run, monkeypatch, task, times=1)
    assert run.daemon.components
    run.daemon.components.signals.invalidate(everything=True, decisions=True, catalogue=True)
    move_all(run)
    await run.until(lambda: bool(fires(run, f"task.{task}")))
    await run.agrees()
    assert run.box.bettune.account.predictions()
    assert not fires(run, WITHDRAW_ONLY)
    await run.until(lambda: not fires(run, f"task.{task}"), within=90)
    assert broken_rules(run.box) == []


@pytest.mark.parametrize("task", ["planner", "relinker", "writer"])
async def test_one_that_dies_again_and_again_leaves_nothing_active(run, monkeypatch, task):
    kill(run, monkeypatch, task, times=10)
    assert run.daemon.components
    run.daemon.components.signals.invalidate(everything=True, decisions=True)
    move_all(run)
    await run.until(lambda: bool(fires(run, WITHDRAW_ONLY)), within=60)
    await run.until(lambda: not run.box.bettune.account.predictions(), within=5)
    assert "withdrawn: all" in fires(run, WITHDRAW_ONLY)
    await run.agrees(within=60)
    await run.until(lambda: not fires(run, WITHDRAW_ONLY))
    assert run.box.bettune.account.predictions()
    assert broken_rules(run.box) == []


async def test_a_feed_whose_task_dies_goes_stale(run, monkeypatch):
    assert run.daemon.components
    feed = next(each.feed for each in run.daemon.components.pollers if each.feed.kind == "odds")
    monkeypatch.setattr(feed, "poll", dying(14, feed.poll))
    await run.until(lambda: bool(fires(run, "task.feed odds 29")))
    await run.until(lambda: not run.box.bettune.account.predictions(), within=20)
    assert not fires(run, WITHDRAW_ONLY)
    await run.agrees(within=200)
    assert run.box.bettune.account.predictions()


async def test_a_start_that_fails_again_and_again_withdraws_by_bettunes_list(
    box: Sandbox, sqlite_url: str, monkeypatch
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
    failures = [RecursionError("deep")] * 8

    async def die(*_: object) -> None:
        if failures:
            raise failures.pop()

    monkeypatch.setattr("syncd.linking.relinker.Relinker.load", die)
    async with running(box, sqlite_url) as run:
        await run.until(lambda: not box.bettune.account.predictions())
        assert "withdrawn" in fires(run, WITHDRAW_ONLY)
        monkeypatch.undo()
        await run.agrees()
        assert box.bettune.account.predictions()
        assert not fires(run, WITHDRAW_ONLY)
        assert not fires(run, "task.start")
