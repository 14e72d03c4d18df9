"""What the pieces of an answer mean: most of a snapshot is what we have read before.

Bytes that were seen before are not decoded again, and the event loop turns in between.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar

from syncd.pinnacle.answers import Raw
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.disbelief import Disbelief

KeyT = TypeVar("KeyT", bound=Hashable)
T = TypeVar("T")

SLICE = 30
"""Pieces decoded between two turns of the event loop: some 4 ms."""


class Piece(NamedTuple, Generic[T]):
    """The digest of a piece's bytes, what they mean, and why they are not believed, if they are not."""

    digest: bytes
    meaning: T
    doubt: str = ""


class Memory(Generic[KeyT, T]):
    """By key, what `read` made of the bytes of a piece; what cannot be believed means `empty`."""

    def __init__(
        self, read: Callable[[Raw], T], empty: Callable[[KeyT], T], disbelief: Disbelief[KeyT]
    ) -> None:
        self._read = read
        self._empty = empty
        self._disbelief = disbelief
        self._held: dict[KeyT, Piece[T]] = {}

    def __getitem__(self, key: KeyT) -> T:
        return self._held[key].meaning

    async def take(self, pieces: Mapping[KeyT, Raw], *, snapshot: bool) -> None:
        """Read what was not read before; a snapshot makes all else forgotten.

        Raises `BadPayloadError` where too much cannot be believed, and then remembers nothing of it all.
        """
        held = {} if snapshot else dict(self._held)
        for done, (key, raw) in enumerate(pieces.items(), start=1):
            held[key] = self._recall(key, raw)
            if done % SLICE == 0:
                await asyncio.sleep(0)
        doubts = {key: held[key].doubt for key in pieces if held[key].doubt}
        self._disbelief.take(pieces, doubts, snapshot=snapshot)
        self._held = held

    def _recall(self, key: KeyT, raw: Raw) -> Piece[T]:
        digest = blake2b(raw.json, digest_size=16).digest()
        known = self._held.get(key)
        if known is not None and known.digest == digest:
            return known
        try:
            return Piece(digest, self._read(raw))
        except BadPayloadError as exc:
            return Piece(digest, self._empty(key), str(exc))
