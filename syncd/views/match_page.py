"""One match: its link with the evidence, its pairs, and for one of them the chain from price to write."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from syncd.app.daemon import Daemon
from syncd.model.bettune import Filter, Match, Pair
from syncd.model.change import Actual, Owner
from syncd.model.feed import EventState
from syncd.model.link import Link
from syncd.pricing.margin import Method
from syncd.store import bets as bets_store
from syncd.store import catalogue, events, mode, predictions, verifications, writes
from syncd.store.connection import AsyncConnection
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM, load_feeds
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.plan import plan, policy_of
from syncd.sync.states import FilterState, MatchState
from syncd.views.bet_entries import BetSource, source_of
from syncd.views.bets import Bet, Bets
from syncd.views.explain import MAX_WRITES_OF_PAIR, Explanation, summary, waits_of
from syncd.views.link_background import LinkBackground, load_link_background
from syncd.views.price_line import PriceLines
from syncd.views.price_past import ChartSpan, PairOfChart, PricePast, load_past
from syncd.views.wanted_now import NoReferences, wanted_now

COMPARED_APART = timedelta(hours=6)
"""Events that kick off further from an unlinked match are not compared with it: `syncd explain` does."""


class FilterOfMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A filter that can be chosen, with its bet if the list of bets has it."""

    id: int
    name: str
    bet: Bet | None = None


class MatchDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a match, and about the pair that was chosen."""

    at: datetime
    source: BetSource
    match: Match
    is_listed: bool
    """False once BetTune's list of its day no longer names it."""
    link: Link | None
    event: EventState | None
    background: LinkBackground
    filters: tuple[FilterOfMatch, ...]
    explanation: Explanation | None
    """Of the chosen filter; None if there is no filter."""
    summary: str
    past: PricePast | None


class MatchViews:
    """Loads matches; keeps what prices of the past were computed."""

    def __init__(self, daemon: Daemon, bets: Bets) -> None:
        self._daemon = daemon
        self._bets = bets
        self._lines = PriceLines()

    async def load(self, match_id: int, filter_id: int | None, span: ChartSpan) -> MatchDetails | None:
        """Load a match; None if it is not known. Raises `StoreError`."""
        daemon, now = self._daemon, self._daemon.clock.now()
        bets = await self._bets.of_match(match_id)
        async with daemon.store.read() as conn:
            match = (await catalogue.matches_by_id(conn, [match_id])).get(match_id)
            if match is None:
                return None
            filters = await _filters(conn, daemon)
            (state,) = await load_matches(conn, [match_id], filters.values(), NoReferences(daemon.clock))
            choices = await _choices(conn, match_id, bets, filters)
            chosen = await _chosen(conn, choices, filter_id)
            event = state.event or await _event_of_the_past(conn, match_id)
            explanation = past = None
            if chosen is not None:
                explanation = await self._explain(conn, match, state, filters, chosen)
                of_chart = _pair_of_chart(explanation, event, filters.get(chosen.id))
                past = await load_past(conn, self._lines, of_chart, span, now)
        background = await load_link_background(
            daemon.store,
            daemon.settings,
            state.link,
            state.event,
            match,
            aliases=daemon.alias_file.in_force,
            apart=COMPARED_APART,
        )
        return MatchDetails(
            at=now,
            source=source_of(daemon),
            match=match,
            is_listed=state.match is not None,
            link=state.link,
            event=event,
            background=background,
            filters=choices,
            explanation=explanation,
            summary=summary(explanation) if explanation else "",
            past=past,
        )

    async def _explain(
        self,
        conn: AsyncConnection,
        match: Match,
        state: MatchState,
        filters: Mapping[int, FilterState],
        chosen: Filter,
    ) -> Explanation:
        """Explain a pair by what this process knows, without a plan of all pairs."""
        daemon, now = self._daemon, self._daemon.clock.now()
        components, pair = daemon.components, Pair(chosen.id, match.id)
        works = components if source_of(daemon) is BetSource.WORKING else None
        of_filter = filters.get(chosen.id) or FilterState(filter_id=chosen.id)
        wanted = works.planner.wanted.get(pair) if works else None
        wanted = wanted or (await wanted_now(conn, daemon, filters, [pair]))[pair]
        actual = (
            components.actual.get(pair)
            if components
            else (await predictions.load_of_match(conn, match.id)).get(pair)
        ) or Actual(pair=pair, owner=Owner.UNKNOWN)
        feeds = components.feeds.states if components else await load_feeds(conn, daemon.settings)
        kinds = (*PRICED_FROM, *(SPECIALS_FROM if of_filter.needs_specials else ()))
        current = await mode.load(conn)
        policy = policy_of(daemon.settings.safety, feeds, active=0, mass_since=None)
        step = plan([wanted], {pair: actual}, policy, now)
        withheld = works.planner.withheld.get(pair) if works else None
        if withheld:
            step = msgspec.structs.replace(step, changes=(), withheld=(withheld,))
        return Explanation(
            at=now,
            pair=pair,
            filter=chosen,
            rule=daemon.settings.rules.index(of_filter.rule) if of_filter.rule else None,
            selection=str(of_filter.selection or ""),
            match=match,
            link=state.link,
            event=state.event,
            feeds=tuple(each for each in feeds if each.kind in kinds),
            wanted=wanted,
            actual=actual,
            next_change=next(iter(step.changes), None),
            waits=tuple(waits_of(step, wanted, actual, current, now)),
            mode=current,
            writes=tuple(await writes.load_of_pair(conn, pair, MAX_WRITES_OF_PAIR)),
        )


async def _filters(conn: AsyncConnection, daemon: Daemon) -> Mapping[int, FilterState]:
    components = daemon.components
    known = components.planner.filters if components else {}
    return known or await load_filters(conn, daemon.settings)


async def _choices(
    conn: AsyncConnection, match_id: int, bets: list[Bet], filters: Mapping[int, FilterState]
) -> tuple[FilterOfMatch, ...]:
    """Return the filters in use, and those that have or had a prediction on this match."""
    by_filter = {bet.filter_id: bet for bet in bets}
    ids = {each.filter_id for each in filters.values() if each.is_in_use} | by_filter.keys()
    ids |= await bets_store.filters_written(conn, match_id, filters)
    names = {id_: filters[id_].filter for id_ in ids if id_ in filters}
    choices = [
        FilterOfMatch(
            id=id_, name=named.name if (named := names.get(id_)) else f"filter {id_}", bet=by_filter.get(id_)
        )
        for id_ in ids
    ]
    return tuple(sorted(choices, key=lambda each: (each.name.casefold(), each.id)))


async def _chosen(
    conn: AsyncConnection, choices: tuple[FilterOfMatch, ...], filter_id: int | None
) -> Filter | None:
    """Return the filter that was asked for, else the first one with a bet, else the first."""
    ids = [each.id for each in choices]
    with_bet = [each.id for each in choices if each.bet and each.bet.odds is not None]
    for id_ in (filter_id if filter_id in ids else None, *with_bet[:1], *ids[:1]):
        if id_ is not None:
            return (await catalogue.filters_by_id(conn, [id_])).get(id_)
    return None


async def _event_of_the_past(conn: AsyncConnection, match_id: int) -> EventState | None:
    """Return the event that was linked to a match whose game is over."""
    judged = await verifications.load_of_match(conn, match_id)
    known = await events.load_ids(conn, [each.link.event_id for each in judged])
    return next(iter(known.values()), None)


def _pair_of_chart(found: Explanation, event: EventState | None, state: FilterState | None) -> PairOfChart:
    rule = state.rule if state else None
    return PairOfChart(
        pair=found.pair,
        actual=found.actual,
        event=event.event if event else None,
        selection=state.selection if state else None,
        method=Method(rule.method) if rule else Method.SHIN,
    )
