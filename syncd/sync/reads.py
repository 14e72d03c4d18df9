"""The pairs whose state at BetTune has to be read, gathered into requests of one filter each."""

from collections.abc import Collection, Iterable
from itertools import islice

import msgspec

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair


class ReadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions of one filter to be read in one request."""

    filter_id: int
    match_ids: tuple[int, ...]
    urgency: Urgency

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that this request tells of."""
        return tuple(Pair(self.filter_id, match_id) for match_id in self.match_ids)


class PendingReads:
    """Pairs by urgency and filter; a pair waits once, at the greatest urgency it was asked with."""

    def __init__(self, chunk: int) -> None:
        self.chunk = chunk
        self._urgency: dict[Pair, Urgency] = {}
        # Dicts stand for ordered sets: first asked, first read.
        self._waiting: dict[Urgency, dict[int, dict[int, None]]] = {urgency: {} for urgency in Urgency}

    def __len__(self) -> int:
        return len(self._urgency)

    def ask(self, pairs: Iterable[Pair], urgency: Urgency) -> None:
        """Ask for these pairs; asking again for one that waits costs nothing."""
        for pair in pairs:
            known = self._urgency.get(pair)
            if known is not None and known <= urgency:
                continue
            self._remove(pair)
            self._urgency[pair] = urgency
            self._waiting[urgency].setdefault(pair.filter_id, {})[pair.match_id] = None

    def first(self, busy: Collection[Pair]) -> ReadRequest | None:
        """The most urgent request that touches no busy pair; one request carries a chunk of pairs."""
        for urgency, by_filter in self._waiting.items():
            for filter_id, match_ids in by_filter.items():
                free = (match_id for match_id in match_ids if Pair(filter_id, match_id) not in busy)
                chunk = tuple(islice(free, self.chunk))
                if chunk:
                    return ReadRequest(filter_id=filter_id, match_ids=chunk, urgency=urgency)
        return None

    def remove(self, read: ReadRequest) -> None:
        """These pairs wait no more."""
        for pair in read.pairs:
            self._remove(pair)

    def halve(self, read: ReadRequest) -> bool:
        """That was too many for one request; tells whether fewer can be asked for."""
        self.chunk = max(1, min(self.chunk, len(read.match_ids) // 2))
        return len(read.match_ids) > 1

    def clear(self) -> None:
        """Nothing waits any more."""
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
