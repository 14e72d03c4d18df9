"""The orders that are compared: syncd's own, and the simple ones that a program might use instead."""

from collections import OrderedDict, deque
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from benchmarks.budget.day import Move, moment
from benchmarks.budget.meter import Account, gap_of
from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair, Prediction
from syncd.model.change import Actual, Change, Kind, Owner, Wanted
from syncd.sync.outcome import succeeded
from syncd.sync.ownership import interpret
from syncd.sync.plan import Policy, plan
from syncd.sync.queue import Queue, Work
from syncd.sync.reads import ReadRequest

RENEW_EVERY_S = 15.0
"""The daemon renews the order each second. Here less often: that takes most of the time of a long backlog."""


class Order(Protocol):
    """Decides what is sent next."""

    def moved(self, move: Move) -> None:
        """Take note that a pair wants something else; the account has it already."""

    def due(self, at: float) -> Urgency | None:
        """Return the urgency of what would be sent now; None if nothing waits."""

    def send(self, at: float) -> None:
        """Carry out what `due` has announced."""


class FirstInFirstOut:
    """Every value is sent, in the order in which they came."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._waiting: deque[Move] = deque()

    def moved(self, move: Move) -> None:
        """Take note of a move that the account has already."""
        self._waiting.append(move)

    def due(self, at: float) -> Urgency | None:
        """Return the urgency of what waits."""
        return Urgency.URGENT if self._waiting else None

    def send(self, at: float) -> None:
        """Send the next value."""
        move = self._waiting.popleft()
        self._account.write(move.pair, move.odds, at)


class LatestValueOnly:
    """The latest value of each pair, in the order in which the pairs began to wait."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._waiting: OrderedDict[Pair, None] = OrderedDict()

    def moved(self, move: Move) -> None:
        """Take note of a move that the account has already."""
        if self._account.wanted[move.pair] == self._account.actual[move.pair]:
            self._waiting.pop(move.pair, None)
        else:
            self._waiting.setdefault(move.pair)

    def due(self, at: float) -> Urgency | None:
        """Return the urgency of what waits."""
        return Urgency.URGENT if self._waiting else None

    def send(self, at: float) -> None:
        """Send the next value."""
        pair = self._next(at)
        del self._waiting[pair]
        self._account.write(pair, self._account.wanted[pair], at)

    def _next(self, at: float) -> Pair:
        return next(iter(self._waiting))


class SoonestKickoff(LatestValueOnly):
    """The latest value of each pair, the next kick-off first, and after it last."""

    def _next(self, at: float) -> Pair:
        kickoffs = self._account.kickoffs
        return min(self._waiting, key=lambda pair: (kickoffs[pair.match_id] <= at, kickoffs[pair.match_id]))


class WidestGap(LatestValueOnly):
    """The latest value of each pair, the one that is too low by most first."""

    def _next(self, at: float) -> Pair:
        wanted, actual, kickoffs = self._account.wanted, self._account.actual, self._account.kickoffs
        return max(
            self._waiting,
            key=lambda pair: (kickoffs[pair.match_id] > at) * gap_of(actual[pair], wanted[pair]),
        )


class SyncdOrder:
    """The daemon's own: `plan`, `Queue` and what they call. Requests take no time here."""

    def __init__(self, account: Account, queue: Queue) -> None:
        self._account = account
        self._queue = queue
        self._policy = Policy(max_jump=Decimal(1000), read_first=True, trust_mass=True)
        self._known = {
            pair: Actual(
                pair=pair, owner=Owner.OURS if odds else Owner.NOBODY, odds=_odds(odds), read_at=moment(0)
            )
            for pair, odds in account.actual.items()
        }
        self._wanted = dict[Pair, Wanted]()

    def moved(self, move: Move) -> None:
        """Take note of a move that the account has already."""
        self._wanted[move.pair] = Wanted(
            pair=move.pair,
            cause=move.cause,
            odds=_odds(move.odds),
            kickoff=moment(self._account.kickoffs[move.pair.match_id]),
        )
        self._plan([move.pair], move.at)

    def due(self, at: float) -> Urgency | None:
        """Return the urgency of what waits."""
        self._queue.renew(_renewed(at))
        work = self._queue.peek()
        return work.urgency if work else None

    def send(self, at: float) -> None:
        """Send the next value."""
        work, now = self._queue.take(), moment(at)
        assert work
        if isinstance(work, ReadRequest):
            self._read(work, now)
        else:
            self._write(work, at)
        self._queue.done(work)
        self._plan(_pairs(work), at)

    def read_back(self, at: float) -> None:
        """Queue a read of everything, as the daemon does at each `resync_every`."""
        self._queue.reads.add(sorted(self._known), Urgency.ROUTINE)

    def plan_again(self, at: float) -> None:
        """Plan the creations that wait, as the daemon does with every poll: some have to be read again."""
        waiting = [each.pair for each in self._queue.changes() if each.kind is Kind.CREATE]
        self._plan(waiting, at)

    def _plan(self, pairs: list[Pair], at: float) -> None:
        result = plan(
            [self._wanted[each] for each in pairs if each in self._wanted],
            self._known,
            self._policy,
            moment(at),
        )
        self._queue.update(pairs, result.changes, _renewed(at))
        self._queue.reads.add(result.urgent_reads, Urgency.URGENT)
        self._queue.reads.add(result.reads, Urgency.CREATE)

    def _write(self, change: Change, at: float) -> None:
        result = succeeded(change, self._known[change.pair], change.after, moment(at))
        self._known[change.pair] = result.actual
        self._account.write(change.pair, _thousandths(change.after), at)

    def _read(self, request: ReadRequest, now: datetime) -> None:
        self._account.reads += 1
        actual = self._account.actual
        rows = [
            Prediction(id=1, pair=pair, odds=odds, source="api")
            for pair in request.pairs
            if (odds := _odds(actual[pair]))
        ]
        for reading in interpret(request.pairs, rows, self._known, "restore", now):
            assert not reading.drift
            self._known[reading.actual.pair] = reading.actual


def _renewed(at: float) -> datetime:
    return moment(at // RENEW_EVERY_S * RENEW_EVERY_S)


def _pairs(work: Work) -> list[Pair]:
    return list(work.pairs) if isinstance(work, ReadRequest) else [work.pair]


def _odds(thousandths: int) -> Decimal | None:
    return Decimal(thousandths).scaleb(-3) if thousandths else None


def _thousandths(odds: Decimal | None) -> int:
    return int(odds.scaleb(3)) if odds else 0
