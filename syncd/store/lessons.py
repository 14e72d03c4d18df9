"""The linker's memory: each lesson with the link's event that taught it, so that it can be taken back."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from syncd.matching.lesson import Lesson
from syncd.store.connection import AsyncConnection
from syncd.store.rows import IDS_PER_STATEMENT, grouped, in_chunks, insert, load, load_in
from syncd.store.schema import lessons as table

COINCIDENCES = ("hint", "seen")
"""Kinds of lessons about teams that are not sure yet."""


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


async def load_about(
    conn: AsyncConnection, names: Collection[str], target_ids: Collection[int]
) -> list[Lesson]:
    """The lessons about these names, or these teams, in any country."""
    by_name: list[Lesson] = []
    for chunk in in_chunks(names, IDS_PER_STATEMENT):
        by_name += await load(conn, select(table).where(table.c.name.in_(chunk)), _lesson)
    by_team = await load_in(conn, select(table), table.c.target_id, target_ids, _lesson)
    return [*by_name, *by_team]


async def count_league_links(conn: AsyncConnection) -> dict[tuple[str, str], dict[int, int]]:
    """The number of links that joined each league (country and name) and each tournament."""
    query = (
        select(table.c.scope, table.c.name, table.c.target_id, func.count().label("number"))
        .where(table.c.kind == "league")
        .group_by(table.c.scope, table.c.name, table.c.target_id)
    )
    found: dict[tuple[str, str], dict[int, int]] = {}
    for row in await conn.execute(query):
        found.setdefault((row.scope, row.name), {})[row.target_id] = row.number
    return found


async def load_proven_hints(conn: AsyncConnection) -> list[Lesson]:
    """The coincidences that agreed results have proven."""
    proven = select(table).where(table.c.kind.in_(COINCIDENCES), table.c.proven > 0)
    return await load(conn, proven, _lesson)


async def load_hinted_claims(conn: AsyncConnection) -> set[tuple[str, str, int]]:
    """The claims of coincidences: scope, name and target id."""
    claim = table.c.scope, table.c.name, table.c.target_id
    query = select(*claim).where(table.c.kind.in_(COINCIDENCES)).distinct()
    return set(await load(conn, query, lambda row: (row.scope, row.name, row.target_id)))


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
