"""Reference prices: past prices that rules start from, found in the history and kept up to date with it."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple, TypeVar

import msgspec

from syncd.model.change import Cause
from syncd.model.pinnacle import Event
from syncd.model.special import SpecialOdds, SpecialState
from syncd.pricing.board import SpecialMarket
from syncd.pricing.min_odds import Terms
from syncd.pricing.reference import (
    BoardHistory,
    PastBoard,
    PastPrice,
    boards_over_time,
    past_prices,
    pick_reference,
)
from syncd.pricing.specials import past_special_market
from syncd.runtime.clock import Clock
from syncd.store import offer_history
from syncd.store.connection import AsyncConnection
from syncd.store.offer_history import OpennessChange, PastPeriod, PastSpecialOdds
from syncd.sync.states import FilterState, MatchState, ReferenceQuery

FORGET_AFTER = timedelta(days=1)
"""Time after kick-off from which the history of an event is no longer needed."""

EntryT = TypeVar("EntryT", PastPeriod, PastSpecialOdds, OpennessChange)


class HistoryPosition(NamedTuple):
    """The ids up to which each part of an event's history has been read."""

    periods: int = 0
    specials: int = 0
    openness: int = 0
    special_openness: int = 0


BEGINNING = HistoryPosition()
"""Before all entries."""


class HistoryEntries(NamedTuple):
    """Entries of an event's history, each part in order of time."""

    periods: Sequence[PastPeriod]
    specials: Sequence[PastSpecialOdds]
    openness: Sequence[OpennessChange]
    special_openness: Sequence[OpennessChange]

    def after(self, position: HistoryPosition) -> "HistoryEntries":
        """Return those that come after a position."""
        return HistoryEntries(
            _after(position.periods, self.periods),
            _after(position.specials, self.specials),
            _after(position.openness, self.openness),
            _after(position.special_openness, self.special_openness),
        )

    def end(self, start: HistoryPosition) -> HistoryPosition:
        """Return the position after these entries, which were read from `start` on."""
        return HistoryPosition(
            max([start.periods, *(each.id for each in self.periods)]),
            max([start.specials, *(each.id for each in self.specials)]),
            max([start.openness, *(each.id for each in self.openness)]),
            max([start.special_openness, *(each.id for each in self.special_openness)]),
        )


def _after(position: int, entries: Sequence[EntryT]) -> list[EntryT]:
    return [each for each in entries if each.id > position]


class _EventHistory(msgspec.Struct):
    """The reference prices that the history of an event has given so far."""

    starts: datetime
    queries: frozenset[ReferenceQuery]
    prices: dict[ReferenceQuery, PastPrice] = msgspec.field(default_factory=dict)
    last_board: PastBoard | None = None
    special_odds: dict[int, SpecialOdds] = msgspec.field(default_factory=dict)
    """The last odds of each special."""
    closed_specials: set[int] = msgspec.field(default_factory=set)
    position: HistoryPosition = BEGINNING


class _Requested(NamedTuple):
    match: MatchState
    event: Event


class References:
    """Finds the reference prices of rules.

    The history of an event is read whole the first time, and from then on only what is new: a linked event
    has hundreds of entries by its kick-off.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._histories: dict[int, _EventHistory] = {}

    async def add_prices(
        self, conn: AsyncConnection, matches: Sequence[MatchState], filters: Iterable[FilterState]
    ) -> list[MatchState]:
        """Return the matches with the reference prices that the rules of these filters start from."""
        queries = frozenset(filter(None, (each.reference_query for each in filters)))
        requested = {
            match.event.event.id: _Requested(match, match.event.event)
            for match in matches
            if queries and match.event
        }
        if not requested:
            return list(matches)
        self._prepare(requested, queries)
        await self._read(conn, requested)
        return [self._with_prices(match) for match in matches]

    def _prepare(self, requested: Mapping[int, _Requested], queries: frozenset[ReferenceQuery]) -> None:
        since = self._clock.now() - FORGET_AFTER
        self._histories = {each: known for each, known in self._histories.items() if known.starts > since}
        for event_id, each in requested.items():
            known = self._histories.get(event_id)
            if known is None or not queries <= known.queries:
                # A new query needs the history from its beginning.
                self._histories[event_id] = _EventHistory(each.event.starts, queries)

    async def _read(self, conn: AsyncConnection, requested: Mapping[int, _Requested]) -> None:
        """Read the new entries of each event. Events that were never read have statements of their own."""
        unread = [each for each in requested if self._histories[each].last_board is None]
        known = [each for each in requested if self._histories[each].last_board is not None]
        for event_ids in filter(None, (unread, known)):
            positions = (self._histories[each].position for each in event_ids)
            first = HistoryPosition(*map(min, zip(*positions, strict=True)))
            found = await load_entries(conn, event_ids, after=first)
            for event_id, entries in found.items():
                _extend(self._histories[event_id], requested[event_id], entries)
                await asyncio.sleep(0)

    def _with_prices(self, match: MatchState) -> MatchState:
        if match.event is None:
            return match
        prices = dict(self._histories[match.event.event.id].prices)
        return msgspec.structs.replace(match, reference_prices=prices)


def _extend(history: _EventHistory, requested: _Requested, entries: HistoryEntries) -> None:
    """Bring the reference prices of an event up to date with these entries."""
    new = entries.after(history.position)
    boards = boards_over_time(
        ((each.at, each.period) for each in new.periods),
        list(_special_markets(history, requested.event, requested.match.specials, new)),
        turns=((each.at, each.open) for each in new.openness),
        sport_id=requested.event.sport_id,
        before=history.last_board,
    )
    history.position = new.end(history.position)
    if not boards:
        return
    for query in history.queries:
        _update_price(history.prices, query, boards)
    history.last_board = boards[-1]


def _update_price(
    prices: dict[ReferenceQuery, PastPrice], query: ReferenceQuery, boards: BoardHistory
) -> None:
    terms = Terms(price=query.price, method=query.method)
    before = [prices[query]] if query in prices else []
    found = pick_reference(query.reference, chain(before, past_prices(query.selection, boards, terms)))
    if found:
        prices[query] = found


def boards_of(event: Event, specials: Iterable[SpecialState], entries: HistoryEntries) -> list[PastBoard]:
    """Return the boards of an event, one for each moment of change, from its whole history."""
    known = _EventHistory(event.starts, frozenset())
    return boards_over_time(
        ((each.at, each.period) for each in entries.periods),
        list(_special_markets(known, event, specials, entries)),
        turns=((each.at, each.open) for each in entries.openness),
        sport_id=event.sport_id,
    )


async def load_entries(
    conn: AsyncConnection, event_ids: Collection[int], *, after: HistoryPosition = BEGINNING
) -> dict[int, HistoryEntries]:
    """Load what the history of each of these events has after a position: whole, if none is named."""
    periods = await offer_history.load_periods(conn, event_ids, after=after.periods)
    specials = await offer_history.load_special_odds(conn, event_ids, after=after.specials)
    openness = await offer_history.load_event_openness(conn, event_ids, after=after.openness)
    special_openness = await offer_history.load_special_openness(
        conn, event_ids, after=after.special_openness
    )
    return {
        event_id: HistoryEntries(
            periods.get(event_id, ()),
            specials.get(event_id, ()),
            openness.get(event_id, ()),
            special_openness.get(event_id, ()),
        )
        for event_id in event_ids
    }


def _special_markets(
    history: _EventHistory, event: Event, states: Iterable[SpecialState], new: HistoryEntries
) -> Iterator[tuple[datetime, SpecialMarket]]:
    """Yield the specials at each moment at which their prices changed, or at which they opened or closed."""
    home, away = event.home, event.away
    specials = {state.special.id: state.special for state in states}
    entries: list[PastSpecialOdds | OpennessChange] = [*new.special_openness, *new.specials]
    entries.sort(key=lambda each: each.at)
    for each in entries:
        special_id = _apply_special(history, each)
        if special_id not in specials or special_id not in history.special_odds:
            continue
        market = past_special_market(
            specials[special_id], history.special_odds[special_id], home=home, away=away, at=each.at
        )
        if special_id in history.closed_specials:
            market = msgspec.structs.replace(market, closed_reason="halted", closed_cause=Cause.EVENT_HALTED)
        yield each.at, market


def _apply_special(history: _EventHistory, entry: PastSpecialOdds | OpennessChange) -> int:
    """Apply an entry about a special; return the id of the special."""
    if isinstance(entry, PastSpecialOdds):
        history.special_odds[entry.odds.id] = entry.odds
        return entry.odds.id
    if entry.open:
        history.closed_specials.discard(entry.of)
    else:
        history.closed_specials.add(entry.of)
    return entry.of
