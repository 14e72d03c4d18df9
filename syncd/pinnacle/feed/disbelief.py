"""Pieces of an answer that can be filed under their id, but not be believed.

One absurd price must not stop a sport: the piece counts as one on which no bets are taken, and the rest
of the answer holds. A mass of them says that it is the answer that is wrong: odds in another format.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

import structlog

from syncd.pinnacle.errors import BadPayloadError

log = structlog.get_logger(__name__)

KeyT = TypeVar("KeyT", bound=Hashable)

FEW = 5
"""So many pieces may be wrong in an answer of any size."""

ONE_IN = 100
"""Of a larger answer one piece in so many may be wrong."""


class Disbelief(Generic[KeyT]):
    """What one feed does not believe now: each piece is told once, until one that is believed replaces it."""

    def __init__(self, kind: str, name: Callable[[KeyT], Mapping[str, int]]) -> None:
        self._kind = kind
        self._name = name
        self._told: frozenset[KeyT] = frozenset()

    def take(self, pieces: Collection[KeyT], reasons: Mapping[KeyT, str], *, snapshot: bool) -> None:
        """Tell of what is not believed in an answer of these pieces.

        Raises `BadPayloadError` where that is too much of it.
        """
        if len(reasons) > max(FEW, len(pieces) // ONE_IN):
            why = next(iter(reasons.values()))
            raise BadPayloadError(f"{len(reasons)} of {len(pieces)} cannot be believed, one because: {why}")
        for key in reasons.keys() - self._told:
            log.warning("not_believed", feed=self._kind, **self._name(key), reason=reasons[key])
        held = frozenset() if snapshot else self._told.difference(pieces)
        self._told = held.union(reasons)
