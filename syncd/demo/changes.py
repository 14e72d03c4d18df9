"""Follows changes of the simulated world until BetTune holds what it should after them.

Everything is observed from outside: the changes of the world itself, and the writes that arrive at the
simulated BetTune. The state and the log of syncd are not used.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from syncd.model.bettune import Pair
from syncd.simulator.bettune_account import ReceivedWrite
from syncd.simulator.game import SimulatedGame
from syncd.simulator.oracle import Oracle
from syncd.simulator.random_events import WorldChange
from syncd.simulator.sandbox import Sandbox

REPORT_AFTER = 15.0
"""Seconds after which a change is reported although some of its writes have not arrived."""

UNTIMED_KINDS = frozenset({"new", "filter"})
"""Kinds of changes that begin at BetTune, whose lists syncd reads less often than Pinnacle's."""


class WriteKind(StrEnum):
    """The effect of a write on Min Odds."""

    RAISED = "raised"
    LOWERED = "lowered"
    CREATED = "created"
    DELETED = "deleted"


@dataclass(slots=True, kw_only=True, eq=False)
class ExpectedWrite:
    """A write that should follow a change."""

    pair: Pair
    before: Decimal | None
    """Pinnacle's price before the change; `after` is the price since."""
    after: Decimal | None
    actual: Decimal | None
    """The Min Odds at BetTune at the time of the change."""
    since: float
    """The time they became wrong, in seconds of the monotonic clock."""
    took: float | None = None
    """Seconds until the write arrived; None if it has not, or was not needed."""
    superseded: bool = False
    """The world changed again before the write arrived: a later expected write replaces this one."""
    timed: bool = True
    """False if the change began at BetTune: then the time is no measure of syncd."""

    @property
    def kind(self) -> WriteKind:
        """The effect that the write should have."""
        if self.actual is None or self.after is None:
            return WriteKind.DELETED if self.after is None else WriteKind.CREATED
        return WriteKind.RAISED if self.after > self.actual else WriteKind.LOWERED

    @property
    def pending(self) -> bool:
        """True if the write is still expected."""
        return self.took is None and not self.superseded


@dataclass(slots=True, kw_only=True, eq=False)
class TrackedChange:
    """One change of the world, with the writes that should follow."""

    kinds: tuple[str, ...]
    """Stable codes, as in `WorldChange.kind`."""
    at: float
    """Seconds of the monotonic clock."""
    game: SimulatedGame | None = None
    title: str = ""
    """A name for what changed, if it is not a game."""
    expected: list[ExpectedWrite] = field(default_factory=list)
    by_hand: list[tuple[Pair, Decimal | None, Decimal | None]] = field(default_factory=list)
    """Pinnacle's price before and after, for pairs with Min Odds set by hand: no write should follow."""

    @property
    def done(self) -> bool:
        """True if all writes have arrived."""
        return not any(write.pending for write in self.expected)

    @property
    def took(self) -> float | None:
        """Seconds until the last write arrived; None if none has."""
        return max((write.took for write in self.expected if write.took is not None), default=None)


class ChangeTracker:
    """Compares the world with its state a moment ago, and each write with those expected."""

    def __init__(self, sandbox: Sandbox, oracle: Oracle) -> None:
        self._sandbox = sandbox
        self._account = sandbox.bettune.account
        self._oracle = oracle
        self._wanted = oracle.wanted(self._account.filters)
        self._pending: dict[Pair, ExpectedWrite] = {}
        self._written_at: dict[Pair, float] = {}
        self._writes_read = 0
        self._unreported: list[TrackedChange] = []
        self.followed: list[ExpectedWrite] = []
        """The expected writes that have arrived."""

    def begin(self) -> None:
        """Ignore everything up to now: it was the first fill."""
        self._writes_read = len(self._account.writes)
        self._wanted = self._oracle.wanted(self._account.filters)

    def track(self, changes: Iterable[WorldChange]) -> None:
        """Expect the writes that should follow. To be called as soon as the world has changed."""
        now = self._sandbox.world.clock.monotonic()
        tracked: dict[int, TrackedChange] = {}
        for each in changes:
            change = tracked.setdefault(id(each.game), TrackedChange(kinds=(), at=now, game=each.game))
            change.kinds += (each.kind,)
        for pair, before, after in self._differences():
            game = self._sandbox.world.game_of_match(pair.match_id)
            change = tracked.setdefault(id(game), TrackedChange(kinds=("other",), at=now, game=game))
            self._expect(change, pair, before, after)
        self._unreported += tracked.values()

    def track_other(self, kind: str, title: str) -> None:
        """Expect the writes that should follow a change of something other than a game."""
        change = TrackedChange(kinds=(kind,), at=self._sandbox.world.clock.monotonic(), title=title)
        for pair, before, after in self._differences():
            self._expect(change, pair, before, after)
        self._unreported.append(change)

    def finished(self) -> Iterator[TrackedChange]:
        """The changes that are done, or overdue, since the last call."""
        self._read_writes()
        now = self._sandbox.world.clock.monotonic()
        ready = [change for change in self._unreported if change.done or now - change.at > REPORT_AFTER]
        self._unreported = [change for change in self._unreported if change not in ready]
        yield from ready

    def _read_writes(self) -> None:
        writes = self._account.writes
        for write in writes[self._writes_read :]:
            self._written_at[write.pair] = write.seconds
            self._match(write)
        self._writes_read = len(writes)

    def _differences(self) -> Iterator[tuple[Pair, Decimal | None, Decimal | None]]:
        self._read_writes()
        before, self._wanted = self._wanted, self._oracle.wanted(self._account.filters)
        for pair in sorted(before.keys() | self._wanted.keys()):
            if before.get(pair) != self._wanted.get(pair):
                yield pair, before.get(pair), self._wanted.get(pair)

    def _expect(
        self, change: TrackedChange, pair: Pair, before: Decimal | None, after: Decimal | None
    ) -> None:
        prediction = self._account.prediction(pair)
        if prediction is not None and prediction.source == "ui":
            change.by_hand.append((pair, before, after))
            return
        timed = not UNTIMED_KINDS.intersection(change.kinds)
        actual = None if prediction is None else prediction.odds
        new = ExpectedWrite(
            pair=pair, before=before, after=after, actual=actual, since=self._since(change), timed=timed
        )
        change.expected.append(new)
        old = self._pending.pop(pair, None)
        if old is not None:
            # The Min Odds have been wrong since the older change, so the time counts from there.
            old.superseded, new.since, new.timed = True, old.since, timed and old.timed
        if actual != after:
            self._pending[pair] = new
        elif old is not None:
            new.superseded = True  # the price went back before anything was written
        else:
            # Written before this look at the world: syncd knows by the clock when betting ends.
            self._follow(new, self._written_at.get(pair, new.since))

    def _since(self, change: TrackedChange) -> float:
        """The time of the change. A kick-off happened at its own time, not when it was noticed."""
        if change.game is None or "kick_off" not in change.kinds:
            return change.at
        late = self._sandbox.world.now() - change.game.kickoff
        return change.at - max(0.0, late.total_seconds())

    def _match(self, write: ReceivedWrite) -> None:
        expected = self._pending.get(write.pair)
        if expected is not None and expected.after == (write.after.odds if write.after else None):
            del self._pending[write.pair]
            self._follow(expected, write.seconds)

    def _follow(self, expected: ExpectedWrite, at: float) -> None:
        expected.took = max(0.0, at - expected.since)
        self.followed.append(expected)
