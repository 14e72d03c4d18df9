"""All wanted values, kept up to date match by match, and the moments at which time changes them."""

import asyncio
import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Owner, Wanted
from syncd.sync.book import Book
from syncd.sync.scene import Conditions, FilterScene, MatchScene
from syncd.sync.wanted import wanted

SLICE = 200
"""Values computed between two turns of the event loop: a few milliseconds."""


class Wants(Mapping[Pair, Wanted]):
    """Wanted values by pair. Pairs that want nothing and hold nothing are not kept."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._wanted: dict[Pair, Wanted] = {}
        self._by_match: dict[int, set[Pair]] = {}
        self._moments: list[tuple[datetime, int]] = []
        # The same moments, so that none stands twice however often its match is renewed.
        self._reminded: set[tuple[datetime, int]] = set()

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
            moment = heapq.heappop(self._moments)
            self._reminded.discard(moment)
            matches.add(moment[1])
        return matches

    def next_moment(self) -> datetime | None:
        """When that will next be so; an entry may be outdated, which costs one look."""
        return self._moments[0][0] if self._moments else None

    def look_again(self, match_id: int, at: datetime) -> None:
        """Count a match as due at this moment."""
        if (at, match_id) not in self._reminded:
            self._reminded.add((at, match_id))
            heapq.heappush(self._moments, (at, match_id))

    async def renew(
        self,
        scenes: Collection[MatchScene],
        filters: Mapping[int, FilterScene],
        conditions: Mapping[int, Conditions],
    ) -> set[Pair]:
        """Compute the values of these matches anew; returns their pairs, the dropped ones too."""
        ruled = [scene for scene in filters.values() if scene.rule]
        anywhere = next(iter(conditions.values()))
        touched: set[Pair] = set()
        for count, scene in enumerate(scenes):
            here = conditions.get(scene.event.event.sport_id, anywhere) if scene.event else anywhere
            touched |= self._renew_match(scene, ruled, filters, here)
            if (count + 1) * max(1, len(ruled)) % SLICE < len(ruled):
                await asyncio.sleep(0)
        return touched

    def _renew_match(
        self,
        scene: MatchScene,
        ruled: Iterable[FilterScene],
        filters: Mapping[int, FilterScene],
        conditions: Conditions,
    ) -> set[Pair]:
        known = set(self._by_match.pop(scene.match_id, ())) | self._book.of_match(scene.match_id)
        by_rule = {Pair(each.filter_id, scene.match_id) for each in ruled} if scene.link else set()
        for pair in known | by_rule:
            filter_scene = filters.get(pair.filter_id) or FilterScene(filter_id=pair.filter_id)
            self._keep(wanted(filter_scene, scene, conditions))
        return known | by_rule

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


def refusals(wants: Iterable[Wanted]) -> dict[Cause, int]:
    """How many pairs have no price, by the cause."""
    counts: dict[Cause, int] = {}
    for each in wants:
        if each.odds is None:
            counts[each.cause] = counts.get(each.cause, 0) + 1
    return counts
