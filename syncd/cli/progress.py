"""The progress bar of a pass, on standard error."""

from syncd.app.one_pass import PassProgress
from syncd.cli.output import console
from syncd.runtime.progress import ProgressBar


class PassProgressBar(ProgressBar):
    """Shows the progress that a pass reports; an async context manager."""

    def __init__(self) -> None:
        super().__init__(console(stderr=True))

    def show(self, progress: PassProgress) -> None:
        """Show this progress."""
        self.update(progress.stage, progress.done, progress.of)

    def stage(self, name: str) -> None:
        """Show a stage of unknown length."""
        self.update(name)
