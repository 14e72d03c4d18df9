"""Small facts by name: the pause switch, a learnt limit, the end of a Retry-After."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.rows import upsert
from syncd.store.schema import settings

T = TypeVar("T")


async def get(conn: AsyncConnection, name: str, kind: type[T]) -> T | None:
    """The fact as a value of `kind`; none where nobody has set it, or where it is of another kind by now.

    An older version may have kept it in another shape: such a fact is learnt anew, not worth a crash.
    """
    text = await conn.scalar(select(settings.c.value_json).where(settings.c.name == name))
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        return None


async def put(conn: AsyncConnection, name: str, value: Any, now: datetime) -> None:
    """Keep the fact, in place of what was known; none makes `get` give none."""
    text = msgspec.json.encode(value).decode()
    await upsert(conn, settings, [{"name": name, "value_json": text, "at": now}])
