"""The requests that wait for the store: one that takes long is an interruption, and too long a deadline."""

from collections.abc import Iterator
from contextlib import contextmanager

from syncd.bettune.gateway import Permit
from syncd.runtime.clock import Clock
from syncd.sync.interruptions import FROZEN_S, Interruptions


class StoreWaits:
    """The requests that wait for the store now, with the time since when."""

    def __init__(self, clock: Clock, interruptions: Interruptions) -> None:
        self._clock = clock
        self._interruptions = interruptions
        self._since: dict[int, float] = {}

    @property
    def since(self) -> float | None:
        """Since when the oldest one has waited, by the monotonic clock. None if none waits."""
        return min(self._since.values(), default=None)

    @contextmanager
    def of(self, permit: Permit) -> Iterator[None]:
        """Count a request as waiting meanwhile."""
        self._since[permit.request] = self._clock.monotonic()
        try:
            yield
        finally:
            if self._clock.monotonic() - self._since.pop(permit.request) > FROZEN_S:
                self._interruptions.note()
