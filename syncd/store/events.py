"""Pinnacle's events, the names of their leagues, and how they were settled."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.feed import EventState, Gone
from syncd.model.pinnacle import Event, League, Settlement
from syncd.store import openness, past, rows
from syncd.store.openness import Now
from syncd.store.schema import events, leagues, settlements

_CONTENT = [events.c[name] for name in Event.__struct_fields__]


class Listed(NamedTuple):
    """An event as a row, not built: thousands are compared where a few have changed."""

    content: tuple[Any, ...]
    """As `msgspec.structs.astuple` of the event gives it."""
    listed: bool

    @property
    def starts(self) -> datetime:
        """Its kick-off."""
        moment: datetime = self.content[_STARTS]
        return moment


_STARTS = Event.__struct_fields__.index("starts")


async def load(
    conn: AsyncConnection, sport_ids: Collection[int], *, with_gone: bool = False
) -> dict[int, EventState]:
    """The events of these sports by id; without tombstones unless asked for."""
    query = _with_league().where(events.c.sport_id.in_(sport_ids))
    if not with_gone:
        query = query.where(events.c.gone_at.is_(None))
    return _by_id(await rows.load(conn, query, _event_state))


async def load_ids(conn: AsyncConnection, ids: Collection[int]) -> dict[int, EventState]:
    """The events of these ids that are known, tombstones too."""
    return _by_id(await rows.load_in(conn, _with_league(), events.c.id, ids, _event_state))


async def load_listing(conn: AsyncConnection, sport_id: int) -> dict[int, Listed]:
    """The events whose absence from a fixtures snapshot would tell something, cheaply.

    Those that are not gone, and those that were settled but have stayed on the list so far.
    """
    not_gone = events.c.gone_at.is_(None).label("not_gone")
    query = select(*_CONTENT, events.c.missed, not_gone).where(
        events.c.sport_id == sport_id, or_(events.c.gone_at.is_(None), events.c.missed == 0)
    )
    return {each.content[0]: each for each in await rows.load(conn, query, _listed)}


async def save(conn: AsyncConnection, states: Iterable[EventState]) -> None:
    """Write these events as they stand, whether known before or not, and which of them open or close.

    What an event offers as it opens again is kept: what came while it was closed was no offer.
    """
    after = _by_id(states)
    before = {event_id: state.takes_bets for event_id, state in (await load_ids(conn, after)).items()}
    now = {event_id: Now(state.changed_at, state.takes_bets) for event_id, state in after.items()}
    await past.begin(conn, await openness.note_events(conn, before, now))
    await rows.upsert(conn, events, (_event_row(state) for state in after.values()))


async def load_leagues(conn: AsyncConnection, ids: Collection[int]) -> dict[int, League]:
    """The leagues of these ids whose names are known."""
    found = await rows.load_in(conn, select(leagues), leagues.c.id, ids, _league)
    return {league.id: league for league in found}


async def save_leagues(conn: AsyncConnection, named: Iterable[League]) -> None:
    """Remember the names of leagues."""
    await rows.upsert(
        conn,
        leagues,
        ({"id": league.id, "sport_id": league.sport_id, "name": league.name} for league in named),
    )


async def unnamed_leagues(conn: AsyncConnection, sport_id: int) -> frozenset[int]:
    """Leagues that have events, and no name yet."""
    query = (
        select(events.c.league_id)
        .distinct()
        .outerjoin(leagues, leagues.c.id == events.c.league_id)
        .where(events.c.sport_id == sport_id, events.c.gone_at.is_(None), leagues.c.id.is_(None))
    )
    return frozenset(await rows.load(conn, query, lambda row: int(row.league_id)))


async def ids_in_leagues(conn: AsyncConnection, league_ids: Collection[int]) -> frozenset[int]:
    """The events of these leagues that are not gone."""
    query = select(events.c.id).where(events.c.gone_at.is_(None))
    return frozenset(await rows.load_in(conn, query, events.c.league_id, league_ids, lambda row: int(row.id)))


async def load_settlements(
    conn: AsyncConnection, event_ids: Collection[int]
) -> dict[tuple[int, int], Settlement]:
    """How the periods of these events were settled, by (event, period)."""
    found = await rows.load_in(conn, select(settlements), settlements.c.event_id, event_ids, _settlement)
    return {(each.event_id, each.period): each for each in found}


async def save_settlements(conn: AsyncConnection, newer: Iterable[Settlement]) -> None:
    """Write these over what was known of their periods."""
    await rows.upsert(conn, settlements, (_settlement_row(each) for each in newer))


def _with_league() -> Select[Any]:
    name = leagues.c.name.label("league_name")
    return select(events, name).outerjoin(leagues, leagues.c.id == events.c.league_id)


def _by_id(states: Iterable[EventState]) -> dict[int, EventState]:
    return {state.event.id: state for state in states}


def _listed(row: Row[Any]) -> Listed:
    values = tuple(row)
    return Listed(values[:-2], listed=row.not_gone and row.missed == 0)


def _event_state(row: Row[Any]) -> EventState:
    return EventState(
        event=Event(
            id=row.id,
            sport_id=row.sport_id,
            league_id=row.league_id,
            home=row.home,
            away=row.away,
            starts=row.starts,
            status=row.status,
            live_status=row.live_status,
            parent_id=row.parent_id,
            resulting_unit=row.resulting_unit,
            rot_num=row.rot_num,
        ),
        league=League(id=row.league_id, sport_id=row.sport_id, name=row.league_name or ""),
        seen_at=row.seen_at,
        changed_at=row.changed_at,
        missed=row.missed,
        gone_at=row.gone_at,
        gone_because=Gone(row.gone_because) if row.gone_because else None,
    )


def _event_row(state: EventState) -> Mapping[str, Any]:
    event = state.event
    return {
        "id": event.id,
        "sport_id": event.sport_id,
        "league_id": event.league_id,
        "home": event.home,
        "away": event.away,
        "starts": event.starts,
        "status": event.status,
        "live_status": event.live_status,
        "parent_id": event.parent_id,
        "resulting_unit": event.resulting_unit,
        "rot_num": event.rot_num,
        "seen_at": state.seen_at,
        "changed_at": state.changed_at,
        "missed": state.missed,
        "gone_at": state.gone_at,
        "gone_because": state.gone_because.value if state.gone_because else None,
    }


def _league(row: Row[Any]) -> League:
    return League(id=row.id, sport_id=row.sport_id, name=row.name)


def _settlement(row: Row[Any]) -> Settlement:
    return Settlement(
        id=row.settlement_id,
        event_id=row.event_id,
        period=row.period,
        status=row.status,
        settled_at=row.settled_at,
        team1_score=row.team1_score,
        team2_score=row.team2_score,
        reason=row.reason,
    )


def _settlement_row(settlement: Settlement) -> Mapping[str, Any]:
    return {
        "event_id": settlement.event_id,
        "period": settlement.period,
        "settlement_id": settlement.id,
        "status": settlement.status,
        "settled_at": settlement.settled_at,
        "team1_score": settlement.team1_score,
        "team2_score": settlement.team2_score,
        "reason": settlement.reason,
    }
