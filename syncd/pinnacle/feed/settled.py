"""Settlements, of events and of specials: Pinnacle's only notice that one is over, called off or deleted.

Without them, absence from two snapshots closes an event or a special some minutes later.
"""

from collections.abc import Iterable, Mapping

from syncd.model.feed import EventState
from syncd.model.pinnacle import MATCH_PERIOD, Settlement
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext, EndpointHandler
from syncd.pinnacle.feed.on_demand import OnDemandHandler
from syncd.pinnacle.feed.presence import after_settlement, closes
from syncd.pinnacle.responses import (
    PeriodKey,
    Response,
    SettledPayload,
    SettledSpecial,
    SettledSpecialsPayload,
)
from syncd.store import events, specials
from syncd.store.connection import AsyncConnection


class SettledHandler(EndpointHandler[SettledPayload]):
    """The settled events of one sport. Pinnacle marked the endpoint as deprecated in 2026."""

    kind = "settled"
    endpoint = "settled"
    replaces = False
    optional = True

    async def request(self, since: int | None) -> Response[SettledPayload]:
        """Request the settlements of the last 24 hours, or those since."""
        return await self._client.settled(self.sport_id, leagues=self._leagues, since=since)

    async def apply(self, conn: AsyncConnection, payload: SettledPayload, context: ApplyContext) -> Applied:
        """Write the settlements that are new, and close the events that they end."""
        known = await events.load_settlements(conn, {key.event_id for key in payload.items})
        new = new_settlements(known, payload.items)
        await events.save_settlements(conn, new)
        ending = {each.event_id: each for each in new if _ends_event(each, context)}
        states = await events.load_ids(conn, ending.keys())
        closed = list(closed_events(states, ending, context))
        await events.save(conn, closed)
        return Applied(changed=frozenset(state.event.id for state in closed))


class SettledSpecialsHandler(OnDemandHandler[SettledSpecialsPayload]):
    """The settled specials of one sport, requested only on demand."""

    kind = "settled_specials"
    endpoint = "settled_specials"
    replaces = False

    async def request(self, since: int | None) -> Response[SettledSpecialsPayload]:
        """Request the settlements of the last 24 hours, or those since."""
        return await self._client.settled_specials(self.sport_id, leagues=self._leagues, since=since)

    async def apply(
        self, conn: AsyncConnection, payload: SettledSpecialsPayload, context: ApplyContext
    ) -> Applied:
        """Close the specials that new settlements end."""
        known = await specials.load_settlement_ids(conn, payload.items.keys())
        new = new_special_settlements(known, payload.items)
        await specials.save_settlement_ids(conn, {each.id: each.settlement_id for each in new})
        ending = {each.id: each.status for each in new if closes(each.status, each.settled_at, context)}
        states = await specials.load_ids(conn, ending.keys())
        after = [after_settlement(state, ending[id_], context.at) for id_, state in states.items()]
        closed = [state for state in after if state is not None]
        await specials.save(conn, closed)
        return Applied(changed=frozenset(each.special.event_id for each in closed if each.special.event_id))


def new_settlements(
    known: Mapping[tuple[int, int], Settlement], received: Mapping[PeriodKey, Settlement]
) -> list[Settlement]:
    """The settlements with a greater id than the known one of their period."""
    return [each for key, each in received.items() if key not in known or known[key].id < each.id]


def new_special_settlements(
    known: Mapping[int, int], received: Mapping[int, SettledSpecial]
) -> list[SettledSpecial]:
    """The settlements of known specials with a greater id than the known one."""
    return [each for id_, each in received.items() if id_ in known and known[id_] < each.settlement_id]


def closed_events(
    known: Mapping[int, EventState], ending: Mapping[int, Settlement], context: ApplyContext
) -> Iterable[EventState]:
    """The states of the events that these settlements close."""
    for event_id, settlement in ending.items():
        state = known.get(event_id)
        if state and (after := after_settlement(state, settlement.status, context.at)):
            yield after


def _ends_event(settlement: Settlement, context: ApplyContext) -> bool:
    of_match = settlement.period == MATCH_PERIOD
    return of_match and closes(settlement.status, settlement.settled_at, context)
