"""Explanation of one prediction: every step from Pinnacle's line to the last write."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match, Pair
from syncd.model.change import Actual, Cause, Change, Owner, Wanted
from syncd.model.feed import EventState, FeedState
from syncd.model.link import Link
from syncd.store import catalogue, writes
from syncd.store.engine import Store
from syncd.store.mode import Mode
from syncd.store.writes import Write
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM
from syncd.sync.plan import Plan
from syncd.sync.preview import preview
from syncd.sync.states import FilterState, MatchState
from syncd.views.formatting import odds
from syncd.views.pair_search import find_filter, find_match

MAX_WRITES_OF_PAIR = 3
"""Last writes of the pair that are shown."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One pair, from Pinnacle to BetTune."""

    at: datetime
    pair: Pair
    filter: Filter
    rule: int | None
    """The index of its rule, counted from 0; None if none fits."""
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
    """The last writes, the newest first."""


async def explain_pair(store: Store, settings: Settings, filter_text: str, match_text: str) -> Explanation:
    """Explain one pair: named as `find_filter` and `find_match` say.

    The plan is made for all pairs, as `syncd plan` makes it: only together do prices show that they are a
    suspicious mass. Raises `UnknownError` and `StoreError`.
    """
    async with store.read() as conn:
        filter_ = await find_filter(conn, await catalogue.listed_filters(conn), filter_text)
        match = await find_match(conn, match_text, store.clock.now())
        pair = Pair(filter_.id, match.id)
        last_writes = await writes.load_of_pair(conn, pair, MAX_WRITES_OF_PAIR)
    all_pairs = await preview(store, settings, also=pair)
    filter_state = all_pairs.filters.get(filter_.id) or FilterState(filter_id=filter_.id)
    match_state = all_pairs.match or MatchState(match_id=match.id)
    feed_kinds = (*PRICED_FROM, *(SPECIALS_FROM if filter_state.needs_specials else ()))
    sport = match_state.event.event.sport_id if match_state.event else settings.pinnacle.sports[0]
    wanted = all_pairs.wanted[pair]
    actual = all_pairs.actual.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)
    step = all_pairs.plan.of_pair(pair)
    return Explanation(
        at=all_pairs.at,
        pair=pair,
        filter=filter_,
        rule=settings.rules.index(filter_state.rule) if filter_state.rule else None,
        selection=str(filter_state.selection or ""),
        match=match,
        link=match_state.link,
        event=match_state.event,
        feeds=tuple(each for each in all_pairs.feeds if each.sport_id == sport and each.kind in feed_kinds),
        wanted=wanted,
        actual=actual,
        next_change=next(iter(step.changes), None),
        waits=tuple(waits_of(step, wanted, actual, all_pairs.mode, all_pairs.at)),
        mode=all_pairs.mode,
        writes=tuple(last_writes),
    )


def waits_of(step: Plan, wanted: Wanted, actual: Actual, mode: Mode, now: datetime) -> Iterator[str]:
    """Yield the reasons why BetTune does not hold what it should."""
    if actual.owner is Owner.THEIRS:
        yield "it was set by hand at BetTune, so syncd never changes it"
    elif actual.loss:
        yield "BetTune's last response did not show it as ours: a second one decides"
    elif actual.respected and wanted.odds is not None:
        yield (
            "ours was deleted by hand, and safety.manual_delete says to respect that; "
            "`syncd restore FILTER MATCH` takes it up again"
        )
    elif actual.quarantined_until and actual.quarantined_until > now:
        yield f"BetTune rejected the last write; not tried before {actual.quarantined_until:%H:%M:%S} UTC"
    yield from (f"withheld: {each.reason}" for each in step.withheld)
    if step.reads and wanted.odds is not None:
        yield "what BetTune holds has not been read yet"
    if step.urgent_reads:
        yield "the result of the last write is unknown: it is read back first"
    if mode is Mode.PAUSED and step.changes:
        yield "syncd is paused (`syncd resume`)"


def summary(found: Explanation) -> str:
    """Summarise the explanation in one sentence."""
    wanted, actual = found.wanted, found.actual
    ours = odds(actual.odds) if actual.is_active else "none"
    if actual.owner is Owner.THEIRS:
        return f"BetTune holds {odds(actual.odds)}, set by hand: syncd leaves it alone."
    if wanted.keep and actual.is_active:
        return f"Min Odds stay at {ours} for now: {wanted.reason}."
    if wanted.odds is None:
        return f"No prediction ({wanted.cause}): {wanted.reason or 'no reason known'}."
    if actual.odds == wanted.odds:
        return f"Min Odds are {odds(wanted.odds)}, as they should be."
    if wanted.cause is Cause.PRICED and found.next_change is None:
        return f"Min Odds should be {odds(wanted.odds)}, and are {ours}: " + "; ".join(found.waits)
    return f"Min Odds should be {odds(wanted.odds)}, and are {ours}: to be written next."
