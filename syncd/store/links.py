"""Links of events and matches with their evidence, and the rejections of users."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row, select

from syncd.model.link import Link, LinkState
from syncd.store import offer_history, periods
from syncd.store.connection import AsyncConnection
from syncd.store.rows import IDS_PER_STATEMENT, in_chunks, load, load_in, upsert
from syncd.store.schema import links, rejections


class Rejection(NamedTuple):
    """A user's decision that these two are not the same game."""

    event_id: int
    match_id: int


async def save(conn: AsyncConnection, decided: Iterable[Link], now: datetime) -> None:
    """Save these links, each in place of the one of its event. No event may occur twice.

    A link without `decided_at` was decided now.
    """
    dated = [link if link.decided_at else msgspec.structs.replace(link, decided_at=now) for link in decided]
    ids = {link.event_id for link in dated}
    await offer_history.keep_current_offers(conn, ids - await periods.linked_events(conn, ids))
    await upsert(conn, links, map(_values, dated))


async def delete(conn: AsyncConnection, event_ids: Iterable[int]) -> None:
    """Delete the links of these events."""
    for chunk in in_chunks(event_ids, IDS_PER_STATEMENT):
        await conn.execute(links.delete().where(links.c.event_id.in_(chunk)))


async def load_all(conn: AsyncConnection, state: LinkState | None = None) -> dict[int, Link]:
    """All links, or those in one state, by event id."""
    query = select(links.c.link_json)
    if state is not None:
        query = query.where(links.c.state == state)
    return _by_event(await load(conn, query, _link))


async def load_for_events(conn: AsyncConnection, event_ids: Collection[int]) -> dict[int, Link]:
    """The links of these events, by event id."""
    return _by_event(await load_in(conn, select(links.c.link_json), links.c.event_id, event_ids, _link))


async def load_for_matches(conn: AsyncConnection, match_ids: Collection[int]) -> dict[int, Link]:
    """The links of these matches, by event id; a match may have several, some of them for review."""
    return _by_event(await load_in(conn, select(links.c.link_json), links.c.match_id, match_ids, _link))


async def save_rejection(conn: AsyncConnection, rejection: Rejection, now: datetime) -> None:
    """Save a rejection."""
    await upsert(conn, rejections, [{**rejection._asdict(), "at": now}])


async def delete_rejection(conn: AsyncConnection, rejection: Rejection) -> None:
    """Delete a rejection that the user has taken back."""
    await conn.execute(
        rejections.delete().where(
            rejections.c.event_id == rejection.event_id, rejections.c.match_id == rejection.match_id
        )
    )


async def load_rejections(conn: AsyncConnection) -> set[Rejection]:
    """All rejections."""
    query = select(rejections.c.event_id, rejections.c.match_id)
    return set(await load(conn, query, lambda row: Rejection(row.event_id, row.match_id)))


def _by_event(found: list[Link]) -> dict[int, Link]:
    return {link.event_id: link for link in found}


def _values(link: Link) -> dict[str, Any]:
    return {
        "event_id": link.event_id,
        "match_id": link.match_id,
        "state": link.state.value,
        "confidence": link.confidence,
        "link_json": msgspec.json.encode(link).decode(),
        "decided_at": link.decided_at,
    }


def _link(row: Row[Any]) -> Link:
    return msgspec.json.decode(row.link_json, type=Link)
