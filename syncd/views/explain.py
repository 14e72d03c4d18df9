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
from syncd.runtime.clock import Clock
from syncd.store import catalogue, mode, predictions, writes
from syncd.store.engine import Store
from syncd.store.mode import Mode
from syncd.store.schema import HIGHEST_ID
from syncd.store.writes import Write
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM, conditions, conditions_of, load_feeds
from syncd.sync.inputs import filter_state, load_matches
from syncd.sync.plan import Plan, Policy, plan
from syncd.sync.references import References
from syncd.sync.states import FilterState, MatchState
from syncd.sync.wanted import wanted

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
    """What its bet type was read as; empty where it could not be."""
    match: Match
    link: Link | None
    event: EventState | None
    feeds: tuple[FeedState, ...]
    """Those of the event's sport that the price rests on."""
    wanted: Wanted
    holding: Actual
    next_change: Change | None
    """What is to be written."""
    waits: tuple[str, ...]
    """Why nothing more is written now; empty where all is as it ought to be."""
    mode: Mode
    writes: tuple[Write, ...]
    """The last ones, the newest first."""


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that the store tells of the pair, at one moment."""

    filter: Filter
    filters: FilterState
    """Without rule and selection where BetTune no longer lists it."""
    scene: MatchState
    match: Match
    feeds: list[FeedState]
    mode: Mode
    held: Mapping[Pair, Actual]
    writes: list[Write]

    @property
    def pair(self) -> Pair:
        return Pair(self.filter.id, self.match.id)


async def explain(store: Store, settings: Settings, filter_text: str, match_text: str) -> Explanation:
    """Explain one pair. The filter is told by its id or name, the match by its id or a team's name.

    Raises `UnknownError` and `StoreError`.
    """
    now = store.clock.now()
    async with store.read() as conn:
        known = await _load(conn, settings, filter_text, match_text, store.clock)
    filters = known.filters
    rests_on = (*PRICED_FROM, *(SPECIALS_FROM if filters.needs_specials else ()))
    sport = known.scene.event.event.sport_id if known.scene.event else settings.pinnacle.sports[0]
    here = conditions(known.feeds, settings, now, withdrawn=known.mode is Mode.WITHDRAWN)
    want = wanted(filters, known.scene, conditions_of(known.scene, here))
    holding = known.held.get(known.pair) or Actual(pair=known.pair, owner=Owner.UNKNOWN)
    policy = Policy(
        max_jump=settings.safety.max_jump, population=sum(each.is_active for each in known.held.values())
    )
    step = plan([want], {known.pair: holding}, policy, now)
    return Explanation(
        at=now,
        pair=known.pair,
        filter=known.filter,
        rule=settings.rules.index(filters.rule) if filters.rule else None,
        selection=str(filters.selection or ""),
        match=known.match,
        link=known.scene.link,
        event=known.scene.event,
        feeds=tuple(each for each in known.feeds if each.sport_id == sport and each.kind in rests_on),
        wanted=want,
        holding=holding,
        next_change=next(iter(step.changes), None),
        waits=tuple(_waits(step, want, holding, known.mode, now)),
        mode=known.mode,
        writes=tuple(known.writes),
    )


async def _load(
    conn: AsyncConnection, settings: Settings, filter_text: str, match_text: str, clock: Clock
) -> _Known:
    references = References(clock)
    listed = await catalogue.listed_filters(conn)
    found = await _find_filter(conn, listed, filter_text)
    match = await _find_match(conn, match_text, clock.now())
    filters = FilterState(filter_id=found.id)
    if found.id in listed:
        filters = filter_state(found, settings)
    return _Known(
        filter=found,
        filters=filters,
        scene=(await load_matches(conn, [match.id], [filters], references))[0],
        match=match,
        feeds=await load_feeds(conn, settings),
        mode=await mode.load(conn),
        held=await predictions.load_all(conn),
        writes=await writes.of_pair(conn, Pair(found.id, match.id), MAX_WRITES),
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


def _waits(step: Plan, want: Wanted, holding: Actual, ordered: Mode, now: datetime) -> Iterator[str]:
    """What keeps BetTune from holding what it ought to, in words."""
    if holding.owner is Owner.THEIRS:
        yield "it was set by hand at BetTune, so syncd never touches it"
    elif holding.respected and want.odds is not None:
        yield "ours was deleted by hand, which safety.manual_delete says to respect"
    elif holding.quarantined_until and holding.quarantined_until > now:
        yield f"BetTune refused the last write; not tried before {holding.quarantined_until:%H:%M:%S} UTC"
    yield from (each.why for each in step.held)
    if step.reads and want.odds is not None:
        yield "what BetTune holds has not been read yet"
    if step.urgent_reads:
        yield "the answer to the last write was lost: it is read back first"
    if ordered is Mode.PAUSED and step.changes:
        yield "syncd is paused (`syncd resume`)"


def summary(found: Explanation) -> str:
    """The answer in one sentence."""
    want, holding = found.wanted, found.holding
    ours = holding.odds if holding.is_active else None
    if holding.owner is Owner.THEIRS:
        return f"BetTune holds {plain(holding.odds)}, set by hand: syncd leaves it alone."
    if want.keep and ours is not None:
        return f"Min Odds stay at {plain(ours)} for now: {want.reason}."
    if want.odds is None:
        return f"No prediction ({want.cause}): {want.reason or 'no reason known'}."
    if holding.odds == want.odds:
        return f"Min Odds are {plain(want.odds)}, as they ought to be."
    if want.cause is Cause.PRICED and found.next_change is None:
        return f"Min Odds ought to be {plain(want.odds)}, and are {plain(ours)}: " + "; ".join(found.waits)
    return f"Min Odds ought to be {plain(want.odds)}, and are {plain(ours)}: to be written next."


def plain(odds: Decimal | None) -> str:
    """Odds as people write them."""
    return "none" if odds is None else format_decimal(odds)
