"""A machine that runs syncd: it starts it, starts it again when it has ended, and can kill or freeze it."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from benchmarks.simulate.journal import Journal
from benchmarks.simulate.loop import Process, SimulatedLoop
from syncd.app.blind_start import BlindStart
from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.migrate import upgrade
from syncd.web.health import readiness
from syncd.web.server import serve

RESTART_AFTER_S = 5.0
"""The pause of the service manager before it starts an ended process again."""


class Death:
    """An end of the process that nobody asked for."""

    def __init__(self, at: float, error: BaseException) -> None:
        self.at = at
        cause = error.__cause__ or error
        self.text = f"{error}: {type(cause).__name__}: {cause}"[:300]


class Machine:
    """One host with one syncd."""

    def __init__(self, name: str, loop: SimulatedLoop, settings: Settings, journal: Journal) -> None:
        self.name = name
        self.deaths: list[Death] = []
        self.starts = 0
        self.daemon: Daemon | None = None
        self.wrong_by = timedelta()
        self._loop = loop
        self._settings = settings
        self._journal = journal
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.stays_down = False
        """Set while nobody starts the process again."""

    @property
    def process(self) -> Process:
        """The process that runs now, or ran last."""
        assert self._process is not None
        return self._process

    @property
    def port(self) -> int:
        """Where its page is."""
        return self._settings.web.port

    @property
    def is_well(self) -> bool:
        """Whether its daemon works, and would say that it is ready: one that stands by says so too."""
        if not self.process.alive or self.process.frozen or self.daemon is None:
            return False
        return self.daemon.components is not None and readiness(self.daemon).ok

    def start(self) -> None:
        """Start syncd."""
        self.starts += 1
        self._process = Process(f"{self.name}.{self.starts}", self._loop)
        self.set_clock(self.wrong_by)
        process, task = self._process, self._process.run(self._run(self._process))
        task.add_done_callback(lambda done: self._ended(process, done))
        self._task = task

    def kill(self, after_steps: int) -> None:
        """Kill the process at some `await`, and start another one later."""
        self.process.kill(after_steps)
        self._loop.call_later(RESTART_AFTER_S, self._start_after_kill, self.process)

    def restart(self) -> None:
        """Stop as by SIGTERM; it is started again when it has ended."""
        if self.daemon:
            self.daemon.stop()

    def reload(self) -> None:
        """Reload the config as by SIGHUP."""
        if self.daemon:
            self.daemon.reload(self._settings)

    def set_clock(self, wrong_by: timedelta) -> None:
        """Set the wall clock of the machine; the next processes have it too."""
        self.wrong_by = self.process.clock.wrong_by = wrong_by

    async def stop(self) -> None:
        """Stop for good."""
        self._stopping = True
        self.stays_down = True
        self.process.thaw()
        self.restart()
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=60)

    def die(self) -> None:
        """End as by SIGKILL, and stay down until `rise`."""
        self.stays_down = True
        self.process.kill()
        self.daemon = None

    def rise(self) -> None:
        """Start again after `die`."""
        self.stays_down = False
        if not self._stopping and not self.process.alive:
            self.start()

    def _start_again(self, process: Process) -> None:
        if process is self._process and not self._stopping and not self.stays_down:
            self.daemon = None
            self.start()

    def _start_after_kill(self, process: Process) -> None:
        if process.alive:  # it was busy with nothing, so that the steps have not passed
            process.kill()
        self._start_again(process)

    async def _run(self, process: Process) -> None:
        """As `syncd run` does, without signals."""
        async with AsyncExitStack() as stack:
            start = BlindStart(self._settings, process.clock)
            store = await self._open_store(stack, start, process)
            sent = start.budget.counted if start.withdrew else None
            daemon = Daemon(self._settings, store, process.clock, sent_blindly=sent)
            self.daemon = daemon
            try:
                async with serve(daemon, self._settings):
                    await daemon.run()
            finally:
                self.daemon = None

    async def _open_store(self, stack: AsyncExitStack, start: BlindStart, process: Process) -> Store:
        url = self._settings.store.url.get_secret_value()
        while True:
            try:
                await upgrade(url)
                return await stack.enter_async_context(await Store.open(url, process.clock))
            except StoreError as error:
                await start.after(error)

    def _ended(self, process: Process, task: "asyncio.Task[None]") -> None:
        process.kill()
        error = None if task.cancelled() else task.exception()
        self._journal.write(process.name, f"ended: {error!r}")
        if error is not None:
            self.deaths.append(Death(self._loop.time(), error))
            self._journal.write(process.name, self.deaths[-1].text)
        if not self._stopping:
            self._loop.call_later(RESTART_AFTER_S, self._start_again, process)
