"""A progress bar on standard error, for what takes longer than a moment on a terminal."""

import asyncio
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from syncd.app.one_pass import PassProgress
from syncd.cli.output import console

AFTER = 2.0
"""Seconds: what is quicker needs no bar."""


class Bar:
    """Shows how far the work is; an async context manager around it."""

    def __init__(self) -> None:
        self._shown = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console(stderr=True),
            transient=True,
        )
        self._task = self._shown.add_task("starting", total=None, count="")
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        if self._shown.console.is_terminal:
            self._timer = asyncio.get_running_loop().call_later(AFTER, self._shown.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
            self._shown.stop()

    def show(self, progress: PassProgress) -> None:
        """The work has come so far."""
        self._shown.update(
            self._task,
            description=progress.stage,
            completed=progress.done,
            total=progress.of or None,
            count=f"{progress.done:,}/{progress.of:,}" if progress.of else "",
        )

    def stage(self, name: str) -> None:
        """The work has come to this stage, whose length nobody knows."""
        self.show(PassProgress(stage=name))
