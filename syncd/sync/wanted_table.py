"""All wanted values, kept up to date match by match, and the moments at which time changes them."""

import asyncio
import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
import structlog

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Owner, Wanted
from syncd.pricing.board import Board
from syncd.sync.actual_table import ActualTable
from syncd.sync.freshness import conditions_of
from syncd.sync.states import Conditions, FilterState, MatchState
from syncd.sync.wanted import wanted

log = structlog.get_logger(__name__)

SLICE = 200
"""Values computed between two turns of the event loop: a few milliseconds."""


class WantedTable(Mapping[Pair, Wanted]):
    """Wanted values by pair. Pairs that want nothing and hold nothing are not kept."""

    def __init__(self, book: ActualTable) -> None:
        self._book = book
        self._wanted: dict[Pair, Wanted] = {}
        self._by_match: dict[int, set[Pair]] = {}
        self._moments: list[tuple[datetime, int]] = []
        # The one of them that counts for each match: the earliest.
        self._due: dict[int, datetime] = {}

    def __getitem__(self, pair: Pair) -> Wanted:
        return self._wanted[pair]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._wanted)

    def __len__(self) -> int:
        return len(self._wanted)

    def match_ids(self) -> frozenset[int]:
        """Every match that something is kept of."""
        return frozenset(match_id for match_id, pairs in self._by_match.items() if pairs)

    def due(self, now: datetime) -> set[int]:
        """The matches for which time alone has changed something by now."""
        matches = set()
        while self._moments and self._moments[0][0] <= now:
            at, match_id = heapq.heappop(self._moments)
            if self._due.get(match_id) == at:
                del self._due[match_id]
                matches.add(match_id)
        return matches

    def next_moment(self) -> datetime | None:
        """When that will next be so; an entry may be outdated, which costs one look."""
        return self._moments[0][0] if self._moments else None

    def look_again(self, match_id: int, at: datetime) -> None:
        """Count a match as due at this moment, unless it is due before: then all is seen anew anyway."""
        known = self._due.get(match_id)
        if known is None or at < known:
            self._due[match_id] = at
            heapq.heappush(self._moments, (at, match_id))

    async def renew(
        self,
        scenes: Collection[MatchState],
        filters: Mapping[int, FilterState],
        conditions: Mapping[int, Conditions],
    ) -> set[Pair]:
        """Compute the values of these matches anew; returns their pairs, the dropped ones too."""
        ruled = [scene for scene in filters.values() if scene.rule]
        touched: set[Pair] = set()
        for count, scene in enumerate(scenes):
            touched |= self._renew_match(scene, ruled, filters, conditions_of(scene, conditions))
            if (count + 1) * max(1, len(ruled)) % SLICE < len(ruled):
                await asyncio.sleep(0)
        return touched

    def _renew_match(
        self,
        scene: MatchState,
        ruled: Iterable[FilterState],
        filters: Mapping[int, FilterState],
        conditions: Conditions,
    ) -> set[Pair]:
        known = set(self._by_match.pop(scene.match_id, ())) | self._book.of_match(scene.match_id)
        by_rule = {Pair(each.filter_id, scene.match_id) for each in ruled} if scene.link else set()
        board = _board(scene, conditions)
        for pair in known | by_rule:
            filter_scene = filters.get(pair.filter_id) or FilterState(filter_id=pair.filter_id)
            self._keep(self._grace_once(_wanted(filter_scene, scene, conditions, board), conditions.now))
        return known | by_rule

    def _grace_once(self, value: Wanted, now: datetime) -> Wanted:
        """A grace ends when it first was to end, however often other prices of the period move meanwhile."""
        before = self._wanted.get(value.pair)
        if not (value.keep and value.until and before and before.cause is value.cause and before.until):
            return value
        until = min(value.until, before.until)
        return msgspec.structs.replace(value, until=until, keep=until > now)

    def _keep(self, value: Wanted) -> None:
        if value.until:
            self.look_again(value.pair.match_id, value.until)
        if value.odds is None and not value.keep and not self._is_ours(value.pair):
            self._wanted.pop(value.pair, None)
            return
        self._wanted[value.pair] = value
        self._by_match.setdefault(value.pair.match_id, set()).add(value.pair)

    def unknown(self, pairs: Iterable[Pair]) -> set[int]:
        """The matches of those pairs that we hold but know no wanted value of, as after a first reading."""
        return {pair.match_id for pair in pairs if pair not in self._wanted and self._is_ours(pair)}

    def _is_ours(self, pair: Pair) -> bool:
        holding = self._book.get(pair)
        return holding is not None and holding.owner is Owner.OURS


def _board(scene: MatchState, conditions: Conditions) -> Board | None:
    """The board for all filters of the match; none where it cannot be made, which each pair then tells."""
    try:
        return scene.board(conditions)
    except Exception:
        log.exception("board_not_made", match_id=scene.match_id)
        return None


def _wanted(filters: FilterState, scene: MatchState, conditions: Conditions, board: Board | None) -> Wanted:
    """One pair that nobody can judge must not keep all others from being judged: it gets no price."""
    try:
        return wanted(filters, scene, conditions, board)
    except Exception as error:
        log.exception("pair_not_judged", filter_id=filters.filter_id, match_id=scene.match_id)
        pair = Pair(filters.filter_id, scene.match_id)
        return Wanted(pair=pair, cause=Cause.FAULT, reason=f"{type(error).__name__}: {error}")


def refusals(wants: Iterable[Wanted]) -> dict[Cause, int]:
    """How many pairs have no price, by the cause."""
    counts: dict[Cause, int] = {}
    for each in wants:
        if each.odds is None:
            counts[each.cause] = counts.get(each.cause, 0) + 1
    return counts
