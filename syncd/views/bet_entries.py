"""All pairs that the list of bets can show, made once for all readers and renewed as they are read.

The working daemon has wanted and actual values in memory. One that stands by, or has not planned yet, has
what was recorded of BetTune's predictions, and one that only withdraws knows what is still active.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from syncd.app.components import Components
from syncd.app.daemon import Daemon
from syncd.linking.link_details import GAME_OVER_AFTER
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Wanted
from syncd.model.horizon import horizon
from syncd.store import predictions
from syncd.store.rows import in_chunks
from syncd.sync.inputs import load_filters
from syncd.sync.states import FilterState
from syncd.views.bet_state import BetState, recorded_state, state_of
from syncd.views.match_book import MatchBook, MatchNames, names_by_id
from syncd.views.shared import FRESH_S, Shared

ENTRIES_PER_SLICE = 2_000
"""Entries made between two turns of the event loop: a few milliseconds of work."""

RECENT_S = 8.0
"""Entries may be this old: no page waits for them to be made again while somebody looks at it."""


async def let_others_run() -> None:
    """Give the event loop a turn in the middle of long work."""
    await asyncio.sleep(0)


class BetSource(StrEnum):
    """The source of the list."""

    WORKING = "working"
    """Wanted and actual values of this process."""
    WITHDRAWING = "withdrawing"
    """This process only withdraws: what is active is to be deleted."""
    RECORDED = "recorded"
    """The database: another process works, or this one has not compared anything yet."""


class BetEntry(msgspec.Struct, frozen=True, gc=False):
    """One pair, not yet as text."""

    pair: Pair
    match: MatchNames | None
    """None if nothing is known of it."""
    filter: str
    kickoff: datetime
    """By Pinnacle, else by BetTune; the moment itself if nobody knows."""
    state: BetState
    wanted: Wanted | None
    actual: Actual | None
    withheld: str = ""
    """The reason why its change is withheld; empty if it is not."""
    is_settled: bool = True
    """False if the state depends on more than the values: on the queue, on what is withheld, or on time."""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """All that the list can be narrowed to."""

    days: tuple[date, ...] = ()
    """Those of the kick-offs, in UTC."""
    leagues: tuple[str, ...] = ()
    filters: dict[int, str] = {}
    """The names of the filters that have entries."""


class BetEntries(msgspec.Struct, frozen=True, kw_only=True):
    """All pairs at one moment."""

    at: datetime
    source: BetSource
    entries: list[BetEntry]
    """In the order of kick-off."""
    filters: Mapping[int, FilterState]
    """Every filter that BetTune lists, by id."""
    choices: Choices


class BetTable:
    """Makes the entries, one making at a time; those of which nothing has changed are kept."""

    def __init__(self, daemon: Daemon, *, fresh_s: float = FRESH_S) -> None:
        self._daemon = daemon
        self._book = MatchBook(daemon.clock)
        self._shared = Shared(self._make, fresh_s=fresh_s)
        self._max_age_s = RECENT_S if fresh_s else 0.0
        self._latest: BetEntries | None = None
        self._known: dict[Pair, BetEntry] = {}

    async def entries(self) -> BetEntries:
        """Return all entries, at most a few seconds old. Raises `StoreError`."""
        return await self._shared.recent(self._max_age_s)

    async def close(self) -> None:
        """End a making that is under way."""
        await self._shared.close()

    async def of_match(self, match_id: int) -> BetEntries:
        """Make the entries of one match alone, which takes no time. Raises `StoreError`."""
        source, components = source_of(self._daemon), self._daemon.components
        async with self._daemon.store.read() as conn:
            names = await names_by_id(conn, [match_id])
            if components is None or source is BetSource.RECORDED:
                filters = await load_filters(conn, self._daemon.settings)
                actual = await predictions.load_of_match(conn, match_id)
            else:
                filters, table = components.planner.filters, components.actual
                actual = {pair: table[pair] for pair in table.of_match(match_id)}
        works = components if source is BetSource.WORKING else None
        maker = _Maker(self._daemon, names, filters, actual, works)
        pairs = {*actual, *(Pair(filter_id, match_id) for filter_id in filters)}
        entries = [entry for pair in sorted(pairs) if (entry := maker.entry(pair, None))]
        return BetEntries(
            at=self._daemon.clock.now(), source=source, entries=entries, filters=filters, choices=Choices()
        )

    async def _make(self) -> BetEntries:
        source, components = source_of(self._daemon), self._daemon.components
        async with self._daemon.store.read() as conn:
            if components is None or source is BetSource.RECORDED:
                filters = await load_filters(conn, self._daemon.settings)
                actual = await predictions.load_all(conn)
            else:
                filters, actual = components.planner.filters, components.actual.copy()
            await self._book.refresh(conn, {pair.match_id for pair in actual})
        works = components if source is BetSource.WORKING else None
        if self._latest and self._latest.source is not source:
            self._known = {}
        maker = _Maker(self._daemon, self._book.copy(), filters, actual, works)
        ahead = horizon(self._daemon.clock.now(), self._daemon.settings.bettune.horizon).end
        self._known = await maker.entries(self._known, self._book.coming(ahead) if works else [])
        ordered, choices = await self._arranged()
        self._latest = BetEntries(
            at=self._daemon.clock.now(), source=source, entries=ordered, filters=filters, choices=choices
        )
        return self._latest

    async def _arranged(self) -> tuple[list[BetEntry], Choices]:
        """Return the known entries by kick-off, and what they can be narrowed to."""
        before = self._latest
        if before is not None and (same := await _in_the_same_places(before.entries, self._known)):
            return same, before.choices
        ordered = await self._ordered(before.entries if before else [])
        return ordered, await _choices(ordered)

    async def _ordered(self, before: list[BetEntry]) -> list[BetEntry]:
        """Return the known entries by kick-off; sorting what is nearly sorted as before takes little time."""
        known = dict(self._known)
        items: list[BetEntry] = []
        for chunk in in_chunks(before, ENTRIES_PER_SLICE):
            items += [entry for each in chunk if (entry := known.pop(each.pair, None))]
            await let_others_run()
        items += known.values()
        return await sliced_sort(items, _by_kickoff)


async def _in_the_same_places(
    before: list[BetEntry], known: Mapping[Pair, BetEntry]
) -> list[BetEntry] | None:
    """Return the known entries in their order before; None if one came, left, moved or has another name."""
    if len(before) != len(known):
        return None
    found: list[BetEntry] = []
    for chunk in in_chunks(before, ENTRIES_PER_SLICE):
        for old in chunk:
            new = known.get(old.pair)
            if new is not old and not (new and _has_same_place(old, new)):
                return None
            found.append(new or old)
        await let_others_run()
    return found


def _has_same_place(old: BetEntry, new: BetEntry) -> bool:
    return old.kickoff == new.kickoff and old.match is new.match and old.filter == new.filter


async def _choices(entries: Iterable[BetEntry]) -> Choices:
    days, leagues, filters = set(), set(), {}
    for chunk in in_chunks(entries, ENTRIES_PER_SLICE):
        for each in chunk:
            days.add(each.kickoff.date())
            filters[each.pair.filter_id] = each.filter
            if each.match:
                leagues.add(each.match.league)
        await let_others_run()
    by_name = sorted(filters.items(), key=lambda item: (item[1].casefold(), item[0]))
    return Choices(days=tuple(sorted(days)), leagues=tuple(sorted(leagues)), filters=dict(by_name))


def source_of(daemon: Daemon) -> BetSource:
    """Return how much this process knows."""
    components = daemon.components
    if components is None or not components.planner.planned_once.is_set():
        return BetSource.RECORDED
    return BetSource.WITHDRAWING if components.mode.withdraws_only else BetSource.WORKING


class _Maker:
    """Makes entries out of one state of everything; `works` are the components of a daemon that works."""

    def __init__(
        self,
        daemon: Daemon,
        names: Mapping[int, MatchNames],
        filters: Mapping[int, FilterState],
        actual: Mapping[Pair, Actual],
        works: Components | None,
    ) -> None:
        self._names = names
        self._actual = actual
        self._withdraws = source_of(daemon) is BetSource.WITHDRAWING
        self._works = works
        self._wanted = works.planner.wanted.copy() if works else {}
        self._pending = works.queue.pending() if works else frozenset[Pair]()
        self._withheld = dict(works.planner.withheld) if works else {}
        self._unsettled = self._pending | self._withheld.keys()
        self._in_use = [each.filter_id for each in filters.values() if each.is_in_use]
        self._filters = {each.filter_id: each.filter.name for each in filters.values() if each.filter}
        self._now = daemon.clock.now()
        self._over = self._now - GAME_OVER_AFTER

    async def entries(
        self, known: Mapping[Pair, BetEntry], coming: Iterable[MatchNames]
    ) -> dict[Pair, BetEntry]:
        """Return the entries by pair; those of `known` that would be the same are the same objects."""
        made: dict[Pair, BetEntry] = {}
        for chunk in in_chunks(self._pairs(coming), ENTRIES_PER_SLICE):
            for pair in chunk:
                entry = self.entry(pair, known.get(pair))
                if entry is not None:
                    made[pair] = entry
            await let_others_run()
        return made

    def _pairs(self, coming: Iterable[MatchNames]) -> Iterator[Pair]:
        """Yield every pair that may be shown: the known ones, and each filter in use with each match."""
        wanted, actual = self._wanted, self._actual
        yield from wanted
        yield from (pair for pair in actual if pair not in wanted)
        for match in coming:
            for filter_id in self._in_use:
                key = (filter_id, match.id)
                if key not in wanted and key not in actual:
                    yield Pair(filter_id, match.id)

    def entry(self, pair: Pair, before: BetEntry | None) -> BetEntry | None:
        """Return the entry of a pair; None if its game is over, or nothing is to be said of it."""
        wanted, actual, match = self._wanted.get(pair), self._actual.get(pair), self._names.get(pair.match_id)
        kickoff = (wanted and wanted.kickoff) or (match and match.kickoff) or None
        if (kickoff is None or kickoff < self._over) and not (actual and actual.may_be_active):
            return None
        name = self._filters.get(pair.filter_id) or f"filter {pair.filter_id}"
        if (
            before is not None
            and before.is_settled
            and before.wanted is wanted
            and before.actual is actual
            and before.match is match
            and before.filter == name
            and pair not in self._unsettled
        ):
            return before
        state = self._state(pair, wanted, actual)
        if state is BetState.NO_PRICE and not self._works:
            return None
        withheld = self._withheld[pair].reason if state is BetState.WITHHELD else ""
        is_settled = pair not in self._unsettled and state is not BetState.QUARANTINED
        return BetEntry(pair, match, name, kickoff or self._now, state, wanted, actual, withheld, is_settled)

    def _state(self, pair: Pair, wanted: Wanted | None, actual: Actual | None) -> BetState:
        if self._works:
            return state_of(
                wanted,
                actual,
                self._now,
                is_pending=pair in self._pending,
                is_withheld=pair in self._withheld,
            )
        state = recorded_state(actual, self._now) if actual else BetState.NO_PRICE
        return BetState.WAITS if state is BetState.ACTIVE and self._withdraws else state


def _by_kickoff(entry: BetEntry) -> tuple[datetime, int, int]:
    return entry.kickoff, entry.pair.match_id, entry.pair.filter_id


async def sliced_sort(
    entries: Iterable[BetEntry], key: Callable[[BetEntry], Any], *, descending: bool = False
) -> list[BetEntry]:
    """Sort without keeping the event loop for long: keys are made in slices, and only then compared."""
    items = list(entries)
    keys: list[Any] = []
    for chunk in in_chunks(items, ENTRIES_PER_SLICE):
        keys += map(key, chunk)
        await let_others_run()
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=descending)
    return [items[index] for index in order]
