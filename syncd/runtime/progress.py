"""A progress bar for work that takes longer than a moment."""

import asyncio
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

SHOW_AFTER: Final = 2.0
"""Seconds: shorter work needs no bar."""


class ProgressBar:
    """Shown on a terminal only; an async context manager around the work."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=None, count="")
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        if self._progress.console.is_terminal:
            self._timer = asyncio.get_running_loop().call_later(SHOW_AFTER, self._progress.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
            self._progress.stop()

    def update(self, description: str, done: int = 0, total: int = 0) -> None:
        """Show how far the work is; `total` 0 if nobody knows how much there is."""
        self._progress.update(
            self._task,
            description=description,
            completed=done,
            total=total or None,
            count=f"{done:,}/{total:,}" if total else "",
        )
