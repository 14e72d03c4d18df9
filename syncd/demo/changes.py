"""What changes in the simulated world, what BetTune ought to hold from then on, and when it does.

Everything is seen from outside: changes in the world itself, writes as they arrive at the simulated
BetTune. What syncd believes or logs is not asked.
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

PATIENCE = 15.0
"""Seconds after which a story is told though BetTune does not hold all of it yet."""

NOT_TIMED = frozenset({"new", "filter"})
"""Kinds of stories that begin at BetTune."""


class WriteKind(StrEnum):
    """What becomes of Min Odds."""

    RAISED = "raised"
    LOWERED = "lowered"
    CREATED = "created"
    DELETED = "deleted"


@dataclass(slots=True, kw_only=True, eq=False)
class ExpectedWrite:
    """Min Odds that ought to change."""

    pair: Pair
    before: Decimal | None
    """Pinnacle's price before; what it is now is `after`."""
    after: Decimal | None
    held: Decimal | None
    """What BetTune held."""
    since: float
    """Since when BetTune has held something else; seconds of the monotonic clock."""
    took: float | None = None
    """Seconds until the write arrived; none: it has not, or was not needed."""
    overtaken: bool = False
    """The world changed again before: a later one takes its place."""
    timed: bool = True
    """Pinnacle changed it. BetTune's own lists are read more seldom, and are no measure."""

    @property
    def verb(self) -> WriteKind:
        """What has to be done."""
        if self.held is None or self.after is None:
            return WriteKind.DELETED if self.after is None else WriteKind.CREATED
        return WriteKind.RAISED if self.after > self.held else WriteKind.LOWERED

    @property
    def open(self) -> bool:
        """Whether BetTune still holds something else."""
        return self.took is None and not self.overtaken


@dataclass(slots=True, kw_only=True, eq=False)
class TrackedChange:
    """One thing that happened, and all that ought to come of it."""

    kinds: tuple[str, ...]
    """Stable words, as in `WorldChange.kind`."""
    at: float
    game: SimulatedGame | None = None
    words: str = ""
    """Of what is no game's own doing: the whole sentence."""
    expected: list[ExpectedWrite] = field(default_factory=list)
    by_hand: list[tuple[Pair, Decimal | None, Decimal | None]] = field(default_factory=list)
    """Prices that changed under Min Odds made by hand: nothing ought to come of it."""

    @property
    def done(self) -> bool:
        """Whether BetTune holds what it ought to."""
        return not any(each.open for each in self.expected)

    @property
    def took(self) -> float | None:
        """Seconds until the last of it had arrived."""
        return max((each.took for each in self.expected if each.took is not None), default=None)


class ChangeTracker:
    """Compares the world with what it was a moment ago, and every write with what was to come."""

    def __init__(self, box: Sandbox, truth: Oracle) -> None:
        self._box = box
        self._truth = truth
        self._wanted = truth.wanted(box.bettune.account.filters)
        self._open: dict[Pair, ExpectedWrite] = {}
        self._written_at: dict[Pair, float] = {}
        self._heard = 0
        self._untold: list[TrackedChange] = []
        self.followed: list[ExpectedWrite] = []
        """What had to change, and has."""

    def begin(self) -> None:
        """Everything up to now was the first fill."""
        self._heard = len(self._box.bettune.account.writes)
        self._wanted = self._truth.wanted(self._box.bettune.account.filters)

    def look(self, happenings: Iterable[WorldChange]) -> None:
        """To be called as soon as the world has moved: from now on BetTune is behind."""
        now = self._box.world.clock.monotonic()
        stories: dict[int, TrackedChange] = {}
        for each in happenings:
            story = stories.setdefault(id(each.game), TrackedChange(kinds=(), at=now, game=each.game))
            story.kinds += (each.kind,)
        for pair, before, after in self._differences():
            game = self._box.world.game_of_match(pair.match_id)
            story = stories.setdefault(id(game), TrackedChange(kinds=("other",), at=now, game=game))
            self._expect(story, pair, before, after)
        self._untold += stories.values()

    def look_at(self, kind: str, words: str) -> None:
        """The same after something that is no game's own doing."""
        story = TrackedChange(kinds=(kind,), at=self._box.world.clock.monotonic(), words=words)
        for pair, before, after in self._differences():
            self._expect(story, pair, before, after)
        self._untold.append(story)

    def hear(self) -> None:
        """Take up the writes that have arrived since."""
        writes = self._box.bettune.account.writes
        for write in writes[self._heard :]:
            self._written_at[write.pair] = write.seconds
            self._settle(write)
        self._heard = len(writes)

    def finished(self) -> Iterator[TrackedChange]:
        """Stories that have come to their end, each once, in the order of their ends."""
        self.hear()
        now = self._box.world.clock.monotonic()
        ready = [story for story in self._untold if story.done or now - story.at > PATIENCE]
        self._untold = [story for story in self._untold if story not in ready]
        yield from ready

    def _differences(self) -> Iterator[tuple[Pair, Decimal | None, Decimal | None]]:
        self.hear()
        before, self._wanted = self._wanted, self._truth.wanted(self._box.bettune.account.filters)
        for pair in sorted(before.keys() | self._wanted.keys()):
            if before.get(pair) != self._wanted.get(pair):
                yield pair, before.get(pair), self._wanted.get(pair)

    def _expect(
        self, story: TrackedChange, pair: Pair, before: Decimal | None, after: Decimal | None
    ) -> None:
        row = self._box.bettune.account.prediction(pair)
        if row is not None and row.source == "ui":
            story.by_hand.append((pair, before, after))
            return
        timed = not NOT_TIMED.intersection(story.kinds)
        held = None if row is None else row.odds
        new = ExpectedWrite(
            pair=pair, before=before, after=after, held=held, since=self._since(story), timed=timed
        )
        story.expected.append(new)
        old = self._open.pop(pair, None)
        if old is not None:
            # It has been behind since the older change, and that is what counts.
            old.overtaken, new.since, new.timed = True, old.since, timed and old.timed
        if held != after:
            self._open[pair] = new
        elif old is not None:
            new.overtaken = True  # the price went back before anything was written
        else:
            # Written before we looked: syncd knows by the clock when bets end.
            self._follow(new, self._written_at.get(pair, new.since))

    def _since(self, story: TrackedChange) -> float:
        """A kick-off is noticed by the next look, but it was when it was."""
        if story.game is None or "kick_off" not in story.kinds:
            return story.at
        late = self._box.world.now() - story.game.kickoff
        return story.at - max(0.0, late.total_seconds())

    def _settle(self, write: ReceivedWrite) -> None:
        expected = self._open.get(write.pair)
        if expected is not None and expected.after == (write.after.odds if write.after else None):
            del self._open[write.pair]
            self._follow(expected, write.seconds)

    def _follow(self, expected: ExpectedWrite, at: float) -> None:
        expected.took = max(0.0, at - expected.since)
        self.followed.append(expected)
