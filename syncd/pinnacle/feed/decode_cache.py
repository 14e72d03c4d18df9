"""A cache of decoded items: most of a snapshot was received before.

An item whose bytes are known is not decoded again, and the event loop gets a turn in between.
"""

import asyncio
from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar

from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.invalid_items import InvalidItems
from syncd.pinnacle.responses import Payload, RawItem

KeyT = TypeVar("KeyT", bound=Hashable)
T = TypeVar("T")

ITEMS_PER_TURN = 30
"""Items decoded between two turns of the event loop: about 4 ms."""


class CachedItem(NamedTuple, Generic[T]):
    """A decoded item with the digest of its bytes; `invalid` is the reason if it could not be decoded."""

    digest: bytes
    value: T
    invalid: str = ""


class DecodeCache(Generic[KeyT, T]):
    """The decoded items of one feed by key; an invalid one has the value that `substitute` gives."""

    def __init__(
        self, decode: Callable[[RawItem], T], substitute: Callable[[KeyT], T], invalid: InvalidItems[KeyT]
    ) -> None:
        self._decode = decode
        self._substitute = substitute
        self._invalid = invalid
        self._items: dict[KeyT, CachedItem[T]] = {}

    def __getitem__(self, key: KeyT) -> T:
        return self._items[key].value

    async def load(self, payload: Payload[KeyT, RawItem], *, snapshot: bool) -> None:
        """Decode the items that are new; a snapshot drops all others. Invalid ones get their substitute.

        Raises `BadPayloadError` if too many are invalid, and then keeps none of them.
        """
        cached = {} if snapshot else dict(self._items)
        for count, (key, item) in enumerate(payload.items.items(), start=1):
            cached[key] = self._decoded(key, item)
            if count % ITEMS_PER_TURN == 0:
                await asyncio.sleep(0)
        for key, reason in payload.invalid.items():
            cached[key] = CachedItem(b"", self._substitute(key), reason)
        keys = [*payload.items, *payload.invalid]
        reasons = {key: cached[key].invalid for key in keys if cached[key].invalid}
        self._invalid.update(keys, reasons, snapshot=snapshot, unreadable=payload.unreadable)
        self._items = cached

    def _decoded(self, key: KeyT, item: RawItem) -> CachedItem[T]:
        digest = blake2b(item.json, digest_size=16).digest()
        known = self._items.get(key)
        if known is not None and known.digest == digest:
            return known
        try:
            return CachedItem(digest, self._decode(item))
        except BadPayloadError as exc:
            return CachedItem(digest, self._substitute(key), str(exc))
