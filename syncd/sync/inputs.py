"""The states of filters and matches, loaded from the store."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from syncd.config.rules import rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match
from syncd.model.contradiction import Believed
from syncd.model.feed import EventState, PeriodState
from syncd.model.link import Link
from syncd.model.special import SpecialState
from syncd.pricing.bet_types.reader import BetTypeError, read_bet_type
from syncd.store import catalogue, events, links, periods, specials
from syncd.store.connection import AsyncConnection
from syncd.sync.references import References
from syncd.sync.states import FilterState, MatchState


def filter_state(found: Filter, settings: Settings) -> FilterState:
    """Return the state of a filter by this config."""
    rule = rule_for(found.id, found.name, settings.rules)
    state = FilterState(filter_id=found.id, filter=found, rule=rule)
    try:
        selection = read_bet_type(found.bet_type, settings.bet_types)
    except BetTypeError as error:
        return msgspec.structs.replace(state, problem=str(error))
    return msgspec.structs.replace(state, selection=selection)


async def load_filters(conn: AsyncConnection, settings: Settings) -> dict[int, FilterState]:
    """Load every filter that BetTune lists, by id."""
    listed = await catalogue.believed_filters(conn)
    return {id_: _believed_state(each, settings) for id_, each in listed.items()}


def _believed_state(believed: Believed[Filter], settings: Settings) -> FilterState:
    state = filter_state(believed.entry, settings)
    if believed.contradiction is None:
        return state
    return msgspec.structs.replace(state, contradiction=filter_state(believed.contradiction, settings))


async def load_matches(
    conn: AsyncConnection,
    match_ids: Collection[int],
    filters: Collection[FilterState],
    references: References,
) -> list[MatchState]:
    """Load these matches, unknown ones included, with the specials and past prices these filters need."""
    listed = await catalogue.believed_matches(conn, match_ids)
    linked = _best_of_each_match((await links.load_for_matches(conn, match_ids)).values())
    event_ids = [link.event_id for link in linked.values()]
    linked_events = _LinkedEvents(
        states=await events.load_ids(conn, event_ids),
        periods=await periods.load(conn, event_ids),
        specials=await specials.load(conn, event_ids) if any(each.needs_specials for each in filters) else {},
    )
    states = [
        linked_events.match_state(match_id, listed.get(match_id), linked.get(match_id))
        for match_id in match_ids
    ]
    contradictions = [each.contradiction for each in filters if each.contradiction]
    return await references.add_prices(conn, states, [*filters, *contradictions])


class _LinkedEvents(NamedTuple):
    """The events behind some matches, by the event's id."""

    states: Mapping[int, EventState]
    periods: Mapping[int, Mapping[int, PeriodState]]
    specials: Mapping[int, tuple[SpecialState, ...]]

    def match_state(self, match_id: int, listed: Believed[Match] | None, link: Link | None) -> MatchState:
        """Return the state of a match with its link and the event behind it."""
        match, contradiction = listed or (None, None)
        if link is None:
            return MatchState(match_id=match_id, match=match, contradiction=contradiction)
        return MatchState(
            match_id=match_id,
            match=match,
            contradiction=contradiction,
            link=link,
            event=self.states.get(link.event_id),
            periods=self.periods.get(link.event_id, {}),
            specials=self.specials.get(link.event_id, ()),
        )


def _best_of_each_match(found: Iterable[Link]) -> dict[int, Link]:
    """Return the link that carries predictions if there is one, else the surest of those for review."""
    best: dict[int, Link] = {}
    for link in sorted(found, key=lambda each: (each.state.carries_predictions, each.confidence)):
        best[link.match_id] = link
    return best
