"""Items of a response whose id can be read, but whose content is garbled or impossible.

One absurd price must not stop a sport: the item counts as one that takes no bets, and the rest of the
response is applied. Many of them mean that the whole response is wrong, such as odds in another format.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

import structlog

from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import LeagueInvalid

log = structlog.get_logger(__name__)

KeyT = TypeVar("KeyT", bound=Hashable)

MAX_INVALID = 5
"""A response of any size may have this many invalid items."""

MAX_INVALID_ONE_IN = 100
"""In a larger response one item in this many may be invalid."""


class InvalidItems(Generic[KeyT]):
    """The items of one feed that are invalid now. Each is logged once, until a valid one replaces it."""

    def __init__(self, kind: str, log_fields: Callable[[KeyT], Mapping[str, int]]) -> None:
        self._kind = kind
        self._log_fields = log_fields
        self._known: frozenset[KeyT] = frozenset()
        self._unreadable: frozenset[str] = frozenset()

    def update(
        self,
        items: Collection[KeyT],
        reasons: Mapping[KeyT, str],
        *,
        snapshot: bool,
        unreadable: Collection[str] = (),
    ) -> None:
        """Log the unreadable rows of a response, and the invalid ones among its items with their reasons.

        Raises `BadPayloadError` if there are too many.
        """
        _check_number(len(items) + len(unreadable), [*reasons.values(), *unreadable])
        for key in reasons.keys() - self._known:
            log.warning("invalid_item", feed=self._kind, **self._log_fields(key), reason=reasons[key])
        for reason in set(unreadable) - self._unreadable:
            log.warning("invalid_item", feed=self._kind, reason=reason)
        remaining = frozenset() if snapshot else self._known.difference(items)
        self._known = remaining.union(reasons)
        self._unreadable = frozenset(unreadable) if snapshot else self._unreadable.union(unreadable)


def _check_number(items: int, reasons: Collection[str]) -> None:
    leagues = {reason for reason in reasons if isinstance(reason, LeagueInvalid)}
    invalid = [*leagues, *(reason for reason in reasons if not isinstance(reason, LeagueInvalid))]
    if len(invalid) > max(MAX_INVALID, items // MAX_INVALID_ONE_IN):
        raise BadPayloadError(f"{len(invalid)} of {items} items are invalid, such as: {invalid[0]}")
