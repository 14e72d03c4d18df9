"""A progress bar for a first fill that takes longer than a moment."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from syncd.runtime.clock import Clock
from syncd.simulator.oracle_check import CheckResult

AFTER = 2.0
"""Seconds: what is quicker needs no bar."""


class FillBar:
    """Shown on a terminal only; to be used as a context."""

    def __init__(self, console: Console, clock: Clock) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task("       first fill", total=None)
        self._clock = clock
        self._due = clock.monotonic() + AFTER

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, verdict: CheckResult) -> None:
        """It has come so far."""
        done = verdict.wanted - len(verdict.differences)
        self._bar.update(self._task, completed=max(0, done), total=verdict.wanted)
        if (
            self._bar.console.is_terminal
            and not self._bar.live.is_started
            and self._clock.monotonic() > self._due
        ):
            self._bar.start()
