"""Meters what BetTune holds against what the world says, at every moment of a run.

*Exposure* is time during which a prediction of ours is lower than it should be, or should not be there. An
*episode* is one such time of one pair.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatch

import msgspec

from benchmarks.simulate.audit import WrongWrite
from syncd.model.bettune import Filter, Pair, at_six_decimals
from syncd.simulator.bettune_account import ReceivedWrite
from syncd.simulator.client_config import RULED_FILTERS
from syncd.simulator.game import SimulatedGame
from syncd.simulator.sandbox import Sandbox

EVERYTHING_EVERY_S = 600.0
"""Between two comparisons of everything, which prove that no change was missed."""

ENOUGH = 12
"""Wanted predictions of which it is worth while to say how many are there."""

REMEMBERED_S = 1800.0
"""A price that was right within this time is stale when it is written, but not invented."""

CLOSED_FOR_S = 60.0
"""A price of what has closed meanwhile may stand for so long: halts and prices are in two lists, and the one
that comes first is believed until the other has come."""


class Episode(msgspec.Struct, kw_only=True, gc=False):
    """A time during which a prediction of ours is too low, or should not be there."""

    pair: Pair
    since: float
    until: float = 0.0
    odds: Decimal
    wanted: Decimal | None

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.until - self.since


class Meter:
    """Follows the truth and the writes. Call `step` after each step of the world."""

    def __init__(self, sandbox: Sandbox, record: Callable[[str], None], *, settled_s: float) -> None:
        """`settled_s`: what has been wanted for so long should be there."""
        self._settled_s = settled_s
        self._wanted_since: dict[Pair, float] = {}
        self._sandbox = sandbox
        self._record = record
        self._oracle = sandbox.oracle(ruled=_is_ruled)
        self._clock = sandbox.world.clock
        self._truth: dict[Pair, Decimal | None] = {}
        self._before: dict[Pair, deque[tuple[float, Decimal | None]]] = {}
        self._due: dict[SimulatedGame, datetime] = {}
        self._open: dict[Pair, Episode] = {}
        self._of_closed: dict[Pair, ReceivedWrite] = {}
        """Prices that were never right, of what has closed meanwhile."""
        self._day = sandbox.world.now().date()
        self._checked_at = float("-inf")
        self.episodes: list[Episode] = []
        self._pairs: dict[Pair, Pair] = {}
        """One object for each pair: those of thousands of episodes would look like a leak."""
        self.wrong_writes: list[WrongWrite] = []
        self.writes = 0
        self.forgives_values = False
        """True while BetTune itself keeps other odds than it was sent."""
        self.coverage: list[tuple[float, float]] = []
        """When, and the share of the wanted predictions that were there; at each comparison of everything."""

    def forgive_values(self, *, forgive: bool) -> None:
        """From now on blame nobody for what BetTune makes of its odds, or do so again."""
        self._take_writes()  # made until now, and judged by what was so then
        self.forgives_values = forgive

    def edited(self, pair: Pair) -> None:
        """Take in that a user has changed or deleted a prediction."""
        self._take_writes()
        self._judge(pair, self._clock.monotonic())

    def learn(self, game: SimulatedGame) -> None:
        """Take in that a game has changed in the world."""
        self._take_writes()
        now = self._sandbox.world.now()
        self._due[game] = _next_cutoff(game, now)
        if game.match is None or not game.linkable:
            return
        for found in self._filters():
            price = self._oracle.price(game, found.bet_type)
            self._set_truth(Pair(found.id, game.match.id), None if price is None else at_six_decimals(price))

    def step(self) -> None:
        """Take in what was written since the last step, and what time alone has changed."""
        self._take_writes()
        self._blame_what_stands()
        now = self._sandbox.world.now()
        if now.date() != self._day:
            self._day, self._due = now.date(), {}
        for game in self._sandbox.world.games:
            if now >= self._due.get(game, now):
                self.learn(game)
        if self._clock.monotonic() - self._checked_at >= EVERYTHING_EVERY_S:
            self._checked_at = self._clock.monotonic()
            self._compare_everything()

    def finish(self) -> None:
        """End the episodes that are still open."""
        self._take_writes()
        for pair in list(self._open):
            self._end(pair, self._clock.monotonic())

    def open_episodes(self) -> list[Episode]:
        """Those that have not ended."""
        return list(self._open.values())

    # --- the truth

    def _filters(self) -> list[Filter]:
        account = self._sandbox.bettune.account
        return [each for each in account.filters if each.approved and _is_ruled(each)]

    def _set_truth(self, pair: Pair, value: Decimal | None) -> None:
        now = self._clock.monotonic()
        if pair in self._truth and self._truth[pair] == value:
            return
        if value is None:
            self._wanted_since.pop(pair, None)
        else:
            self._wanted_since.setdefault(pair, now)
        past = self._before.setdefault(pair, deque())
        past.append((now, self._truth.get(pair)))
        while past[0][0] < now - REMEMBERED_S:
            past.popleft()
        self._truth[pair] = value
        self._judge(pair, now)

    def _compare_everything(self) -> None:
        account, now = self._sandbox.bettune.account, self._clock.monotonic()
        wanted = self._oracle.wanted(account.filters)
        for pair in sorted(self._truth.keys() | wanted.keys()):
            if self._truth.get(pair) != wanted.get(pair):
                raise AssertionError(f"the meter missed a change of {pair}")
        for pair in sorted(account.predictions()):
            self._judge(pair, now)
        actual = account.odds()
        settled = [pair for pair in wanted if now - self._wanted_since[pair] >= self._settled_s]
        if len(settled) >= ENOUGH:
            self.coverage.append((now, sum(pair in actual for pair in settled) / len(settled)))
        past = [pair for pair in self._truth if self._truth[pair] is None and pair not in actual]
        for pair in past:
            last = self._before[pair][-1][0] if self._before.get(pair) else now
            if last < now - REMEMBERED_S:
                self._truth.pop(pair)
                self._before.pop(pair, None)

    # --- what BetTune holds

    def _take_writes(self) -> None:
        writes = self._sandbox.bettune.account.writes
        for write in writes:
            self.writes += 1
            self._judge_write(write)
            self._judge_at(write.pair, write.seconds, None if write.after is None else write.after.odds)
        writes.clear()

    def _judge_write(self, write: ReceivedWrite) -> None:
        self._of_closed.pop(write.pair, None)
        found = next((f for f in self._sandbox.bettune.account.filters if f.id == write.pair.filter_id), None)
        if found is None or not _is_ruled(found):
            self._blame(write, "foreign_filter")
        elif write.after is None or self.forgives_values or self._was_right(write):
            return
        elif self._truth.get(write.pair) is None and self._before.get(write.pair):
            self._of_closed[write.pair] = write
        else:
            self._blame(write, "wrong_value")

    def _blame_what_stands(self) -> None:
        until = self._clock.monotonic() - CLOSED_FOR_S
        for pair, write in list(self._of_closed.items()):
            if write.seconds < until:
                self._blame(self._of_closed.pop(pair), "wrong_value")

    def _was_right(self, write: ReceivedWrite) -> bool:
        """Whether the odds are, or were lately, right or higher."""
        assert write.after is not None
        past = self._before.get(write.pair, ())
        recent = [value for until, value in past if until >= write.seconds - REMEMBERED_S]
        known = [value for value in (self._truth.get(write.pair), *recent) if value is not None]
        return bool(known) and write.after.odds >= min(known)

    def _blame(self, write: ReceivedWrite, rule: str) -> None:
        odds = None if write.after is None else write.after.odds
        text = f"{write.pair}: {odds}, should be {self._truth.get(write.pair)}"
        self.wrong_writes.append(WrongWrite(at=write.seconds, rule=rule, text=text))
        self._record(f"WRONG WRITE {rule} {text}")

    # --- episodes

    def _judge(self, pair: Pair, now: float) -> None:
        row = self._sandbox.bettune.account.prediction(pair)
        self._judge_at(pair, now, None if row is None or row.source == "ui" else row.odds)

    def _judge_at(self, pair: Pair, now: float, odds: Decimal | None) -> None:
        pair, wanted = self._pairs.setdefault(pair, pair), self._truth.get(pair)
        exposed = odds is not None and (wanted is None or odds < wanted)
        if not exposed:
            self._end(pair, now)
            return
        assert odds is not None
        before = self._open.get(pair)
        if before is None:
            self._open[pair] = Episode(pair=pair, since=now, odds=odds, wanted=wanted)
        elif odds != before.odds:
            # Other odds that are wrong by now: what counts is how long ago they were right. Odds that BetTune
            # made up were never sent, and how a price moves that has closed is not followed: both prolong the
            # exposure that there was.
            self._end(pair, now)
            is_unknown = self.forgives_values or wanted is None
            right_until = None if is_unknown else self._right_until(pair, odds)
            since = right_until or before.since
            self._open[pair] = Episode(pair=pair, since=since, odds=odds, wanted=wanted)

    def _right_until(self, pair: Pair, odds: Decimal) -> float | None:
        """The last moment at which these odds were right; None if they were not."""
        past = reversed(self._before.get(pair, ()))
        return next((until for until, value in past if value is not None and odds >= value), None)

    def _end(self, pair: Pair, now: float) -> None:
        episode = self._open.pop(pair, None)
        if episode is not None:
            episode.until = now
            self.episodes.append(episode)


def _is_ruled(found: Filter) -> bool:
    return fnmatch(found.name, RULED_FILTERS)


def _next_cutoff(game: SimulatedGame, now: datetime) -> datetime:
    """When time alone changes what is offered next."""
    events = [event for event in (game.main,) if event is not None]
    cutoffs = [period.cutoff for event in events for period in event.periods.values()]
    cutoffs += [special.cutoff for special in game.specials]
    return min((each for each in cutoffs if each > now), default=datetime.max.replace(tzinfo=now.tzinfo))
