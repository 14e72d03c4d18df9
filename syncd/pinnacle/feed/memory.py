"""What the pieces of an answer mean: most of a snapshot is what we have read before.

Bytes that were seen before are not decoded again, and the event loop turns in between.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from hashlib import blake2b
from typing import Generic, TypeVar

from syncd.pinnacle.answers import Raw

KeyT = TypeVar("KeyT", bound=Hashable)
T = TypeVar("T")

SLICE = 30
"""Pieces decoded between two turns of the event loop: some 4 ms."""


class Memory(Generic[KeyT, T]):
    """By key, the digest of a piece's bytes and what `read` made of them."""

    def __init__(self, read: Callable[[Raw], T]) -> None:
        self._read = read
        self._held: dict[KeyT, tuple[bytes, T]] = {}

    def __getitem__(self, key: KeyT) -> T:
        return self._held[key][1]

    async def take(self, pieces: Mapping[KeyT, Raw], *, snapshot: bool) -> None:
        """Read what was not read before; a snapshot makes all else forgotten.

        Raises `BadPayloadError` where one piece cannot be read, and then remembers nothing of it all.
        """
        held = {} if snapshot else dict(self._held)
        for done, (key, raw) in enumerate(pieces.items(), start=1):
            held[key] = self._recall(key, raw)
            if done % SLICE == 0:
                await asyncio.sleep(0)
        self._held = held

    def _recall(self, key: KeyT, raw: Raw) -> tuple[bytes, T]:
        digest = blake2b(raw.json, digest_size=16).digest()
        known = self._held.get(key)
        if known is not None and known[0] == digest:
            return known
        return digest, self._read(raw)
