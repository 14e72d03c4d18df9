"""Memory that grows: objects of the interpreter, compared over hours in which no process was started."""

import gc
from collections.abc import Iterator
from itertools import pairwise

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
        self._counts: list[tuple[float, int]] = []
        """When, and how many; since the processes settled."""
        self._grown: dict[tuple[str, ...], tuple[int, int]] = {}
        self.most = 0
        """The most objects by which anything has grown, without its largest step."""

    def note(self, now: float, processes: tuple[str, ...]) -> None:
        """Count; `processes`: those that run. Call it right after a collection of garbage."""
        if processes != self._processes:
            self._since, self._processes, self._counts = now, processes, []
        if now - self._since < SETTLED_S:
            return
        self._counts.append((now, len(gc.get_objects())))
        (began, before), (_, last) = self._counts[0], self._counts[-1]
        # A table that is loaded when it is first needed is one step; a leak is many.
        steps = [after - count for (_, count), (_, after) in pairwise(self._counts)]
        grown = last - before - max(steps, default=0)
        self.most = max(self.most, grown)
        if grown > ALLOWED + ALLOWED_A_DAY * (now - began) / DAY_S:
            self._grown[processes] = (before, last)

    def growth(self) -> Iterator[str]:
        """Say what has grown, once for each set of processes."""
        for processes, (before, after) in self._grown.items():
            yield f"memory grows: {', '.join(processes)} had {before} objects, and later {after}"
