"""Fixtures: events appear, change, and disappear without notice."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec.structs import astuple, replace

from syncd.model.feed import EventState
from syncd.model.openness import is_past
from syncd.model.pinnacle import Event, League
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed import presence
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext, EndpointHandler
from syncd.pinnacle.feed.invalid_items import InvalidItems
from syncd.pinnacle.feed.leagues import LeaguesHandler
from syncd.pinnacle.feed.suspect_snapshots import suspect_reason
from syncd.pinnacle.responses import FixturesPayload, Response
from syncd.store import events
from syncd.store.connection import AsyncConnection
from syncd.store.events import StoredEvent


class FixturesHandler(EndpointHandler[FixturesPayload]):
    """The events of one sport. `league_names` is informed of leagues that have no name yet."""

    kind = "fixtures"
    endpoint = "fixtures"

    def __init__(
        self,
        client: PinnacleClient,
        sport_id: int,
        leagues: Collection[int],
        league_names: LeaguesHandler,
    ) -> None:
        super().__init__(client, sport_id, leagues)
        self._league_names = league_names
        self._invalid: InvalidItems[int] = InvalidItems(self.kind, lambda event_id: {"event_id": event_id})

    async def request(self, since: int | None) -> Response[FixturesPayload]:
        """Request the events, or those that changed."""
        return await self._client.fixtures(self.sport_id, leagues=self._leagues, since=since)

    async def prepare(self, payload: FixturesPayload, *, snapshot: bool) -> None:
        """Check how many events are invalid: the payload is decoded already."""
        self._invalid.update(payload.keys, payload.invalid, snapshot=snapshot, unreadable=payload.unreadable)

    def is_unaffected_by(self, payload: FixturesPayload) -> bool:
        """Return whether a delta contains nothing; the first one looks for leagues without a name."""
        return super().is_unaffected_by(payload) and not payload.leagues and self._league_names.has_looked

    async def apply(self, conn: AsyncConnection, payload: FixturesPayload, context: ApplyContext) -> Applied:
        """Write the events that changed, and those that a snapshot misses."""
        if context.snapshot:
            stored = await events.load_listing(conn, self.sport_id)
            if reason := suspect_reason(
                stored,
                payload.keys,
                context,
                is_open=lambda event_id: _is_upcoming(stored[event_id], context.server_now),
                what="events",
            ):
                return Applied(suspect=reason)
            changed = presence.differing_keys(stored, _listing(payload.items))
            states = await _changed_states(conn, payload.items, changed, context)
        else:
            states = await _changed_states(conn, payload.items, payload.items.keys(), context)
            states += await _newly_invalid(conn, payload.invalid.keys(), context)
        await events.save(conn, states)
        renamed = await self._league_names.rename(conn, payload.leagues)
        await self._league_names.find_unnamed(conn)
        return Applied(changed=renamed | {each.event.id for each in states if each.changed_at == context.at})


async def _changed_states(
    conn: AsyncConnection, listed: Mapping[int, Event], ids: Collection[int], context: ApplyContext
) -> list[EventState]:
    """The states of these events to be written. Those whose `changed_at` is now are news to others."""
    return list(
        presence.changed_states(
            await events.load_ids(conn, ids),
            {event_id: listed[event_id] for event_id in ids if event_id in listed},
            context,
            new=lambda event: _new(event, context),
            updated=lambda state, event: _updated(state, event, context),
            missed=lambda state: _missed(state, context),
        )
    )


async def _newly_invalid(
    conn: AsyncConnection, ids: Collection[int], context: ApplyContext
) -> list[EventState]:
    """Invalid events are missed: a snapshot simply does not list them, a delta names them."""
    known = await events.load_ids(conn, ids)
    return [_missed(state, context) for state in known.values() if state.listed]


def _listing(listed: Mapping[int, Event]) -> dict[int, StoredEvent]:
    return {event_id: StoredEvent(astuple(event), listed=True) for event_id, event in listed.items()}


def _new(event: Event, context: ApplyContext) -> EventState:
    league = League(id=event.league_id, sport_id=event.sport_id, name="")
    return EventState(event=event, league=league, seen_at=context.at, changed_at=context.at)


def _updated(before: EventState, event: Event, context: ApplyContext) -> EventState | None:
    after = replace(before, event=event, seen_at=context.at)
    return presence.after_listing(before, after, context, unchanged=before.event == event)


def _missed(before: EventState, context: ApplyContext) -> EventState:
    after = presence.after_missing(before, context.at)
    if not before.listed:
        return after
    return replace(after, seen_at=max(before.seen_at, context.previous_ok_at or before.seen_at))


def _is_upcoming(each: StoredEvent, now: datetime) -> bool:
    return each.listed and not is_past(each.starts, now)
