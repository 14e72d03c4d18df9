"""Memory that grows: objects of the interpreter, compared over days in which no process was started."""

import gc
from collections.abc import Iterator

SETTLED_S = 30 * 3600.0
"""Age of the processes from which on nothing should grow: a day's matches have come and gone."""

ALLOWED = 1.15
ALLOWED_OBJECTS = 20_000
"""Growth that is none: the world has other matches each day."""


class MemoryGrowth:
    """Counts objects from time to time."""

    def __init__(self) -> None:
        self._since = 0.0
        self._processes: tuple[str, ...] = ()
        self._settled: int | None = None
        self._grown: list[tuple[tuple[str, ...], int, int]] = []

    def note(self, now: float, processes: tuple[str, ...]) -> None:
        """Count; `processes`: those that run. Call it right after a collection of garbage."""
        if processes != self._processes:
            self._since, self._processes, self._settled = now, processes, None
        if now - self._since < SETTLED_S:
            return
        objects = len(gc.get_objects())
        if self._settled is None:
            self._settled = objects
        elif objects > self._settled * ALLOWED and objects - self._settled > ALLOWED_OBJECTS:
            self._grown.append((processes, self._settled, objects))

    def growth(self) -> Iterator[str]:
        """Say what has grown, once for each set of processes."""
        last = {processes: (before, after) for processes, before, after in self._grown}
        for processes, (before, after) in last.items():
            yield f"memory grows: {', '.join(processes)} had {before} objects, and later {after}"
