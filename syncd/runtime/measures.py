"""Counts that a process keeps for its metrics: durations, and how requests end."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

NO_RESPONSE = "none"
"""In place of a status: no whole response was received."""

CountRequest = Callable[[str], None]
"""Called at the end of each request with its status as text, or `NO_RESPONSE`."""


def count_nothing(_: str) -> None:
    """Default `CountRequest`."""


class Histogram:
    """A distribution of values by upper bounds, which ascend; what is above the last one counts too."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.total = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def cumulative(self) -> tuple[int, ...]:
        """The number of values up to each bound, and last of all values."""
        total, counts = 0, list[int]()
        for count in self._counts:
            total += count
            counts.append(total)
        return tuple(counts)


class RequestCounts:
    """The requests of one process by API and status."""

    def __init__(self) -> None:
        self.by_api_and_code: Counter[tuple[str, str]] = Counter()

    def of(self, api: str) -> CountRequest:
        """Return what counts the requests of one API."""

        def count(code: str) -> None:
            self.by_api_and_code[api, code] += 1

        return count
