"""What a user's command changes in the running daemon."""

from collections.abc import AsyncIterator

import pytest

from syncd.app.commands import CommandRunner
from syncd.app.components import open_components
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.signals import Inbox, Task
from syncd.store import commands, mode
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.mode import Mode
from tests.support.virtual_time import LoopClock

SETTINGS = Settings.of(
    {
        "pinnacle": {"username": "me", "password": "secret"},
        "bettune": {"token": "secret"},
        "rules": [{"filter": "Pinnacle*"}],
    }
)


class Running:
    """The components of a daemon, its commands, and what planner and writer are signalled."""

    def __init__(self, store: Store, runner: CommandRunner, planner: Inbox, writer: Inbox) -> None:
        self.store = store
        self.runner = runner
        self.planner = planner
        self.writer = writer

    async def change(self, new: Mode, verb: Verb | None = None) -> tuple[bool, bool]:
        """Set a mode; return whether everything is planned again, and whether the writer wakes."""
        async with self.store.write() as conn:
            await mode.save(conn, new, self.store.clock.now())
            if verb:
                await commands.request(conn, verb, self.store.clock.now())
        await self.runner.step()
        return self.planner.take().everything, await self.writer.wait(0)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    clock = LoopClock()
    async with (
        await Store.open("sqlite:///:memory:", clock) as store,
        open_components(SETTINGS, store, clock, Alerts(clock)) as components,
    ):
        planner = components.signals.inbox(Task.PLANNER, "everything")
        writer = components.signals.inbox(Task.WRITER)
        yield Running(store, CommandRunner(components, store, clock, list), planner, writer)


async def test_pause_and_resume_only_wake_the_writer(running: Running):
    assert await running.change(Mode.PAUSED, Verb.PAUSE) == (False, True)
    assert await running.change(Mode.RUNNING, Verb.RESUME) == (False, True)


async def test_a_withdrawal_and_its_end_plan_everything_again(running: Running):
    assert await running.change(Mode.WITHDRAWN, Verb.WITHDRAW) == (True, True)
    assert await running.change(Mode.PAUSED, Verb.PAUSE) == (True, True)


async def test_a_mode_that_was_saved_without_a_command_counts_too(running: Running):
    assert await running.change(Mode.WITHDRAWN) == (True, True)
    assert await running.change(Mode.WITHDRAWN) == (False, False)


async def test_a_command_is_done_when_its_mode_is_loaded(running: Running):
    await running.change(Mode.WITHDRAWN, Verb.WITHDRAW)
    async with running.store.read() as conn:
        assert await commands.load_pending(conn) == []
