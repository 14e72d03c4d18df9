"""Copying whole tables from one database to another, of either kind."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select, Table, func, literal, select, tuple_

from syncd.store.connection import AsyncConnection
from syncd.store.rows import insert

ROWS_PER_READ = 5_000
"""Rows in memory at a time: the history of a busy account is larger than the memory."""


async def copy_rows(
    source: AsyncConnection, target: AsyncConnection, tables: Iterable[Table], report: Callable[[str], None]
) -> None:
    """Copy all rows of the tables, in this order. Both connections are in a transaction."""
    for table in tables:
        report(table.name)
        last: tuple[Any, ...] = ()
        while rows := (await source.execute(_following(table, last))).mappings().all():
            await insert(target, table, rows)
            last = tuple(rows[-1][column.name] for column in table.primary_key)
        await _continue_numbers(target, table)


def _following(table: Table, last: tuple[Any, ...]) -> Select[Any]:
    """The next rows in the order of the primary key."""
    key = list(table.primary_key)
    query = select(table).order_by(*key).limit(ROWS_PER_READ)
    if not last:
        return query
    values = [literal(value, column.type) for value, column in zip(last, key, strict=True)]
    return query.where(tuple_(*key) > tuple_(*values))


async def _continue_numbers(conn: AsyncConnection, table: Table) -> None:
    """Have PostgreSQL number new rows after those that were copied; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is None or conn.dialect.name != "postgresql":
        return
    highest = await conn.scalar(select(func.max(column)))
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    await conn.execute(select(func.setval(sequence, highest or 1, highest is not None)))
