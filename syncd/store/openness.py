"""When bets were taken on events and specials: what stood at other moments was no offer.

Most are open from the first moment on, and of these nothing is written until they close.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store import rows
from syncd.store.schema import event_openness, special_openness, specials

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when something was closed that was closed when it was first told of."""


class Turn(NamedTuple):
    """From then on bets were taken, or were not."""

    id: int
    """Grows from one to the next of an event."""
    at: datetime
    of: int
    """The event or the special."""
    open: bool


class Now(NamedTuple):
    """Whether bets are taken on an event or a special, and since when at the latest."""

    at: datetime
    open: bool


async def note_events(conn: AsyncConnection, before: Mapping[int, bool], now: Mapping[int, Now]) -> set[int]:
    """Write down which events open or close; returns those that open again.

    `before` tells whether they were open, and lacks those that are new.
    """
    return await _note(conn, event_openness, "event_id", before, now)


async def note_specials(
    conn: AsyncConnection, before: Mapping[int, bool], now: Mapping[int, Now]
) -> set[int]:
    """The same of specials."""
    return await _note(conn, special_openness, "special_id", before, now)


async def load_events(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[Turn, ...]]:
    """When these events opened and closed beyond that id, by event and in order of time."""
    query = (
        select(event_openness)
        .where(event_openness.c.id > after)
        .order_by(event_openness.c.at, event_openness.c.id)
    )
    found = await rows.load_in(
        conn,
        query,
        event_openness.c.event_id,
        event_ids,
        lambda row: (row.event_id, _turn(row, row.event_id)),
    )
    return rows.grouped(found)


async def load_specials(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[Turn, ...]]:
    """When the specials of these events opened and closed beyond that id, by event and in order of time."""
    query = (
        select(specials.c.event_id, special_openness)
        .join(specials, specials.c.id == special_openness.c.special_id)
        .where(special_openness.c.id > after)
        .order_by(special_openness.c.at, special_openness.c.id)
    )
    found = await rows.load_in(
        conn, query, specials.c.event_id, event_ids, lambda row: (row.event_id, _turn(row, row.special_id))
    )
    return rows.grouped(found)


async def _note(
    conn: AsyncConnection, table: Table, of: str, before: Mapping[int, bool], now: Mapping[int, Now]
) -> set[int]:
    turned = {id_: each for id_, each in now.items() if before.get(id_, True) != each.open}
    entries = [
        {of: id_, "at": each.at if id_ in before else ALWAYS, "open": each.open}
        for id_, each in turned.items()
    ]
    await rows.insert(conn, table, entries)
    return {id_ for id_, each in turned.items() if each.open}


def _turn(row: Row[Any], of: int) -> Turn:
    return Turn(row.id, row.at, of, row.open)
