"""What waits to be sent to BetTune: one entry for each pair, the latest value wins.

Held in memory only. After a crash the plan is made again from the store, so nothing in here
needs sweeping.

While a request for a pair is on its way, nothing can wait for it: what its answer will tell is
not known yet, so a plan made meanwhile would send the same value twice. When it is `done`, the
pair has to be planned again.
"""

import heapq
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind
from syncd.sync.plan import priority
from syncd.sync.reads import PendingReads, ReadRequest

OLDEST_EVERY = 8
"""Of so many, one is the entry that has waited longest, so that nothing starves on a busy day."""

READ_EVERY = 16
"""Of so many, one is a reading, however routine: else a busy day hides what a person changed."""

URGENCY = {
    Kind.DELETE: Urgency.URGENT,
    Kind.RAISE: Urgency.URGENT,
    Kind.LOWER: Urgency.LOWER,
    Kind.CREATE: Urgency.CREATE,
}

Work = Change | ReadRequest


class NextWork(NamedTuple):
    """The next piece of work, and how much of the budget it may use."""

    work: Work
    urgency: Urgency


class OpenAreas(NamedTuple):
    """What BetTune lets us do at the moment: a door that is shut must not keep the other work waiting."""

    read: bool = True
    write: bool = True


EVERYTHING = OpenAreas()


class _Entry(msgspec.Struct, kw_only=True, eq=False):
    change: Change
    since: datetime
    waiting: bool = True


_Heap = list[tuple[Any, int, _Entry]]


class Queue:
    """Changes by pair, and the pairs whose state has to be read, in the order of their worth."""

    def __init__(self, read_chunk: int) -> None:
        self._entries: dict[Pair, _Entry] = {}
        self._by_worth: _Heap = []
        self._by_age: _Heap = []
        self._busy: set[Pair] = set()
        self._pushed = 0
        self._taken = 0
        self.unread = PendingReads(read_chunk)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is on its way."""
        return not (self._entries or self._busy or len(self.unread))

    def pending(self) -> frozenset[Pair]:
        """The pairs whose change waits."""
        return frozenset(self._entries)

    def changes(self) -> tuple[Change, ...]:
        """What waits, in the order of its worth."""
        return tuple(sorted((entry.change for entry in self._entries.values()), key=priority))

    def settle(self, planned: Collection[Pair], changes: Iterable[Change], now: datetime) -> None:
        """Take what a plan says of these pairs: its changes, and nothing for the others of them."""
        latest = {change.pair: change for change in changes if change.pair not in self._busy}
        for pair in planned:
            if pair not in latest:
                self._drop(pair)
        for change in latest.values():
            self._put(change, now)

    def first(self, able: OpenAreas = EVERYTHING) -> NextWork | None:
        """What would be taken now; none where nothing can be sent."""
        work = self._next(able)
        if isinstance(work, _Entry):
            # What has waited longest may use all of the budget, or its turn would never come.
            urgency = Urgency.URGENT if self._oldest_is_due() else URGENCY[work.change.kind]
            return NextWork(work.change, urgency)
        return NextWork(work, work.urgency) if work else None

    def take(self, able: OpenAreas = EVERYTHING) -> Work | None:
        """The next piece of work; its pairs are busy until `done`."""
        work = self._next(able)
        if work is None:
            return None
        self._taken += 1
        if isinstance(work, ReadRequest):
            self.unread.remove(work)
            self._make_busy(work.pairs)
            return work
        self._make_busy([work.change.pair])
        return work.change

    def done(self, work: Work) -> None:
        """The answer is there, or will never come: the pairs may be planned again."""
        self._busy.difference_update(work.pairs if isinstance(work, ReadRequest) else (work.pair,))

    def _make_busy(self, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            self._drop(pair)
            self._busy.add(pair)

    def _put(self, change: Change, now: datetime) -> None:
        old = self._entries.get(change.pair)
        if old and old.change == change:
            return
        self._drop(change.pair)
        entry = _Entry(change=change, since=old.since if old else now)
        self._entries[change.pair] = entry
        self._push(entry)

    def _drop(self, pair: Pair) -> None:
        entry = self._entries.pop(pair, None)
        if entry:
            entry.waiting = False

    def _push(self, entry: _Entry) -> None:
        self._pushed += 1
        heapq.heappush(self._by_worth, (priority(entry.change), self._pushed, entry))
        heapq.heappush(self._by_age, (entry.since, self._pushed, entry))

    def _next(self, able: OpenAreas) -> _Entry | ReadRequest | None:
        entry = self._first(self._by_age if self._oldest_is_due() else self._by_worth) if able.write else None
        read = self.unread.first(self._busy) if able.read else None
        if read and (entry is None or read.urgency <= URGENCY[entry.change.kind] or self._read_is_due()):
            return read
        return entry

    def _oldest_is_due(self) -> bool:
        return self._taken % OLDEST_EVERY == OLDEST_EVERY - 1

    def _read_is_due(self) -> bool:
        return self._taken % READ_EVERY == READ_EVERY - 1

    def _first(self, heap: _Heap) -> _Entry | None:
        while heap and not heap[0][2].waiting:
            heapq.heappop(heap)
        return heap[0][2] if heap else None


class ProposalQueue(Queue):
    """A queue that gives no change away: what would be written can be seen, and only reads go out."""

    @property
    def idle(self) -> bool:
        """Whether nothing is to be read and nothing is on its way."""
        return not (self._busy or len(self.unread))

    def _next(self, able: OpenAreas) -> _Entry | ReadRequest | None:
        return self.unread.first(self._busy) if able.read else None
