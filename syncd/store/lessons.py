"""What sure links taught, each lesson with the event that taught it, so that it can be taken back."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.matching.memory import Lesson
from syncd.store.rows import IDS, in_chunks, insert, load
from syncd.store.schema import memories


async def learn(conn: AsyncConnection, lessons: Sequence[Lesson]) -> None:
    """Keep these lessons, in place of all that their events taught before."""
    await forget(conn, {lesson.event_id for lesson in lessons})
    await insert(conn, memories, map(msgspec.structs.asdict, lessons))


async def forget(conn: AsyncConnection, event_ids: Iterable[int]) -> None:
    """Take back all that these events taught."""
    for chunk in in_chunks(event_ids, IDS):
        await conn.execute(memories.delete().where(memories.c.event_id.in_(chunk)))


async def teachers(conn: AsyncConnection) -> set[int]:
    """The events that teach anything."""
    return set(await load(conn, select(memories.c.event_id).distinct(), lambda row: int(row.event_id)))


async def load_all(conn: AsyncConnection) -> list[Lesson]:
    """All lessons, in the order in which they were learnt."""
    return await load(conn, select(memories).order_by(memories.c.id), _lesson)


def _lesson(row: Row[Any]) -> Lesson:
    return Lesson(
        kind=row.kind,
        scope=row.scope,
        name=row.name,
        target_id=row.target_id,
        event_id=row.event_id,
        confirmed=row.confirmed,
        learnt_at=row.learnt_at,
    )
