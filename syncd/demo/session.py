"""`syncd demo`: the real daemon against a simulated Pinnacle and BetTune, for strangers to watch."""

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
"""Seconds that the daemon may take to end; it promises ten."""

WELCOME = f"""\
[bold]syncd keeps BetTune's Min Odds equal to Pinnacle's prices.[/] It asks Pinnacle all the time what has \
changed, finds the same match at BetTune, and sets, raises, lowers or deletes the Min Odds there. BetTune \
bets only where it can get that much or more, and never where none are set: so what is out of date has to \
go at once.

This is the real syncd, but both services are simulated: nothing leaves this machine. Pinnacle may be \
asked every second here, and BetTune takes {REQUESTS} requests a minute. (By default syncd asks a real \
account every two minutes, and begins with 60.)
"""

FAREWELL = "To begin for real: syncd config init, and README.md."
FAULT = "That is a fault of syncd. With --verbose its own log is shown, too."


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What may be chosen on the command line."""

    span: timedelta | None = None
    """None: until told to stop."""
    port: int = 8080
    seed: int = 1
    speed: float = 1.0
    """2: twice as much happens."""


class DemoSession:
    """One run of the demo."""

    def __init__(
        self, wishes: DemoOptions, console: Console, serve: Serve, clock: Clock | None = None
    ) -> None:
        """`serve` is the web room's: it lies beside this one, and neither imports the other."""
        self._wishes = wishes
        self._console = console
        self._serve = serve
        self._clock = clock or SystemClock()
        self._stops = 0

    def stop(self) -> None:
        """Come to the end, with the closing check; a second call does not wait for that."""
        self._stops += 1

    async def run(self) -> bool:
        """Play it. Tells whether BetTune held exactly what it ought to at the end, or nobody waited to see.

        Raises what ends the daemon: `StoreError`, `TaskDiedError`, or what `serve` raises.
        """
        wishes, clock = self._wishes, self._clock
        ends_at = clock.monotonic() + wishes.span.total_seconds() if wishes.span else float("inf")
        self._print(WELCOME)
        async with set_up(clock, self._serve, seed=wishes.seed, port=wishes.port) as stage:
            self._print(self._address(stage.address))
            async with _at_work(stage.daemon) as works:
                curtain = Deadline(
                    at=ends_at,
                    stopped=lambda: self._stops > 0 or not works(),
                    hurry=lambda: self._stops > 1 or not works(),
                )
                narrator = Reporter(self._console, clock, stage.box.bettune.account)
                outcome = await DemoRun(stage, narrator, tempo_at(wishes.speed), curtain).perform()
        print_summary(self._console, stage.box, outcome)
        agrees = outcome.verdict is None or not outcome.verdict.differences
        self._print(f"\n{FAREWELL}" if agrees else f"\n{FAULT}")
        return agrees

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False, width=min(self._console.width, MAX_WIDTH))

    def _address(self, address: str) -> str:
        port = address.rstrip("/").rpartition(":")[2]
        taken = self._wishes.port and port != str(self._wishes.port)
        why = f" (port {self._wishes.port} is taken by another program)" if taken else ""
        return f"Feeds, counts and recent writes in the browser: [bold]{address}[/]{why}\n"


@asynccontextmanager
async def _at_work(daemon: Daemon) -> AsyncIterator[Callable[[], bool]]:
    """The daemon runs meanwhile; gives whether it still does. Raises at the end what it died of."""
    task = asyncio.create_task(daemon.run(), name="daemon")
    try:
        yield lambda: not task.done()
    finally:
        daemon.stop()
        await asyncio.wait_for(task, STOP_WITHIN)
