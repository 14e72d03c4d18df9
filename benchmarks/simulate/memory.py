"""Memory that grows: objects of the interpreter, compared over hours in which no process was started."""

import gc
from collections.abc import Iterator

DAY_S = 24 * 3600.0

SETTLED_S = 12 * 3600.0
"""Age of the processes from which on little should grow: caches of statements are nearly full."""

ALLOWED = 2000
ALLOWED_A_DAY = 500
"""Objects more that are no growth: the world has other matches each day. Without a fault some 300 a day were
seen, fewer each day. A leak of one object a minute is more within two days."""


class MemoryGrowth:
    """Counts objects from time to time."""

    def __init__(self) -> None:
        self._since = 0.0
        self._processes: tuple[str, ...] = ()
        self._settled: tuple[float, int] | None = None
        self._grown: list[tuple[tuple[str, ...], int, int]] = []
        self.most = 0
        """The most objects by which anything has grown."""

    def note(self, now: float, processes: tuple[str, ...]) -> None:
        """Count; `processes`: those that run. Call it right after a collection of garbage."""
        if processes != self._processes:
            self._since, self._processes, self._settled = now, processes, None
        if now - self._since < SETTLED_S:
            return
        objects = len(gc.get_objects())
        self._settled = self._settled or (now, objects)
        settled_at, before = self._settled
        self.most = max(self.most, objects - before)
        if objects - before > ALLOWED + ALLOWED_A_DAY * (now - settled_at) / DAY_S:
            self._grown.append((processes, before, objects))

    def growth(self) -> Iterator[str]:
        """Say what has grown, once for each set of processes."""
        last = {processes: (before, after) for processes, before, after in self._grown}
        for processes, (before, after) in last.items():
            yield f"memory grows: {', '.join(processes)} had {before} objects, and later {after}"
