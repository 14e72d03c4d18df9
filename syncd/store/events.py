"""Pinnacle's events, the names of their leagues, and their settlements."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, or_, select

from syncd.model.feed import EventState, Gone
from syncd.model.pinnacle import Event, League, Settlement
from syncd.store import offer_history, rows
from syncd.store.connection import AsyncConnection
from syncd.store.offer_history import Openness
from syncd.store.schema import events, leagues, settlements

_CONTENT = [events.c[name] for name in Event.__struct_fields__]


class StoredEvent(NamedTuple):
    """An event as a row, not decoded: thousands are compared to find a few that have changed."""

    content: tuple[Any, ...]
    """The fields of the event, as `msgspec.structs.astuple` returns them."""
    listed: bool

    @property
    def starts(self) -> datetime:
        """Its kick-off."""
        starts: datetime = self.content[_STARTS]
        return starts


_STARTS = Event.__struct_fields__.index("starts")


async def load(
    conn: AsyncConnection, sport_ids: Collection[int], *, with_gone: bool = False
) -> dict[int, EventState]:
    """The events of these sports by id, without tombstones unless `with_gone`."""
    query = _with_league().where(events.c.sport_id.in_(sport_ids))
    if not with_gone:
        query = query.where(events.c.gone_at.is_(None))
    return _by_id(await rows.load(conn, query, _event_state))


async def load_between(
    conn: AsyncConnection, sport_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, EventState]:
    """The events of these sports that kick off from `start` to `end`, both included, without tombstones."""
    query = _with_league().where(
        events.c.sport_id.in_(sport_ids),
        events.c.gone_at.is_(None),
        events.c.starts >= start,
        events.c.starts <= end,
    )
    return _by_id(await rows.load(conn, query, _event_state))


async def load_ids(conn: AsyncConnection, ids: Collection[int]) -> dict[int, EventState]:
    """The known events with these ids, tombstones too."""
    return _by_id(await rows.load_in(conn, _with_league(), events.c.id, ids, _event_state))


async def load_in_play(conn: AsyncConnection) -> dict[int, EventState]:
    """Load the events that are gone because they are being played, by id."""
    query = _with_league().where(events.c.gone_because == Gone.IN_PLAY.value)
    return _by_id(await rows.load(conn, query, _event_state))


async def load_listed_ids(conn: AsyncConnection) -> frozenset[int]:
    """Load the ids of all events that are not gone."""
    query = select(events.c.id).where(events.c.gone_at.is_(None))
    return frozenset(await rows.load(conn, query, lambda row: int(row.id)))


async def load_listing(conn: AsyncConnection, sport_id: int) -> dict[int, StoredEvent]:
    """The events whose absence from a fixtures snapshot would be a change, not decoded.

    These are the ones that are not gone, and the settled ones that were still listed.
    """
    not_gone = events.c.gone_at.is_(None).label("not_gone")
    query = select(*_CONTENT, events.c.missed, not_gone).where(
        events.c.sport_id == sport_id, or_(events.c.gone_at.is_(None), events.c.missed == 0)
    )
    return {each.content[0]: each for each in await rows.load(conn, query, _listed)}


async def save(conn: AsyncConnection, states: Iterable[EventState]) -> None:
    """Save the state of these events, known or new, and record which of them open or close.

    The history keeps what an event offers when it opens again; prices while it was closed were no offer.
    """
    after = _by_id(states)
    before = {event_id: state.takes_bets for event_id, state in (await load_ids(conn, after)).items()}
    now = {event_id: Openness(state.changed_at, state.takes_bets) for event_id, state in after.items()}
    reopened = await offer_history.record_event_openness(conn, before, now)
    await offer_history.keep_current_offers(conn, reopened)
    await rows.upsert(conn, events, (_event_row(state) for state in after.values()))


async def load_leagues(conn: AsyncConnection, ids: Collection[int]) -> dict[int, League]:
    """The leagues with these ids, as far as their names are known."""
    found = await rows.load_in(conn, select(leagues), leagues.c.id, ids, _league)
    return {league.id: league for league in found}


async def save_leagues(conn: AsyncConnection, named: Iterable[League]) -> None:
    """Save the names of leagues."""
    await rows.upsert(
        conn,
        leagues,
        ({"id": league.id, "sport_id": league.sport_id, "name": league.name} for league in named),
    )


async def unnamed_league_ids(conn: AsyncConnection, sport_id: int) -> frozenset[int]:
    """The leagues that have events, but no name yet."""
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
    """The settlements of the periods of these events, by (event, period)."""
    found = await rows.load_in(conn, select(settlements), settlements.c.event_id, event_ids, _settlement)
    return {(each.event_id, each.period): each for each in found}


async def save_settlements(conn: AsyncConnection, new: Iterable[Settlement]) -> None:
    """Save these in place of earlier settlements of the same periods."""
    await rows.upsert(conn, settlements, (_settlement_row(each) for each in new))


def _with_league() -> Select[Any]:
    name = leagues.c.name.label("league_name")
    return select(events, name).outerjoin(leagues, leagues.c.id == events.c.league_id)


def _by_id(states: Iterable[EventState]) -> dict[int, EventState]:
    return {state.event.id: state for state in states}


def _listed(row: Row[Any]) -> StoredEvent:
    values = tuple(row)
    return StoredEvent(values[:-2], listed=row.not_gone and row.missed == 0)


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
