"""Why a prediction has its value, or why there is none: every step from Pinnacle's line to the last write."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.rules import matches_glob
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match, Pair
from syncd.model.change import Actual, Cause, Change, Owner, Wanted
from syncd.model.decimals import format_decimal
from syncd.model.feed import EventState, FeedState
from syncd.model.link import Link
from syncd.store import catalogue, writes
from syncd.store.engine import Store
from syncd.store.mode import Mode
from syncd.store.schema import HIGHEST_ID
from syncd.store.writes import Write
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM
from syncd.sync.plan import Plan
from syncd.sync.preview import preview
from syncd.sync.states import FilterState, MatchState

MAX_WRITES = 3
"""So many of the last are told."""

SEARCHED_PAST = timedelta(hours=6)
SEARCHED_AHEAD = timedelta(days=32)
"""Among the matches of this time a name is looked for."""


class UnknownError(Exception):
    """No such filter or match is known; the message says what to do."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One pair, from Pinnacle to BetTune."""

    at: datetime
    pair: Pair
    filter: Filter
    rule: int | None
    """The rule it falls under, counted from 0."""
    selection: str
    """The selection that its bet type means; empty if it could not be read."""
    match: Match
    link: Link | None
    event: EventState | None
    feeds: tuple[FeedState, ...]
    """The feeds of the event's sport that the price rests on."""
    wanted: Wanted
    actual: Actual
    next_change: Change | None
    """The change that is written next."""
    waits: tuple[str, ...]
    """Reasons why nothing is written now; empty if BetTune holds what it should."""
    mode: Mode
    writes: tuple[Write, ...]
    """The last ones, the newest first."""


async def explain(store: Store, settings: Settings, filter_text: str, match_text: str) -> Explanation:
    """Explain one pair: a filter by its id or name, a match by its id or a part of its teams' names.

    The plan is made for all pairs, as `syncd plan` makes it: only together do prices show that they are a
    suspicious mass. Raises `UnknownError` and `StoreError`.
    """
    async with store.read() as conn:
        found = await _find_filter(conn, await catalogue.listed_filters(conn), filter_text)
        match = await _find_match(conn, match_text, store.clock.now())
        pair = Pair(found.id, match.id)
        written = await writes.load_of_pair(conn, pair, MAX_WRITES)
    seen = await preview(store, settings, also=pair)
    filters = seen.filters.get(found.id) or FilterState(filter_id=found.id)
    state = seen.match or MatchState(match_id=match.id)
    rests_on = (*PRICED_FROM, *(SPECIALS_FROM if filters.needs_specials else ()))
    sport = state.event.event.sport_id if state.event else settings.pinnacle.sports[0]
    wanted = seen.wanted[pair]
    actual = seen.actual.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)
    step = seen.plan.of_pair(pair)
    return Explanation(
        at=seen.at,
        pair=pair,
        filter=found,
        rule=settings.rules.index(filters.rule) if filters.rule else None,
        selection=str(filters.selection or ""),
        match=match,
        link=state.link,
        event=state.event,
        feeds=tuple(each for each in seen.feeds if each.sport_id == sport and each.kind in rests_on),
        wanted=wanted,
        actual=actual,
        next_change=next(iter(step.changes), None),
        waits=tuple(_waits(step, wanted, actual, seen.mode, seen.at)),
        mode=seen.mode,
        writes=tuple(written),
    )


def _id(text: str) -> int:
    """The id that a number is; 0, which is nothing's, where it is too large to be one."""
    # Python refuses to read a number of thousands of digits.
    number = int(text[:20])
    return number if number <= HIGHEST_ID else 0


async def _find_filter(conn: AsyncConnection, listed: Mapping[int, Filter], text: str) -> Filter:
    if text.isdecimal():
        filter_id = _id(text)
        found = listed.get(filter_id) or (await catalogue.filters_by_id(conn, [filter_id])).get(filter_id)
        if found:
            return found
    named = [each for each in listed.values() if matches_glob(each.name, text)]
    if len(named) == 1:
        return named[0]
    if named:
        raise UnknownError(
            f"several filters are called {text!r}: {_listed_filters(named)}; name one by its id"
        )
    if not listed:
        raise UnknownError("no filter is known yet; `syncd plan` reads BetTune's list")
    raise UnknownError(f"filter {text!r} is not known; BetTune lists {_listed_filters(listed.values())}")


def _listed_filters(filters: Collection[Filter]) -> str:
    shown = [f"{each.id} ({each.name})" for each in filters]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")


async def _find_match(conn: AsyncConnection, text: str, now: datetime) -> Match:
    if text.isdecimal():
        match_id = _id(text)
        found = (await catalogue.matches_by_id(conn, [match_id])).get(match_id)
        if found is None:
            raise UnknownError(
                f"match {text} is not known: BetTune's lists of today and the days of the horizon lack it"
            )
        return found
    ahead = await catalogue.matches_between(conn, now - SEARCHED_PAST, now + SEARCHED_AHEAD)
    plain = text.casefold()
    named = [each for each in ahead.values() if plain in each.title.casefold()]
    if len(named) == 1:
        return named[0]
    if not named:
        raise UnknownError(
            f"no match ahead has {text!r} in its teams' names; `syncd matches` lists the linked ones"
        )
    shown = [f"{each.id} ({each.title})" for each in named[:8]]
    raise UnknownError(f"{len(named)} matches have {text!r} in their teams' names: {', '.join(shown)}")


def _waits(step: Plan, wanted: Wanted, actual: Actual, mode: Mode, now: datetime) -> Iterator[str]:
    """Yield the reasons why BetTune does not hold what it should."""
    if actual.owner is Owner.THEIRS:
        yield "it was set by hand at BetTune, so syncd never touches it"
    elif actual.respected and wanted.odds is not None:
        yield "ours was deleted by hand, which safety.manual_delete says to respect"
    elif actual.quarantined_until and actual.quarantined_until > now:
        yield f"BetTune refused the last write; not tried before {actual.quarantined_until:%H:%M:%S} UTC"
    yield from (f"withheld: {each.reason}" for each in step.withheld)
    if step.reads and wanted.odds is not None:
        yield "what BetTune holds has not been read yet"
    if step.urgent_reads:
        yield "the result of the last write is unknown: it is read back first"
    if mode is Mode.PAUSED and step.changes:
        yield "syncd is paused (`syncd resume`)"


def summary(found: Explanation) -> str:
    """The answer in one sentence."""
    wanted, actual = found.wanted, found.actual
    ours = actual.odds if actual.is_active else None
    if actual.owner is Owner.THEIRS:
        return f"BetTune holds {plain(actual.odds)}, set by hand: syncd leaves it alone."
    if wanted.keep and ours is not None:
        return f"Min Odds stay at {plain(ours)} for now: {wanted.reason}."
    if wanted.odds is None:
        return f"No prediction ({wanted.cause}): {wanted.reason or 'no reason known'}."
    if actual.odds == wanted.odds:
        return f"Min Odds are {plain(wanted.odds)}, as they should be."
    if wanted.cause is Cause.PRICED and found.next_change is None:
        return f"Min Odds should be {plain(wanted.odds)}, and are {plain(ours)}: " + "; ".join(found.waits)
    return f"Min Odds should be {plain(wanted.odds)}, and are {plain(ours)}: to be written next."


def plain(odds: Decimal | None) -> str:
    """Odds as people write them."""
    return "none" if odds is None else format_decimal(odds)
