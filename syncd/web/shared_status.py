"""The status, loaded once for all readers of the same moment, and not so often that it slows the work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from syncd.views.status_values import Status

T = TypeVar("T")

FRESH_S: Final = 1.0
"""A status is shown for this long before it is loaded again."""

REST: Final = 4
"""It is shown for this many times as long as loading took, so that loading takes a fifth of the time."""

OLDEST_S: Final = 5.0
"""It is never shown for longer than this."""


class SharedStatus:
    """Loads the status, one load at a time."""

    def __init__(self, load: Callable[[], Awaitable[Status]], *, fresh_s: float = FRESH_S) -> None:
        self._load = load
        self._fresh_s = fresh_s
        self._status: Status | None = None
        self._loaded_at = self._fresh_until = 0.0
        self._loading: asyncio.Task[Status] | None = None

    @property
    def latest(self) -> Status | None:
        """The status that was loaded last, however old it is. None before the first."""
        return self._status

    async def forget(self) -> None:
        """Have the next reader load it again: something of it was just changed.

        A load that is under way may have begun before the change, so it is waited for.
        """
        if self._loading is not None:
            await asyncio.wait({self._loading})
        self._fresh_until = 0.0

    async def get(self) -> Status:
        """Return the status, at most a few seconds old. Raises `StoreError`."""
        if self._status is not None and asyncio.get_running_loop().time() < self._fresh_until:
            return self._status
        return await self._loaded()

    async def recent(self, max_age_s: float) -> Status:
        """Return a status that may be this old; one that is not fresh is loaded again meanwhile.

        Raises `StoreError` if there is none, or only an older one, and it cannot be loaded.
        """
        now = asyncio.get_running_loop().time()
        if self._status is None or now > self._loaded_at + max_age_s:
            return await self.get()
        if now >= self._fresh_until:
            self._start_loading()
        return self._status

    async def _loaded(self) -> Status:
        # A reader who leaves must not end the load of the others.
        return await asyncio.shield(self._start_loading())

    def _start_loading(self) -> asyncio.Task[Status]:
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_and_keep())
            self._loading.add_done_callback(_note_error)
        return self._loading

    async def close(self) -> None:
        """End a load that is under way."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait({self._loading})

    async def _load_and_keep(self) -> Status:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            self._status = await self._load()
            ended = loop.time()
            rest = min(OLDEST_S, max(self._fresh_s, REST * (ended - began))) if self._fresh_s else 0.0
            self._loaded_at, self._fresh_until = ended, ended + rest
            return self._status
        finally:
            self._loading = None


def _note_error(loading: asyncio.Task[Status]) -> None:
    """Mark an error as seen, also where every reader has left."""
    if not loading.cancelled():
        loading.exception()


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
