"""The log of a run: what the daemon logs and what happens around it, each line with its virtual time."""

import hashlib
import sys
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

import structlog

from benchmarks.simulate.loop import PROCESS

SEVERE = ("exception", "critical", "task_died")

KEPT = 400
"""Lines that are remembered, to show what came before a failure."""


class Journal:
    """Takes lines in order; two runs with the same hash have done the same."""

    def __init__(self, now: Callable[[], datetime], folder: str, file: TextIO | None = None) -> None:
        self._now = now
        self._folder = folder
        self._file = file
        self._hash = hashlib.sha256()
        self.lines: deque[str] = deque(maxlen=KEPT)
        self.count = 0
        self.errors: list[tuple[float, str]] = []
        """What the daemon logged as an error of its own, with the moment."""
        self.on_event: Callable[[str, str, dict[str, Any]], object] = lambda *_: None
        """Called with name, level and fields of each event."""

    def write(self, who: str, text: str) -> None:
        """Add a line."""
        line = f"{self._now():%Y-%m-%d %H:%M:%S.%f} {who}: {text}".replace(self._folder, "FOLDER")
        self._hash.update(line.encode(errors="backslashreplace") + b"\n")
        self.lines.append(line)
        self.count += 1
        if self._file:
            print(line, file=self._file)

    @property
    def digest(self) -> str:
        """The hash of every line so far."""
        return self._hash.hexdigest()[:16]

    def record_event(self, _logger: object, level: str, event: dict[str, Any]) -> dict[str, Any]:
        """A processor of structlog that keeps every event to itself."""
        process = PROCESS.get()
        error = event.pop("exc_info", None)
        if error is True:
            error = sys.exc_info()[1]
        if error:
            event["exception"] = repr(error)[:300]
        name = event.pop("event")
        if error or level in SEVERE or name in SEVERE:
            self.errors.append((process.clock.monotonic() if process else 0.0, f"{name} {event}"[:300]))
        self.on_event(name, level, event)
        fields = " ".join(f"{key}={value}" for key, value in event.items())
        self.write(process.name if process else "simulation", f"{level} {name} {fields}")
        raise structlog.DropEvent
