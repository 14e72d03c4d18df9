"""Pinnacle's own warnings: its betting status, and the matches in play.

Both are about all sports, and not every host has them: without them predictions go by cutoffs and lists.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from syncd.model.feed import EVERY_SPORT, EventState, Gone
from syncd.model.openness import is_main_event, is_past
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext, EndpointHandler
from syncd.pinnacle.responses import AnyPayloadT, LiveEvent, Payload, Response
from syncd.store import betting_status, events
from syncd.store.betting_status import BettingStatus
from syncd.store.connection import AsyncConnection

ENABLED = "ALL_BETTING_ENABLED"
CLOSED = ("ALL_BETTING_CLOSED", "ALL_LIVE_BETTING_CLOSED")
"""Closed live betting counts too: nobody knows what is wrong, so nothing has a price."""

IN_PLAY_STATES = range(1, 12)
"""The `state` of a match that has begun, half-time and suspensions included."""

StatusPayload = Payload[str, str]
LivePayload = Payload[int, LiveEvent]


class DangerHandler:
    """Properties of both: no cursor, nothing that a snapshot replaces, not needed by predictions."""

    replaces: ClassVar[bool] = False
    optional: ClassVar[bool] = True
    may_be_refused: ClassVar[bool] = True


class BettingStatusHandler(DangerHandler, EndpointHandler[StatusPayload]):
    """The state of betting as a whole."""

    kind = "betting_status"
    endpoint = "betting_status"

    def __init__(self, client: PinnacleClient) -> None:
        super().__init__(client, EVERY_SPORT, ())

    async def request(self, since: int | None) -> Response[StatusPayload]:
        """Request the status. Raises `BadPayloadError` for one that is not known."""
        response = await self._client.betting_status()
        status = response.payload
        if status is not None and status not in (ENABLED, *CLOSED):
            raise BadPayloadError(f"an unknown betting status: {status}")
        return _with_payload(response, StatusPayload(items={"status": status} if status else {}))

    async def apply(self, conn: AsyncConnection, payload: StatusPayload, context: ApplyContext) -> Applied:
        """Store the status. If betting has closed or opened, every event has changed."""
        status = payload.items.get("status")
        if status is None:
            return Applied()
        closed = status if status in CLOSED else ""
        host = self._client.base_url
        if not await betting_status.save(conn, BettingStatus(host=host, closed=closed, at=context.at)):
            return Applied()
        return Applied(changed=await events.load_listed_ids(conn))


class InRunningHandler(DangerHandler, EndpointHandler[LivePayload]):
    """The matches in play. Pinnacle's own host removed the endpoint in 2024."""

    kind = "inrunning"
    endpoint = "inrunning"

    def __init__(self, client: PinnacleClient) -> None:
        super().__init__(client, EVERY_SPORT, ())
        # The events in play that the last response did not list: a restart only asks once more.
        self._unlisted: Collection[int] = frozenset()

    async def request(self, since: int | None) -> Response[LivePayload]:
        """Request the live events; one that is listed twice counts as begun if it is so once."""
        response = await self._client.inrunning()
        begun_last = sorted(response.payload, key=_has_begun)
        return _with_payload(response, LivePayload(items={each.id: each for each in begun_last}))

    async def apply(self, conn: AsyncConnection, payload: LivePayload, context: ApplyContext) -> Applied:
        """Close the events in play.

        An event that was listed here by mistake, and is still to come, is revived once two responses in a
        row do not list it, in whatever state.
        """
        listed = await _main_events(conn, payload.items.keys())
        begun = await _main_events(conn, {each.id for each in payload.items.values() if _has_begun(each)})
        states = [_in_play(state, context) for state in begun.values() if state.gone_at is None]
        unlisted = _not_in_play(await events.load_in_play(conn), listed.keys(), context)
        states += [state for event_id, state in unlisted.items() if event_id in self._unlisted]
        self._unlisted = unlisted.keys()
        await events.save(conn, states)
        return Applied(changed=frozenset(state.event.id for state in states))


def _has_begun(live: LiveEvent) -> bool:
    return live.state in IN_PLAY_STATES


async def _main_events(conn: AsyncConnection, ids: Collection[int]) -> dict[int, EventState]:
    """Load the events that predictions are about: these, or those that they are parts of."""
    found = await events.load_ids(conn, ids)
    parents = {state.event.parent_id for state in found.values()} - {None}
    found |= await events.load_ids(conn, {each for each in parents if each is not None})
    return {event_id: state for event_id, state in found.items() if is_main_event(state.event)}


def _with_payload(response: Response[Any], payload: AnyPayloadT) -> Response[AnyPayloadT]:
    return Response(
        payload=payload,
        requested_at=response.requested_at,
        received_at=response.received_at,
        server_time=response.server_time,
    )


def _in_play(state: EventState, context: ApplyContext) -> EventState:
    return replace(state, changed_at=context.at, gone_at=context.at, gone_because=Gone.IN_PLAY, missed=0)


def _not_in_play(
    known: Mapping[int, EventState], listed: Collection[int], context: ApplyContext
) -> dict[int, EventState]:
    return {
        event_id: replace(state, changed_at=context.at, gone_at=None, gone_because=None)
        for event_id, state in known.items()
        if event_id not in listed and not is_past(state.event.starts, context.server_now)
    }
