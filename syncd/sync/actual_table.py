"""What we know BetTune to hold: in memory for the plan, in the store for the next process."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.bettune import Pair
from syncd.model.change import Actual
from syncd.store import predictions
from syncd.store.engine import Store


class ActualTable(Mapping[Pair, Actual]):
    """Holdings by pair; a pair that is missing was never read. Only the writer changes it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.loaded_at: datetime | None = None
        """What was read before this moment is hearsay."""
        self._holdings: dict[Pair, Actual] = {}
        self._by_match: dict[int, set[Pair]] = {}
        self._active_count = 0

    async def load(self) -> None:
        """Take up what the last process knew."""
        self.loaded_at = self._store.clock.now()
        async with self._store.read() as conn:
            self._keep((await predictions.load_all(conn)).values())

    def __getitem__(self, pair: Pair) -> Actual:
        return self._holdings[pair]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._holdings)

    def __len__(self) -> int:
        return len(self._holdings)

    @property
    def active_count(self) -> int:
        """How many predictions of ours are active."""
        return self._active_count

    def of_match(self, match_id: int) -> frozenset[Pair]:
        """The known pairs of a match."""
        return frozenset(self._by_match.get(match_id, ()))

    async def record(self, conn: AsyncConnection, holdings: Iterable[Actual]) -> None:
        """Store what was learnt; `keep` it in memory once the transaction has committed."""
        await predictions.save(conn, holdings)

    def keep(self, holdings: Iterable[Actual]) -> None:
        """Take over what was recorded."""
        self._keep(holdings)

    def forget(self, pairs: Iterable[Pair]) -> None:
        """Drop pairs of which nothing will be written again."""
        for pair in pairs:
            self._drop(pair)

    def _keep(self, holdings: Iterable[Actual]) -> None:
        for holding in holdings:
            self._drop(holding.pair)
            self._holdings[holding.pair] = holding
            self._by_match.setdefault(holding.pair.match_id, set()).add(holding.pair)
            self._active_count += holding.is_active

    def _drop(self, pair: Pair) -> None:
        old = self._holdings.pop(pair, None)
        if old:
            of_match = self._by_match[pair.match_id]
            of_match.discard(pair)
            if not of_match:
                del self._by_match[pair.match_id]
            self._active_count -= old.is_active
