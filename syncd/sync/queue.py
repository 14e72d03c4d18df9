"""The work that waits for the writer: one change for each pair, of which the latest wins, and reads.

It is in memory only: after a crash the plan is made again from the store.

While a request for a pair is on its way, no change can wait for it: its result is not known yet, so a
plan made meanwhile would send the same value twice. When it is `done`, the pair has to be planned again.

Priorities change as time passes, so the order is renewed about every second (`renew`). A change whose last
try went wrong can be put off (`put_off`): it waits alone, and nothing behind it.
"""

import heapq
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind
from syncd.sync.priority import is_over, priority
from syncd.sync.reads import PendingReads, ReadRequest

OLDEST_EVERY = 8
"""One request in this many is for the change that has waited longest, so that none starves on a busy day."""

PATIENCE = timedelta(seconds=30)
"""That change has its turn only if it has waited this long: a burst is sent by priority alone."""

RENEW_EVERY = timedelta(seconds=1)

READ_EVERY = 16
"""One request in this many is a read, even a routine one: a busy day must not hide what a user has
changed."""

AT_RISK_EVERY = 50
"""While deletes or raises wait, only one request in this many is for the oldest, and one is a routine read:
each such turn prolongs what may cost money (`python -m benchmarks.budget`)."""

SOONER_EVERY = timedelta(seconds=10)
"""One change in this time is sent earlier than it was put off to: the most urgent one."""

URGENCY = {
    Kind.DELETE: Urgency.URGENT,
    Kind.RAISE: Urgency.URGENT,
    Kind.LOWER: Urgency.LOWER,
    Kind.CREATE: Urgency.CREATE,
}

Work = Change | ReadRequest


class NextWork(NamedTuple):
    """The next piece of work, and the urgency that says how much of the budget it may use."""

    work: Work
    urgency: Urgency


class OpenGates(NamedTuple):
    """The kinds of work that BetTune's gates allow now. A closed gate must not block the other kind."""

    reads: bool = True
    writes: bool = True
    urgent_only: bool = False
    """Only a delete, a raise or an urgent read may be sent: it is a probe."""


ALL_OPEN = OpenGates()


class _Entry(msgspec.Struct, kw_only=True, eq=False):
    change: Change
    since: datetime
    waiting: bool = True
    is_put_off: bool = False


class _PutOff(NamedTuple):
    until: datetime
    """Steady."""
    kind: Kind | None
    """The kind of change that waits; None: all kinds."""
    sooner: datetime
    """From when it may be sent if it is the most urgent of all that were put off."""


_Heap = list[tuple[Any, int, _Entry]]


class Queue:
    """Changes by pair, and pairs to be read, in the order of `priority` and urgency."""

    def __init__(self, read_chunk: int) -> None:
        self._entries: dict[Pair, _Entry] = {}
        self._by_priority: _Heap = []
        self._by_age: _Heap = []
        self._busy: set[Pair] = set()
        self._pushed = 0
        self._taken = 0
        self._urgent = 0
        self._put_off: dict[Pair, _PutOff] = {}
        self._sooner_at = datetime.min.replace(tzinfo=UTC)
        self._now = self._renewed_at = datetime.min.replace(tzinfo=UTC)
        self.reads = PendingReads(read_chunk)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, pair: object) -> bool:
        return pair in self._entries

    @property
    def idle(self) -> bool:
        """True if nothing waits and nothing is on its way."""
        return not (self._entries or self._busy or len(self.reads))

    @property
    def has_only_put_off(self) -> bool:
        """True if nothing is to be sent now but changes that were put off."""
        is_put_off = all(entry.is_put_off for entry in self._entries.values())
        return is_put_off and not (self._busy or len(self.reads))

    def pending(self) -> frozenset[Pair]:
        """The pairs with a waiting change."""
        return frozenset(self._entries)

    @property
    def urgent_count(self) -> int:
        """Number of deletes and raises that wait, and of reads that they need."""
        return self._urgent + self.reads.count(Urgency.URGENT)

    @property
    def oldest_since(self) -> datetime | None:
        """The time since which the oldest change waits. None if none does."""
        return min((entry.since for entry in self._entries.values()), default=None)

    @property
    def exposed_since(self) -> datetime | None:
        """The time since which the oldest delete or raise waits. None if none does."""
        urgent = (entry.since for entry in self._entries.values() if entry.change.kind.urgent)
        return min(urgent, default=None)

    def changes(self) -> tuple[Change, ...]:
        """The changes that wait, in the order of their priority."""
        return tuple(sorted((entry.change for entry in self._entries.values()), key=self._priority))

    def update(self, planned: Collection[Pair], changes: Iterable[Change], now: datetime) -> None:
        """Replace the changes of the planned pairs by these; a planned pair without one leaves the queue."""
        self.renew(now)
        latest = {change.pair: change for change in changes if change.pair not in self._busy}
        for pair in planned:
            if pair not in latest:
                self._drop(pair)
        for change in latest.values():
            self._put(change, now)

    def peek(self, gates: OpenGates = ALL_OPEN) -> NextWork | None:
        """Return what `take` would return now; None if nothing can be sent."""
        work = self._next(gates)
        if isinstance(work, _Entry):
            # The longest waiting change may use the whole budget, or its turn would never come.
            urgency = Urgency.URGENT if self._oldest_is_due() else self._urgency(work.change)
            return NextWork(work.change, urgency)
        return NextWork(work, work.urgency) if work else None

    def take(self, gates: OpenGates = ALL_OPEN) -> Work | None:
        """Return the next piece of work; its pairs are busy until `done`."""
        work = self._next(gates)
        if work is None:
            return None
        self._taken += 1
        if isinstance(work, ReadRequest):
            self.reads.remove(work)
            self._make_busy(work.pairs)
            return work
        self._make_busy([work.change.pair])
        return work.change

    def done(self, work: Work) -> None:
        """End a piece of work, whatever came of it: its pairs may be planned again."""
        self._busy.difference_update(pairs_of(work))

    def renew(self, now: datetime) -> None:
        """Order the changes by their priority at this moment, unless that was done within a second."""
        self._now = now
        if self._urgent and abs(now - self._renewed_at) >= RENEW_EVERY:
            self._renewed_at = now
            waiting = [entry for _, _, entry in self._by_priority if entry.waiting and not entry.is_put_off]
            self._by_priority = [
                (self._priority(entry.change), number, entry) for number, entry in enumerate(waiting)
            ]
            heapq.heapify(self._by_priority)

    def put_off(
        self, pair: Pair, until: datetime, kind: Kind | None = None, *, sooner: datetime | None = None
    ) -> None:
        """Send no change of a pair, or none of one kind, before a steady time.

        The most urgent of all that were put off is sent from `sooner` on.
        """
        self._put_off[pair] = _PutOff(until, kind, min(until, sooner or until))

    def resume(self, now: datetime) -> datetime | None:
        """Let the changes wait normally that were put off until now; return when the next one is due."""
        for pair in [pair for pair, each in self._put_off.items() if each.until <= now]:
            self._resume(pair)
        due = [self._put_off[pair].until for pair in self._put_off if pair in self._entries]
        return min(*due, self._resume_sooner(now)) if due else None

    def resume_most_urgent(self, count: int) -> None:
        """Let the most urgent of the changes that were put off wait normally."""
        for entry in heapq.nsmallest(
            count, self._all_put_off(), key=lambda each: self._priority(each.change)
        ):
            self._resume(entry.change.pair)

    def _resume_sooner(self, now: datetime) -> datetime:
        """Resume the most urgent change if its time has come; return when to look again."""
        if self._sooner_at <= now:
            first = min(self._all_put_off(), key=lambda each: self._priority(each.change), default=None)
            self._sooner_at = self._put_off[first.change.pair].sooner if first else now
            if self._sooner_at <= now:
                self._sooner_at = now + SOONER_EVERY
                if first:
                    self._resume(first.change.pair)
        return self._sooner_at

    def _all_put_off(self) -> list[_Entry]:
        return [entry for entry in self._entries.values() if entry.is_put_off]

    def _resume(self, pair: Pair) -> None:
        del self._put_off[pair]
        entry = self._entries.get(pair)
        if entry and entry.is_put_off:
            entry.is_put_off = False
            self._push(entry)

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
        self._urgent += change.kind.urgent
        put_off = self._put_off.get(change.pair)
        if put_off and put_off.kind in (None, change.kind):
            entry.is_put_off = True
        else:
            self._push(entry)

    def _drop(self, pair: Pair) -> None:
        entry = self._entries.pop(pair, None)
        if entry:
            entry.waiting = False
            self._urgent -= entry.change.kind.urgent

    def _push(self, entry: _Entry) -> None:
        self._pushed += 1
        heapq.heappush(self._by_priority, (self._priority(entry.change), self._pushed, entry))
        heapq.heappush(self._by_age, (entry.since, self._pushed, entry))

    def _urgency(self, change: Change) -> Urgency:
        """Nobody can bet on what is over: hundreds of such deletes at once leave requests for a raise."""
        is_at_risk = not (change.kind.urgent and is_over(change, self._now))
        return URGENCY[change.kind] if is_at_risk else Urgency.ROUTINE

    def _priority(self, change: Change) -> Any:
        return priority(change, self._now)

    def _next(self, gates: OpenGates) -> _Entry | ReadRequest | None:
        entry = self._next_entry() if gates.writes else None
        read = self.reads.first(self._busy) if gates.reads else None
        if gates.urgent_only:
            return self._next_urgent(read if read and read.urgency is Urgency.URGENT else None, gates)
        if read and (entry is None or self._goes_before(read, entry.change) or self._read_is_due()):
            return read
        return entry

    def _goes_before(self, read: ReadRequest, change: Change) -> bool:
        """Return whether a read comes first.

        Creations that may be sent go before reads that allow more of them: a pair that is read and not
        written within minutes has to be read again.
        """
        urgency = URGENCY[change.kind]
        return read.urgency < urgency or read.urgency == urgency != Urgency.CREATE

    def _next_entry(self) -> _Entry | None:
        return self._first(self._by_age) if self._oldest_is_due() else self._first(self._by_priority)

    def _next_urgent(self, read: ReadRequest | None, gates: OpenGates) -> _Entry | ReadRequest | None:
        """The one probe of a minute is a change if possible: it reduces what may be lost."""
        entry = self._first(self._by_priority) if gates.writes else None
        return entry if entry and entry.change.kind.urgent else read

    def _oldest_is_due(self) -> bool:
        if not self._has_turn(OLDEST_EVERY, AT_RISK_EVERY // 2):
            return False
        oldest = self._first(self._by_age)
        return oldest is not None and abs(self._now - oldest.since) >= PATIENCE

    def _read_is_due(self) -> bool:
        return self._has_turn(READ_EVERY, AT_RISK_EVERY)

    def _has_turn(self, every: int, at_risk: int) -> bool:
        """Return whether the next one is the last of `every`; while money is at risk, number `at_risk`."""
        if self._urgent:
            return self._taken % AT_RISK_EVERY == at_risk - 1
        return self._taken % every == every - 1

    def _first(self, heap: _Heap) -> _Entry | None:
        while heap and not heap[0][2].waiting:
            heapq.heappop(heap)
        return heap[0][2] if heap else None


class ProposalQueue(Queue):
    """A queue that returns reads only: its changes can be seen, and are never sent."""

    @property
    def idle(self) -> bool:
        """True if nothing is to be read and nothing is on its way."""
        return not (self._busy or len(self.reads))

    @property
    def urgent_count(self) -> int:
        """None: nothing is sent, so nothing waits."""
        return 0

    def _next(self, gates: OpenGates) -> _Entry | ReadRequest | None:
        return self.reads.first(self._busy) if gates.reads else None


def pairs_of(work: Work) -> tuple[Pair, ...]:
    """Return the pairs that a piece of work is about."""
    return work.pairs if isinstance(work, ReadRequest) else (work.pair,)
