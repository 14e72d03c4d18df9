"""From the store to the scenes that wanted values are made of."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.rules import rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match
from syncd.model.feed import EventState, PeriodState
from syncd.model.link import Link
from syncd.model.special import SpecialState
from syncd.pricing.bet_types.reader import BetTypeError, read_bet_type
from syncd.store import catalogue, events, links, periods, specials
from syncd.sync.references import References
from syncd.sync.states import FilterState, MatchState


def filter_state(found: Filter, settings: Settings) -> FilterState:
    """A filter with its rule and with what its bet type was read as."""
    rule = rule_for(found.id, found.name, settings.rules)
    scene = FilterState(filter_id=found.id, filter=found, rule=rule)
    try:
        selection = read_bet_type(found.bet_type, settings.bet_types)
    except BetTypeError as error:
        return msgspec.structs.replace(scene, problem=str(error))
    return msgspec.structs.replace(scene, selection=selection)


async def load_filters(conn: AsyncConnection, settings: Settings) -> dict[int, FilterState]:
    """Every filter that BetTune lists, by id."""
    found = await catalogue.listed_filters(conn)
    return {each.id: filter_state(each, settings) for each in found.values()}


async def load_matches(
    conn: AsyncConnection,
    match_ids: Collection[int],
    filters: Collection[FilterState],
    references: References,
) -> list[MatchState]:
    """The scenes of these matches, those too that nothing is known of.

    With what these filters need besides: specials of the events, earlier prices.
    """
    known = await catalogue.matches_by_id(conn, match_ids)
    gone = await catalogue.gone_matches(conn, match_ids)
    linked = _best_of_each_match((await links.load_for_matches(conn, match_ids)).values())
    event_ids = [link.event_id for link in linked.values()]
    known_events = _Events(
        states=await events.load_ids(conn, event_ids),
        periods=await periods.load(conn, event_ids),
        specials=await specials.load(conn, event_ids) if any(each.needs_specials for each in filters) else {},
    )
    scenes = [
        known_events.scene(match_id, None if match_id in gone else known.get(match_id), linked.get(match_id))
        for match_id in match_ids
    ]
    return await references.furnish(conn, scenes, filters)


class _Events(NamedTuple):
    """All that is known of the events behind some matches, by the event's id."""

    states: Mapping[int, EventState]
    periods: Mapping[int, Mapping[int, PeriodState]]
    specials: Mapping[int, tuple[SpecialState, ...]]

    def scene(self, match_id: int, match: Match | None, link: Link | None) -> MatchState:
        if link is None:
            return MatchState(match_id=match_id, match=match)
        return MatchState(
            match_id=match_id,
            match=match,
            link=link,
            event=self.states.get(link.event_id),
            periods=self.periods.get(link.event_id, {}),
            specials=self.specials.get(link.event_id, ()),
        )


def _best_of_each_match(found: Iterable[Link]) -> dict[int, Link]:
    """The link that carries predictions, where there is one; else the surest that waits for review."""
    best: dict[int, Link] = {}
    for link in sorted(found, key=lambda each: (each.state.carries_predictions, each.confidence)):
        best[link.match_id] = link
    return best
