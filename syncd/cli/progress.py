"""A progress bar on standard error, for work on a terminal that takes longer than a moment."""

import asyncio
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from syncd.app.one_pass import PassProgress
from syncd.cli.output import console

SHOW_AFTER_S = 2.0
"""Work that ends sooner shows no bar."""


class ProgressBar:
    """Shows the progress of the work inside it; an async context manager."""

    def __init__(self) -> None:
        self._bar = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None, count="")
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        if self._bar.console.is_terminal:
            self._timer = asyncio.get_running_loop().call_later(SHOW_AFTER_S, self._bar.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
            self._bar.stop()

    def show(self, progress: PassProgress) -> None:
        """Show this progress."""
        self._bar.update(
            self._task,
            description=progress.stage,
            completed=progress.done,
            total=progress.of or None,
            count=f"{progress.done:,}/{progress.of:,}" if progress.of else "",
        )

    def stage(self, name: str) -> None:
        """Show a stage of unknown length."""
        self.show(PassProgress(stage=name))
