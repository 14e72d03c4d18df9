"""The status, loaded once for all readers of the same moment, and rendered once for each."""

from collections.abc import Callable
from typing import Generic, TypeVar

from syncd.views.shared import Shared
from syncd.views.status_values import Status

T = TypeVar("T")

SharedStatus = Shared[Status]


class Rendered(Generic[T]):
    """A status as something that can be sent, made once for each status."""

    def __init__(self, render: Callable[[Status], T]) -> None:
        self._render = render
        self._latest: tuple[Status, T] | None = None

    def of(self, status: Status) -> T:
        """Return what is made of this status."""
        if self._latest is None or self._latest[0] is not status:
            self._latest = (status, self._render(status))
        return self._latest[1]
