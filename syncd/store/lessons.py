"""The linker's memory: each lesson with the link's event that taught it, so that it can be taken back."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select

from syncd.matching.memory import Lesson
from syncd.store.connection import AsyncConnection
from syncd.store.rows import IDS_PER_STATEMENT, grouped, in_chunks, insert, load, load_in
from syncd.store.schema import lessons as table


async def replace(conn: AsyncConnection, lessons: Sequence[Lesson]) -> None:
    """Store these lessons in place of all earlier ones of their events."""
    await delete(conn, {lesson.event_id for lesson in lessons})
    await insert(conn, table, map(msgspec.structs.asdict, lessons))


async def delete(conn: AsyncConnection, event_ids: Iterable[int]) -> None:
    """Delete all lessons of these events."""
    for chunk in in_chunks(event_ids, IDS_PER_STATEMENT):
        await conn.execute(table.delete().where(table.c.event_id.in_(chunk)))


async def load_event_ids(conn: AsyncConnection) -> set[int]:
    """The events that have lessons."""
    return set(await load(conn, select(table.c.event_id).distinct(), lambda row: int(row.event_id)))


async def load_for_events(conn: AsyncConnection, event_ids: Collection[int]) -> dict[int, tuple[Lesson, ...]]:
    """The lessons of these events, the earliest first."""
    found = await load_in(conn, select(table).order_by(table.c.id), table.c.event_id, event_ids, _lesson)
    return grouped((lesson.event_id, lesson) for lesson in found)


async def load_all(conn: AsyncConnection) -> list[Lesson]:
    """All lessons, the earliest first."""
    return await load(conn, select(table).order_by(table.c.id), _lesson)


def _lesson(row: Row[Any]) -> Lesson:
    return Lesson(
        kind=row.kind,
        scope=row.scope,
        name=row.name,
        target_id=row.target_id,
        event_id=row.event_id,
        confirmed=row.confirmed,
        learnt_at=row.learnt_at,
        proven=row.proven,
    )
