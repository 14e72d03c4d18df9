"""The list of bets: what BetTune will bet on, and every pair that has no prediction, with its reason."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.model.change import Cause, Owner, Wanted
from syncd.store import bets
from syncd.store.rows import in_chunks
from syncd.views.bet_entries import (
    ENTRIES_PER_SLICE,
    BetEntries,
    BetEntry,
    BetSource,
    BetTable,
    Choices,
    let_others_run,
    sliced_sort,
)
from syncd.views.bet_state import BetState
from syncd.views.match_book import league_words, search_words
from syncd.views.wanted_now import wanted_now

BETS_PER_PAGE = 100
BETS_PER_CSV_CHUNK = 250


class BetSort(StrEnum):
    """The columns by which the list can be sorted."""

    KICKOFF = "kickoff"
    MATCH = "match"
    LEAGUE = "league"
    FILTER = "filter"
    ODDS = "odds"
    PRICE = "price"
    STATE = "state"
    CHECKED = "checked"


class BetQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The choice of bets that a reader makes."""

    search: str = ""
    """Words of teams or league."""
    day: date | None = None
    """Of the kick-off, in UTC."""
    league: str = ""
    filter_id: int | None = None
    state: BetState | None = None
    """None: all but those without a price."""
    sort: BetSort = BetSort.KICKOFF
    descending: bool = False
    offset: int = 0


class Bet(msgspec.Struct, frozen=True, kw_only=True):
    """One pair as it is shown."""

    filter_id: int
    match_id: int
    match: str
    league: str
    kickoff: datetime
    filter: str
    state: BetState
    odds: Decimal | None
    """The Min Odds that BetTune has, as last read or written."""
    wanted: Decimal | None
    """The Min Odds that it should have."""
    price: Decimal | None
    """Pinnacle's price behind it; None also if it is computed from 1X2."""
    cause: Cause | None
    reason: str
    checked_at: datetime | None
    """When BetTune's value was last read or written."""
    written_at: datetime | None
    """When a write of it was last sent, whatever came of it."""


class BetsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of bets, and what else there is to choose from."""

    at: datetime
    source: BetSource
    bets: tuple[Bet, ...]
    offset: int
    total: int
    """The number of bets that fit the query."""
    states: dict[BetState, int]
    """The number of bets that fit the rest of the query, by state."""
    choices: Choices


class Bets:
    """Answers queries over the pairs of one daemon."""

    def __init__(self, daemon: Daemon, *, fresh_s: float = 1.0) -> None:
        self._daemon = daemon
        self._table = BetTable(daemon, fresh_s=fresh_s)

    async def close(self) -> None:
        """End a making of the entries that is under way."""
        await self._table.close()

    async def page(self, query: BetQuery) -> BetsPage:
        """Return the page that begins at the query's offset. Raises `StoreError`."""
        known = await self._table.entries()
        fitting, states = await _fitting(known, query)
        ordered = await _ordered(fitting, query)
        offset = min(query.offset, max(0, len(ordered) - 1) // BETS_PER_PAGE * BETS_PER_PAGE)
        shown = ordered[offset : offset + BETS_PER_PAGE]
        return BetsPage(
            at=known.at,
            source=known.source,
            bets=tuple(await self._detailed(known, shown)),
            offset=offset,
            total=len(ordered),
            states=states,
            choices=known.choices,
        )

    async def all(self, query: BetQuery) -> AsyncIterator[list[Bet]]:
        """Yield everything that fits the query, in its order, some at a time. Raises `StoreError`."""
        known = await self._table.entries()
        fitting, _ = await _fitting(known, query)
        for chunk in in_chunks(await _ordered(fitting, query), BETS_PER_CSV_CHUNK):
            yield await self._detailed(known, chunk)

    async def entries(self) -> BetEntries:
        """Return all pairs, not yet as text. Raises `StoreError`."""
        return await self._table.entries()

    async def of_match(self, match_id: int) -> list[Bet]:
        """Return the bets of one match, whatever their state. Raises `StoreError`."""
        known = await self._table.of_match(match_id)
        return await self._detailed(known, known.entries)

    async def _detailed(self, known: BetEntries, shown: Sequence[BetEntry]) -> list[Bet]:
        without = {each.pair for each in shown if _lacks_reason(each, known.source)}
        async with self._daemon.store.read() as conn:
            written = await bets.last_written(conn, [each.pair for each in shown])
            computed = await wanted_now(conn, self._daemon, known.filters, without)
        return [_bet(each, known, computed.get(each.pair), written.get(each.pair)) for each in shown]


def _lacks_reason(entry: BetEntry, source: BetSource) -> bool:
    return entry.wanted is None and (source is BetSource.RECORDED or entry.state is BetState.NO_PRICE)


async def _fitting(known: BetEntries, query: BetQuery) -> tuple[list[BetEntry], dict[BetState, int]]:
    """Return the entries that fit, and how many fit all but the state, by state."""
    fits = _condition(query)
    states: Counter[BetState] = Counter()
    fitting: list[BetEntry] = []
    for chunk in in_chunks(known.entries, ENTRIES_PER_SLICE):
        found = [each for each in chunk if fits(each)] if fits else chunk
        states.update(each.state for each in found)
        if query.state is None:
            fitting += [each for each in found if each.state is not BetState.NO_PRICE]
        else:
            fitting += [each for each in found if each.state is query.state]
        await let_others_run()
    return fitting, {state: states[state] for state in BetState if states[state]}


def _condition(query: BetQuery) -> Callable[[BetEntry], bool] | None:
    """Return the condition of the query without its state; None if everything fits."""
    words, league, day, filter_id = search_words(query.search), query.league, query.day, query.filter_id
    if query.search.strip() and not words:
        return lambda _: False  # nothing that can be searched for
    if not (words or league or day or filter_id is not None):
        return None
    wanted_league = league_words(league)

    def fits(entry: BetEntry) -> bool:
        match = entry.match
        if filter_id is not None and entry.pair.filter_id != filter_id:
            return False
        if day is not None and entry.kickoff.date() != day:
            return False
        if league and (match is None or league_words(match.league) != wanted_league):
            return False
        return not words or (match is not None and match.has(words))

    return fits


def _price(entry: BetEntry) -> float | None:
    """Return a number to sort by: comparing 25,000 of them takes a third of what decimals take."""
    price = entry.wanted.source_price if entry.wanted else None
    return None if price is None else float(price)


def _odds(entry: BetEntry) -> float | None:
    odds = entry.actual.odds if entry.actual else None
    return None if odds is None else float(odds)


def _checked(entry: BetEntry) -> float | None:
    read_at = entry.actual.read_at if entry.actual else None
    return None if read_at is None else read_at.timestamp()


_STATES = list(BetState)
_SORTED_BY: dict[BetSort, Callable[[BetEntry], Any]] = {
    BetSort.MATCH: lambda entry: entry.match.words if entry.match else None,
    BetSort.LEAGUE: lambda entry: entry.match.league.casefold() if entry.match else None,
    BetSort.FILTER: lambda entry: entry.filter.casefold(),
    BetSort.ODDS: _odds,
    BetSort.PRICE: _price,
    BetSort.STATE: lambda entry: _STATES.index(entry.state),
    BetSort.CHECKED: _checked,
}


async def _ordered(entries: list[BetEntry], query: BetQuery) -> list[BetEntry]:
    """Sort the entries; those without a value come last in either direction, equal ones by kick-off."""
    if query.sort is BetSort.KICKOFF:
        return entries[::-1] if query.descending else entries
    value_of = _SORTED_BY[query.sort]
    known = [each for each in entries if value_of(each) is not None]
    last = [each for each in entries if value_of(each) is None]
    return await sliced_sort(known, value_of, descending=query.descending) + last


def _bet(entry: BetEntry, known: BetEntries, computed: Wanted | None, written_at: datetime | None) -> Bet:
    wanted, actual = entry.wanted or computed, entry.actual
    is_certain = entry.wanted is not None or not _starts_from_the_past(known, entry.pair)
    shown = wanted if wanted and is_certain else None
    return Bet(
        filter_id=entry.pair.filter_id,
        match_id=entry.pair.match_id,
        match=entry.match.title if entry.match else f"match {entry.pair.match_id}",
        league=entry.match.league if entry.match else "",
        kickoff=entry.kickoff,
        filter=entry.filter,
        state=entry.state,
        odds=actual.odds if actual and actual.owner in (Owner.OURS, Owner.THEIRS) else None,
        wanted=shown.odds if shown else None,
        price=shown.source_price if shown else None,
        cause=wanted.cause if wanted else None,
        reason=_reason(entry, wanted),
        checked_at=actual.read_at if actual else None,
        written_at=written_at,
    )


def _starts_from_the_past(known: BetEntries, pair: Pair) -> bool:
    state = known.filters.get(pair.filter_id)
    return state is not None and state.reference_query is not None


def _reason(entry: BetEntry, wanted: Wanted | None) -> str:
    """Return why the pair has this state, where the state does not say it all."""
    if entry.withheld:
        return entry.withheld
    if entry.state is BetState.QUARANTINED and entry.actual and entry.actual.quarantined_until:
        until = f"not tried before {entry.actual.quarantined_until:%H:%M:%S} UTC"
        return f"{entry.actual.error or 'rejected'}: {until}"
    return wanted.reason if wanted else ""
