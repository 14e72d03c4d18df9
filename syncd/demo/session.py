"""`syncd demo`: the real daemon against a simulated Pinnacle and BetTune, for newcomers to watch."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console

from syncd.app.daemon import Daemon
from syncd.demo.reporter import MAX_WIDTH, Reporter
from syncd.demo.run import Deadline, DemoRun
from syncd.demo.setup import REQUESTS, Serve, set_up, tempo_at
from syncd.demo.summary import print_summary
from syncd.runtime.clock import Clock, SystemClock

STOP_WITHIN = 15.0
"""Seconds that the daemon may take to stop; it should take at most ten."""

WELCOME = f"""\
[bold]syncd keeps BetTune's Min Odds equal to Pinnacle's prices.[/] It asks Pinnacle all the time what has \
changed, finds the same match at BetTune, and sets, raises, lowers or deletes the Min Odds there. BetTune \
bets only if it gets at least the Min Odds, and never if none are set: so what is out of date must go at once.

This is the real syncd, but both services are simulated: nothing leaves this machine. Here syncd may ask \
Pinnacle every second, and send {REQUESTS} requests a minute to BetTune. (With a real account it asks \
Pinnacle every two minutes by default, and begins with 60 requests a minute to BetTune.)
"""

FAREWELL = "To use it for real: run syncd config init, and read README.md."
BUG = "This is a bug in syncd. With --verbose the demo shows the log of the daemon, too."


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The options of the command."""

    span: timedelta | None = None
    """None: until it is stopped."""
    port: int = 8080
    seed: int = 1
    speed: float = 1.0
    """2: twice as much happens."""


class DemoSession:
    """One demo, from the welcome to the summary."""

    def __init__(
        self, options: DemoOptions, console: Console, serve: Serve, clock: Clock | None = None
    ) -> None:
        """`serve` is that of `syncd.web`, which this package may not import."""
        self._options = options
        self._console = console
        self._serve = serve
        self._clock = clock or SystemClock()
        self._stops = 0

    def stop(self) -> None:
        """End the demo with the closing check; a second call skips the check."""
        self._stops += 1

    async def run(self) -> bool:
        """Run the demo. Returns whether the closing check succeeded, or was skipped.

        Raises what ends the daemon: `StoreError`, `TaskDiedError`, or what `serve` raises.
        """
        options, clock = self._options, self._clock
        ends_at = clock.monotonic() + options.span.total_seconds() if options.span else float("inf")
        self._print(WELCOME)
        async with set_up(clock, self._serve, seed=options.seed, port=options.port) as setup:
            self._print(self._address_text(setup.address))
            async with _running(setup.daemon) as is_running:
                deadline = Deadline(
                    at=ends_at,
                    stopped=lambda: self._stops > 0 or not is_running(),
                    skip_check=lambda: self._stops > 1 or not is_running(),
                )
                reporter = Reporter(self._console, clock, setup.sandbox.bettune.account)
                result = await DemoRun(setup, reporter, tempo_at(options.speed), deadline).run()
        print_summary(self._console, setup.sandbox, result)
        succeeded = result.check is None or not result.check.differences
        self._print(f"\n{FAREWELL}" if succeeded else f"\n{BUG}")
        return succeeded

    def _print(self, text: str) -> None:
        # Line by line: the console replaces line breaks, which could come from a name.
        for line in text.split("\n"):
            self._console.print(line, highlight=False, width=min(self._console.width, MAX_WIDTH))

    def _address_text(self, address: str) -> str:
        port = address.rstrip("/").rpartition(":")[2]
        is_taken = self._options.port and port != str(self._options.port)
        reason = f" (port {self._options.port} is taken by another program)" if is_taken else ""
        return f"Feeds, counts and recent writes in the browser: [bold]{address}[/]{reason}\n"


@asynccontextmanager
async def _running(daemon: Daemon) -> AsyncIterator[Callable[[], bool]]:
    """Run the daemon meanwhile; yields whether it still runs. Raises at the end what it died of."""
    task = asyncio.create_task(daemon.run(), name="daemon")
    try:
        yield lambda: not task.done()
    finally:
        daemon.stop()
        await asyncio.wait_for(task, STOP_WITHIN)
