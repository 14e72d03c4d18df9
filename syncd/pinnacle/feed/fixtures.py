"""Fixtures: events appear, change, and leave without a word."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from msgspec.structs import astuple, replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.model.feed import EventState
from syncd.model.openness import is_past
from syncd.model.pinnacle import Event, League
from syncd.pinnacle.answers import Answer, FixturesAnswer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed import listing
from syncd.pinnacle.feed.disbelief import Disbelief
from syncd.pinnacle.feed.leagues import LeagueMirror
from syncd.pinnacle.feed.loss import doubt_snapshot
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.store import events
from syncd.store.events import Listed

T = TypeVar("T")


class FixturesMirror:
    """The events of one sport. Events whose league has no name yet make `leagues` ask for it."""

    kind = "fixtures"
    endpoint: Endpoint = "fixtures"
    replaces = True
    optional = False
    idle = False

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int], leagues: LeagueMirror) -> None:
        self.sport_id = sport_id
        self._client = client
        self._only = only
        self._leagues = leagues
        self._disbelief: Disbelief[int] = Disbelief(self.kind, lambda event_id: {"event_id": event_id})

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
            events=_merged(older.events, newer.events, newer.doubted),
            doubted=_merged(older.doubted, newer.doubted, newer.events),
            leagues=older.leagues + newer.leagues,
        )

    async def prepare(self, answer: FixturesAnswer, *, snapshot: bool) -> None:
        """See how much of it cannot be believed. It came decoded."""
        self._disbelief.take(answer.events.keys() | answer.doubted.keys(), answer.doubted, snapshot=snapshot)

    async def apply(self, conn: AsyncConnection, answer: FixturesAnswer, occasion: Occasion) -> Applied:
        """Write what changed, and what a snapshot no longer names."""
        named: Mapping[int, Event] = answer.events
        suspects: Collection[int] = named.keys()
        if occasion.snapshot:
            held = await events.load_listing(conn, self.sport_id)
            if why := doubt_snapshot(
                held,
                named.keys() | answer.doubted.keys(),
                occasion,
                is_open=lambda event_id: _is_ahead(held[event_id], occasion.server_now),
                what="events",
            ):
                return Applied(doubt=why)
            listed = {event_id: Listed(astuple(event), listed=True) for event_id, event in named.items()}
            suspects = listing.differing(held, listed)
        known = await events.load_ids(conn, suspects)
        told = {event_id: named[event_id] for event_id in suspects if event_id in named}
        changes = list(compare(known, told, occasion))
        if not occasion.snapshot:
            # What cannot be believed is missing from a snapshot. A delta says it.
            doubted = await events.load_ids(conn, answer.doubted.keys())
            changes += [_missed(each, occasion) for each in doubted.values() if each.listed]
        await events.save(conn, changes)
        renamed = await self._leagues.rename(conn, answer.leagues)
        await self._leagues.look(conn)
        return Applied(
            changed=renamed | {each.event.id for each in changes if each.changed_at == occasion.at}
        )


def _merged(older: Mapping[int, T], newer: Mapping[int, T], told_otherwise: Collection[int]) -> dict[int, T]:
    kept = {event_id: each for event_id, each in older.items() if event_id not in told_otherwise}
    return {**kept, **newer}


def compare(
    known: Mapping[int, EventState], named: Mapping[int, Event], occasion: Occasion
) -> Iterable[EventState]:
    """The events that are to be written. Those whose `changed_at` is now are news to others."""
    return listing.compare(
        known,
        named,
        occasion,
        appeared=lambda event: _appeared(event, occasion),
        named=lambda state, event: _named(state, event, occasion),
        missed=lambda state: _missed(state, occasion),
    )


def _appeared(event: Event, occasion: Occasion) -> EventState:
    league = League(id=event.league_id, sport_id=event.sport_id, name="")
    return EventState(event=event, league=league, seen_at=occasion.at, changed_at=occasion.at)


def _named(state: EventState, event: Event, occasion: Occasion) -> EventState | None:
    told = replace(state, event=event, seen_at=occasion.at)
    return listing.named(state, told, occasion, same=state.event == event)


def _missed(state: EventState, occasion: Occasion) -> EventState:
    after = listing.missed(state, occasion.at)
    if not state.listed:
        return after
    return replace(after, seen_at=max(state.seen_at, occasion.seen_before or state.seen_at))


def _is_ahead(each: Listed, now: datetime) -> bool:
    return each.listed and not is_past(each.starts, now)
