"""Actual values, as last read or written: in memory for the plan, in the store for the next process."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Owner
from syncd.store import predictions
from syncd.store.engine import Store


class ActualTable(Mapping[Pair, Actual]):
    """Actual values by pair; a pair without one was never read. Only writer and reader change them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._values: dict[Pair, Actual] = {}
        self._by_match: dict[int, set[Pair]] = {}
        self._active_count = 0

    async def load(self) -> None:
        """Load what the last process knew: it is read again before a write."""
        async with self._store.read() as conn:
            known = (await predictions.load_all(conn)).values()
        self.keep(msgspec.structs.replace(value, is_of_earlier_process=True) for value in known)

    def __getitem__(self, pair: Pair) -> Actual:
        return self._values[pair]

    def __contains__(self, pair: object) -> bool:
        return pair in self._values

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def known(self, pair: Pair) -> Actual:
        """Return what is known of a pair: that nobody knows whose it is, if it was never read."""
        return self._values.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)

    def copy(self) -> dict[Pair, Actual]:
        """Return all values as they are now, in a fraction of the time that reading each of them takes."""
        return self._values.copy()

    @property
    def active_count(self) -> int:
        """Number of predictions of ours that are active."""
        return self._active_count

    def of_match(self, match_id: int) -> frozenset[Pair]:
        """Return the known pairs of a match."""
        return frozenset(self._by_match.get(match_id, ()))

    def keep(self, values: Iterable[Actual]) -> None:
        """Keep the values in memory, once their rows (`predictions.row`) have been committed."""
        for value in values:
            self._drop(value.pair)
            self._values[value.pair] = value
            self._by_match.setdefault(value.pair.match_id, set()).add(value.pair)
            self._active_count += value.is_active

    def doubt_all(self, since: datetime | None = None) -> None:
        """Mark what is active as in doubt: if it is missing at BetTune, that was no user's wish.

        Nor was it for what was found deleted by hand `since` then.
        """
        mistaken = [
            value
            for value in self._values.values()
            if value.respected and since and value.read_at and value.read_at >= since
        ]
        self.keep(msgspec.structs.replace(value, respected=False, in_doubt=True) for value in mistaken)
        active = [value for value in self._values.values() if value.is_active]
        self.keep(msgspec.structs.replace(value, in_doubt=True) for value in active)

    def forget(self, pairs: Iterable[Pair]) -> None:
        """Forget pairs that will never be written again."""
        for pair in pairs:
            self._drop(pair)

    def _drop(self, pair: Pair) -> None:
        old = self._values.pop(pair, None)
        if old:
            of_match = self._by_match[pair.match_id]
            of_match.discard(pair)
            if not of_match:
                del self._by_match[pair.match_id]
            self._active_count -= old.is_active
