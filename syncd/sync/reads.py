"""Pairs that have to be read at BetTune, gathered into requests of one filter each."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

import msgspec

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.model.change import Actual
from syncd.sync.states import FilterState


class ReadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions of one filter to be read in one request."""

    filter_id: int
    match_ids: tuple[int, ...]
    urgency: Urgency

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that this request is about."""
        return tuple(Pair(self.filter_id, match_id) for match_id in self.match_ids)


class PendingReads:
    """Pairs by urgency and filter. A pair waits once, at the greatest urgency it was added with."""

    def __init__(self, chunk_size: int) -> None:
        self.chunk_size = chunk_size
        """The most pairs of one request."""
        self._urgency: dict[Pair, Urgency] = {}
        # The innermost dicts serve as ordered sets: first added, first read.
        self._waiting: dict[Urgency, dict[int, dict[int, None]]] = {urgency: {} for urgency in Urgency}

    def __len__(self) -> int:
        return len(self._urgency)

    def add(self, pairs: Iterable[Pair], urgency: Urgency) -> None:
        """Add these pairs. One that waits already keeps its place, unless this is more urgent."""
        for pair in pairs:
            known = self._urgency.get(pair)
            if known is not None and known <= urgency:
                continue
            self._remove(pair)
            self._urgency[pair] = urgency
            self._waiting[urgency].setdefault(pair.filter_id, {})[pair.match_id] = None

    def count(self, urgency: Urgency) -> int:
        """Return how many pairs wait with this urgency."""
        return sum(map(len, self._waiting[urgency].values()))

    def first(self, busy: Collection[Pair]) -> ReadRequest | None:
        """Return the most urgent request for pairs that are not busy; None if there is none."""
        for urgency, by_filter in self._waiting.items():
            for filter_id, match_ids in by_filter.items():
                free = (match_id for match_id in match_ids if Pair(filter_id, match_id) not in busy)
                chunk = tuple(islice(free, self.chunk_size))
                if chunk:
                    return ReadRequest(filter_id=filter_id, match_ids=chunk, urgency=urgency)
        return None

    def remove(self, request: ReadRequest) -> None:
        """Remove the pairs of a request."""
        for pair in request.pairs:
            self._remove(pair)

    def halve(self, request: ReadRequest) -> bool:
        """Make requests smaller, as this one was too large; return whether it can be split at all."""
        self.chunk_size = max(1, min(self.chunk_size, len(request.match_ids) // 2))
        return len(request.match_ids) > 1

    def clear(self) -> None:
        """Remove every pair."""
        self._urgency.clear()
        for by_filter in self._waiting.values():
            by_filter.clear()

    def _remove(self, pair: Pair) -> None:
        urgency = self._urgency.pop(pair, None)
        if urgency is None:
            return
        match_ids = self._waiting[urgency][pair.filter_id]
        del match_ids[pair.match_id]
        if not match_ids:
            del self._waiting[urgency][pair.filter_id]


def request_readback(
    match_ids: Collection[int],
    filters: Iterable[FilterState],
    actual: Mapping[Pair, Actual],
    reads: PendingReads,
) -> Iterator[int]:
    """Add every pair of a filter in use and such a match, filter by filter; yield how many of each.

    A pair that was never read may have a price of long ago, so it is read before any creation; the others
    are routine.
    """
    known: dict[int, set[Pair]] = {each.filter_id: set() for each in filters if each.is_in_use}
    for pair in actual:
        if pair.filter_id in known:
            known[pair.filter_id].add(pair)
    for filter_id, pairs in sorted(known.items()):
        unknown = {Pair(filter_id, match_id) for match_id in match_ids} - pairs
        reads.add(sorted(unknown), Urgency.CREATE)
        reads.add(sorted(pairs), Urgency.ROUTINE)
        yield len(unknown) + len(pairs)
