"""Small facts by name, such as the mode and the learnt limit of requests."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import bindparam, select

from syncd.store.connection import AsyncConnection
from syncd.store.row_writes import RowWrite
from syncd.store.rows import write
from syncd.store.schema import facts

T = TypeVar("T")

_VALUE = select(facts.c.value_json).where(facts.c.name == bindparam("of_fact"))

LIMITED_UNTIL = "bettune.limited_until"
"""Until when BetTune's last 429 lets only probes through: wall time of the daemon that works."""

MATCHES_READ_AT = "bettune.matches_read_at"
FILTERS_READ_AT = "bettune.filters_read_at"
"""When BetTune's lists were last read."""

ALIAS_FILE = "alias_file"
"""The alias file of the daemon that worked last, as a path; empty if its config names none."""

WITHDREW_NOW_AT = "withdrew_now_at"
"""Since when predictions may be gone that no user deleted, as by `syncd withdraw --now`: until a daemon has
taken note of it."""


async def get(conn: AsyncConnection, name: str, kind: type[T]) -> T | None:
    """The fact as a value of `kind`. None if it is not known, or was stored as another kind.

    An older version may have stored it in another shape; it will be learnt again.
    """
    text = await conn.scalar(_VALUE, {"of_fact": name})
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        return None


def row(name: str, value: Any, now: datetime) -> RowWrite:
    """The row of a fact, in place of the one before; after None, `get` returns None."""
    text = msgspec.json.encode(value).decode()
    return RowWrite(facts, {"name": name, "value_json": text, "at": now}, replaces=True)


async def put(conn: AsyncConnection, name: str, value: Any, now: datetime) -> None:
    """Store the fact in place of the one before; after None, `get` returns None."""
    await write(conn, [row(name, value, now)])
