"""Fixtures: events appear, change, and leave without a word.

Fixtures never announce a removal. An event is not open from the first snapshot that does not name
it, and a tombstone from the second; it lives again when it returns.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial

from msgspec.structs import astuple, replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.feed import EventState, Gone
from syncd.model.pinnacle import Event, League
from syncd.pinnacle.answers import Answer, FixturesAnswer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.leagues import LeagueMirror
from syncd.pinnacle.feed.loss import doubt_snapshot
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.store import events
from syncd.store.events import Listed


class FixturesMirror:
    """The events of one sport. Events whose league has no name yet make `leagues` ask for it."""

    kind = "fixtures"
    endpoint = "fixtures"
    replaces = True
    optional = False
    idle = False

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int], leagues: LeagueMirror) -> None:
        self.sport_id = sport_id
        self._client = client
        self._only = only
        self._leagues = leagues

    async def call(self, since: int | None) -> Answer[FixturesAnswer]:
        """Ask for all events, or those that changed."""
        return await self._client.fixtures(self.sport_id, leagues=self._only, since=since)

    def nothing(self) -> FixturesAnswer:
        """No event at all."""
        return FixturesAnswer(last=None, events={})

    def merge(self, older: FixturesAnswer, newer: FixturesAnswer) -> FixturesAnswer:
        """The newer word on each event."""
        return FixturesAnswer(
            last=newer.last if newer.last is not None else older.last,
            events={**older.events, **newer.events},
            leagues=older.leagues + newer.leagues,
        )

    async def prepare(self, answer: FixturesAnswer, *, snapshot: bool) -> None:
        """Nothing: the answer came decoded."""

    async def apply(self, conn: AsyncConnection, answer: FixturesAnswer, occasion: Occasion) -> Applied:
        """Write what changed, and what a snapshot no longer names."""
        named: Mapping[int, Event] = answer.events
        suspects: Collection[int] = named.keys()
        if occasion.snapshot:
            listing = await events.load_listing(conn, self.sport_id)
            ahead = partial(_is_ahead, now=occasion.server_now)
            why = doubt_snapshot(listing, named, occasion, is_open=ahead, what="events")
            if why:
                return Applied(doubt=why)
            suspects = differing(listing, named)
        known = await events.load_ids(conn, suspects)
        told = {event_id: named[event_id] for event_id in suspects if event_id in named}
        changes = list(compare(known, told, occasion))
        await events.save(conn, changes)
        renamed = await self._leagues.rename(conn, answer.leagues)
        await self._leagues.look(conn)
        return Applied(
            changed=renamed | {each.event.id for each in changes if each.changed_at == occasion.at}
        )


def differing(listing: Mapping[int, Listed], named: Mapping[int, Event]) -> set[int]:
    """The events of which a snapshot says something else than the store."""
    same = {
        event_id
        for event_id, event in named.items()
        if event_id in listing and listing[event_id] == (astuple(event), True)
    }
    return (listing.keys() | named.keys()) - same


def compare(
    known: Mapping[int, EventState], named: Mapping[int, Event], occasion: Occasion
) -> Iterable[EventState]:
    """The events that are to be written. Those whose `changed_at` is now are news to others."""
    for event in named.values():
        state = known.get(event.id)
        after = _appeared(event, occasion) if state is None else _named(state, event, occasion)
        if after is not None:
            yield after
    if occasion.snapshot:
        for state in known.values():
            if state.event.id not in named:
                yield _missed(state, occasion)


def _appeared(event: Event, occasion: Occasion) -> EventState:
    league = League(id=event.league_id, sport_id=event.sport_id, name="")
    return EventState(event=event, league=league, seen_at=occasion.at, changed_at=occasion.at)


def _named(state: EventState, event: Event, occasion: Occasion) -> EventState | None:
    if _returns(state, occasion):
        return replace(
            state,
            event=event,
            seen_at=occasion.at,
            changed_at=occasion.at,
            missed=0,
            gone_at=None,
            gone_because=None,
        )
    if state.event == event:
        return None
    changed_at = occasion.at if state.listed else state.changed_at
    return replace(state, event=event, seen_at=occasion.at, changed_at=changed_at)


def _returns(state: EventState, occasion: Occasion) -> bool:
    if state.listed:
        return False
    if state.gone_because in (None, Gone.ABSENT):
        return True
    # A snapshot may be a minute old and still name what was settled meanwhile. It counts once the
    # event has been off the list; a delta is never cached and tells only of events that are on it.
    return not occasion.snapshot or state.missed > 0


def _missed(state: EventState, occasion: Occasion) -> EventState:
    if state.gone_at is not None:
        return replace(state, missed=1)
    seen_at = max(state.seen_at, occasion.seen_before or state.seen_at) if not state.missed else state.seen_at
    once = replace(state, missed=state.missed + 1, seen_at=seen_at, changed_at=occasion.at)
    if once.missed < 2:
        return once
    return replace(once, gone_at=occasion.at, gone_because=Gone.ABSENT)


def _is_ahead(each: Listed, now: datetime) -> bool:
    return each.listed and each.starts > now
