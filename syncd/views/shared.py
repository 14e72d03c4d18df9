"""A value that is loaded once for all readers of the same moment, and not so often that it slows the work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

FRESH_S: Final = 1.0
"""A value is shown for this long before it is loaded again."""

REST: Final = 4
"""It is shown for this many times as long as loading took, so that loading takes a fifth of the time."""

OLDEST_S: Final = 5.0
"""It is never shown for longer than this, unless a reader says that it may be older."""


class Shared(Generic[T]):
    """Loads a value, one load at a time."""

    def __init__(self, load: Callable[[], Awaitable[T]], *, fresh_s: float = FRESH_S) -> None:
        self._load = load
        self._fresh_s = fresh_s
        self._latest: T | None = None
        self._loaded_at = self._fresh_until = 0.0
        self._loading: asyncio.Task[T] | None = None

    @property
    def latest(self) -> T | None:
        """The value that was loaded last, however old it is. None before the first."""
        return self._latest

    async def forget(self) -> None:
        """Have the next reader load it again: something of it was just changed.

        A load that is under way may have begun before the change, so it is waited for.
        """
        if self._loading is not None:
            await asyncio.wait({self._loading})
        self._fresh_until = 0.0

    async def get(self) -> T:
        """Return the value, at most a few seconds old. Raises `StoreError`."""
        if self._latest is not None and asyncio.get_running_loop().time() < self._fresh_until:
            return self._latest
        return await self._loaded()

    async def recent(self, max_age_s: float) -> T:
        """Return a value that may be this old; one that is not fresh is loaded again meanwhile.

        Raises `StoreError` if there is none, or only an older one, and it cannot be loaded.
        """
        now = asyncio.get_running_loop().time()
        if self._latest is None or now > self._loaded_at + max_age_s:
            return await self.get()
        if now >= self._fresh_until:
            self._start_loading()
        return self._latest

    async def _loaded(self) -> T:
        # A reader who leaves must not end the load of the others.
        return await asyncio.shield(self._start_loading())

    def _start_loading(self) -> asyncio.Task[T]:
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_and_keep())
            self._loading.add_done_callback(_note_error)
        return self._loading

    async def close(self) -> None:
        """End a load that is under way."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait({self._loading})

    async def _load_and_keep(self) -> T:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            self._latest = await self._load()
            ended = loop.time()
            rest = min(OLDEST_S, max(self._fresh_s, REST * (ended - began))) if self._fresh_s else 0.0
            self._loaded_at, self._fresh_until = ended, ended + rest
            return self._latest
        finally:
            self._loading = None


def _note_error(loading: asyncio.Task[T]) -> None:
    """Mark an error as seen, also where every reader has left."""
    if not loading.cancelled():
        loading.exception()
