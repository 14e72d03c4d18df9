"""All wanted values, kept up to date match by match, and the moments at which time alone changes them."""

import asyncio
import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
import structlog

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Wanted
from syncd.pricing.board import Board
from syncd.sync.actual_table import ActualTable
from syncd.sync.freshness import conditions_of
from syncd.sync.states import Conditions, FilterState, MatchState
from syncd.sync.wanted import wanted

log = structlog.get_logger(__name__)

VALUES_PER_SLICE = 60
"""Number of values computed before the event loop gets its turn: a few milliseconds of work."""


class WantedTable(Mapping[Pair, Wanted]):
    """Wanted values by pair. Pairs that want nothing and hold nothing of ours are not kept."""

    def __init__(self, actual: ActualTable) -> None:
        self._actual = actual
        self._values: dict[Pair, Wanted] = {}
        self._by_match: dict[int, set[Pair]] = {}
        self._titles: dict[int, str] = {}
        self._moments: list[tuple[datetime, int]] = []
        # For each match the entry that counts, which is the earliest.
        self._due: dict[int, datetime] = {}

    def __getitem__(self, pair: Pair) -> Wanted:
        return self._values[pair]

    def __contains__(self, pair: object) -> bool:
        return pair in self._values

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def copy(self) -> dict[Pair, Wanted]:
        """Return all values as they are now, in a fraction of the time that reading each of them takes."""
        return self._values.copy()

    def title_of(self, match_id: int) -> str:
        """Return the last title of a match of which a value is kept. Empty if none is known."""
        return self._titles.get(match_id, "")

    def match_ids(self) -> frozenset[int]:
        """Return every match of which a value is kept."""
        return frozenset(match_id for match_id, pairs in self._by_match.items() if pairs)

    def pop_due(self, now: datetime) -> set[int]:
        """Return the matches for which time alone has changed something by now, each once."""
        matches = set()
        while self._moments and self._moments[0][0] <= now:
            at, match_id = heapq.heappop(self._moments)
            if self._due.get(match_id) == at:
                del self._due[match_id]
                matches.add(match_id)
        return matches

    def next_moment(self) -> datetime | None:
        """Return when `pop_due` should be called next; an entry may be outdated, which costs one call."""
        return self._moments[0][0] if self._moments else None

    def expire(self, match_id: int, at: datetime) -> None:
        """Count a match as due at this moment, unless it is due before: then all its values are renewed."""
        known = self._due.get(match_id)
        if known is None or at < known:
            self._due[match_id] = at
            heapq.heappush(self._moments, (at, match_id))

    async def renew(
        self,
        matches: Collection[MatchState],
        filters: Mapping[int, FilterState],
        conditions: Mapping[int, Conditions],
    ) -> set[Pair]:
        """Compute the values of these matches again; return their pairs, dropped ones included."""
        with_rule = [each for each in filters.values() if each.rule]
        renewed: set[Pair] = set()
        for count, match in enumerate(matches):
            renewed |= self._renew_match(match, with_rule, filters, conditions_of(match, conditions))
            if (count + 1) * max(1, len(with_rule)) % VALUES_PER_SLICE < len(with_rule):
                await asyncio.sleep(0)
        return renewed

    def _renew_match(
        self,
        match: MatchState,
        with_rule: Iterable[FilterState],
        filters: Mapping[int, FilterState],
        conditions: Conditions,
    ) -> set[Pair]:
        pairs = set(self._by_match.pop(match.match_id, ())) | self._actual.of_match(match.match_id)
        if match.link:
            pairs |= {Pair(each.filter_id, match.match_id) for each in with_rule}
        states = [filters.get(pair.filter_id) or FilterState(filter_id=pair.filter_id) for pair in pairs]
        for value in values_of_match(match, states, conditions):
            self._keep(self._with_first_grace(value, conditions.now))
        self._keep_title(match)
        return pairs

    def _keep_title(self, match: MatchState) -> None:
        if match.match_id not in self._by_match:
            self._titles.pop(match.match_id, None)
        elif match.match is not None:
            self._titles[match.match_id] = match.match.title

    def _with_first_grace(self, value: Wanted, now: datetime) -> Wanted:
        """Keep the first end of a grace: later changes in the period must not extend it."""
        before = self._values.get(value.pair)
        if not (value.keep and value.until and before and before.cause is value.cause and before.until):
            return value
        until = min(value.until, before.until)
        return msgspec.structs.replace(value, until=until, keep=until > now)

    def _keep(self, value: Wanted) -> None:
        if value.until:
            self.expire(value.pair.match_id, value.until)
        if value.odds is None and not value.keep and not self._may_be_active(value.pair):
            self._values.pop(value.pair, None)
            return
        self._values[value.pair] = value
        self._by_match.setdefault(value.pair.match_id, set()).add(value.pair)

    def match_ids_without_value(self, pairs: Iterable[Pair]) -> set[int]:
        """Return the matches of pairs that may be active, but have no wanted value."""
        return {pair.match_id for pair in pairs if pair not in self._values and self._may_be_active(pair)}

    def _may_be_active(self, pair: Pair) -> bool:
        actual = self._actual.get(pair)
        return actual is not None and actual.may_be_active


def values_of_match(
    match: MatchState, filters: Iterable[FilterState], conditions: Conditions
) -> Iterator[Wanted]:
    """Compute the wanted values of one match for these filters; the board is made once for all of them."""
    board = _board(match, conditions)
    for each in filters:
        yield _wanted_or_fault(each, match, conditions, board)


def _board(match: MatchState, conditions: Conditions) -> Board | None:
    """Make the board; None if it cannot be made, which every pair then reports as its own fault."""
    try:
        return match.board(conditions)
    except Exception:
        log.exception("board_not_made", match_id=match.match_id)
        return None


def _wanted_or_fault(
    filters: FilterState, match: MatchState, conditions: Conditions, board: Board | None
) -> Wanted:
    """Compute one value. A fault of ours costs this pair its price, and no other."""
    try:
        return wanted(filters, match, conditions, board)
    except Exception as error:
        log.exception("pair_not_judged", filter_id=filters.filter_id, match_id=match.match_id)
        pair = Pair(filters.filter_id, match.match_id)
        return Wanted(pair=pair, cause=Cause.FAULT, reason=f"{type(error).__name__}: {error}")
