"""Reading and writing of thousands of rows without blocking the event loop."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar

import msgspec
import structlog
from sqlalchemy import ColumnElement, Row, Select, Table

from syncd.store.connection import AsyncConnection
from syncd.store.row_writes import RowWrite

log = structlog.get_logger(__name__)

T = TypeVar("T")
K = TypeVar("K")
Values = Mapping[str, Any]

UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, KeyError, TypeError)
"""The errors that `build` raises for a row that is not as it was written."""

ROWS_PER_CHUNK = 250
"""Rows of one statement that writes: some five milliseconds of conversion."""

ROWS_PER_TURN = 100
"""Rows that are built between two turns of the event loop: a period takes five times as long as others."""

IDS_PER_STATEMENT = 5_000
"""In one IN list; both databases allow 32,766 parameters in a statement."""


def in_chunks(items: Iterable[T], size: int = ROWS_PER_CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


async def insert(conn: AsyncConnection, table: Table, rows: Iterable[Values]) -> None:
    """Insert the rows, which must all have the same columns."""
    for chunk in in_chunks(rows):
        await conn.execute(table.insert(), [dict(row) for row in chunk])


async def upsert(
    conn: AsyncConnection,
    table: Table,
    rows: Iterable[Values],
    keys: Sequence[str] | None = None,
    *,
    update: Sequence[str] | None = None,
) -> None:
    """Insert the rows, or update the `update` columns of existing rows with the same `keys`.

    By default `keys` is the primary key and `update` all other columns of the rows; with an empty
    `update` existing rows stay as they are. All rows must have the same columns, and no key may occur twice.
    """
    unique = list(keys) if keys else [column.name for column in table.primary_key]
    for chunk in in_chunks(rows):
        changed = [name for name in chunk[0] if name not in unique] if update is None else update
        statement = _merge(conn.dialect.name, table, tuple(unique), tuple(changed))
        await conn.execute(statement, [dict(row) for row in chunk])


async def write(conn: AsyncConnection, rows: Iterable[RowWrite]) -> None:
    """Write single rows in a transaction that does more than that; see `Store.write_rows` otherwise."""
    for table, values, replaces in rows:
        if replaces:
            await upsert(conn, table, [values])
        else:
            await insert(conn, table, [values])


def insertion(dialect: str, table: Table) -> Any:
    """Return an INSERT that may say what follows a conflict: each dialect has a class of its own.

    A connection of the dialect has imported it already, and the other one need not be.
    """
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


@cache
def _merge(dialect: str, table: Table, unique: tuple[str, ...], changed: tuple[str, ...]) -> Any:
    """Cached, because building it takes longer than its execution."""
    new = insertion(dialect, table)
    if not changed:
        return new.on_conflict_do_nothing(index_elements=unique)
    return new.on_conflict_do_update(
        index_elements=unique, set_={name: new.excluded[name] for name in changed}
    )


async def load(conn: AsyncConnection, query: Select[Any], build: Callable[[Row[Any]], T]) -> list[T]:
    """The result of `build` for each row."""
    result = await conn.execute(query)
    built: list[T] = []
    for chunk in result.partitions(ROWS_PER_TURN):
        built.extend(_built(chunk, build))
        await asyncio.sleep(0)
    return built


def _built(chunk: Sequence[Row[Any]], build: Callable[[Row[Any]], T]) -> list[T]:
    """The results of `build` without the rows that it cannot read: a file may have been edited or damaged."""
    try:
        return [build(row) for row in chunk]
    except UNREADABLE:
        return [result for row in chunk for result in _readable(row, build)]


def _readable(row: Row[Any], build: Callable[[Row[Any]], T]) -> Iterator[T]:
    try:
        yield build(row)
    except UNREADABLE as error:
        _log_once(f"{type(error).__name__}: {str(error)[:200]}", str(row[0])[:40])


@lru_cache(maxsize=1_000)
def _log_once(reason: str, first_column: str) -> None:
    log.error("stored_row_unreadable", reason=reason, first_column=first_column)


async def load_in(
    conn: AsyncConnection,
    query: Select[Any],
    column: ColumnElement[int],
    ids: Collection[int],
    build: Callable[[Row[Any]], T],
) -> list[T]:
    """`load` the rows whose `column` is one of the ids, however many these are."""
    built: list[T] = []
    for chunk in in_chunks(ids, IDS_PER_STATEMENT):
        built.extend(await load(conn, query.where(column.in_(chunk)), build))
    return built


def grouped(found: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    """The values by key, in their original order."""
    lists: dict[K, list[T]] = {}
    for key, value in found:
        lists.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in lists.items()}
