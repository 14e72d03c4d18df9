"""Rows that go to the driver by themselves: the same as by SQLAlchemy, on both databases."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Date, Float, Integer, Table, select
from sqlalchemy.dialects import postgresql

from syncd.runtime.clock import SystemClock
from syncd.store import rows, schema
from syncd.store.engine import Store
from syncd.store.errors import UnstorableError
from syncd.store.row_writes import RowWrite, Statement, prepare
from syncd.store.types import Exact, MicroOdds, Utc

TABLES = [schema.predictions, schema.writes, schema.requests, schema.facts, schema.feeds, schema.links]

VALUES: dict[type, st.SearchStrategy[Any]] = {
    Utc: st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    MicroOdds: st.decimals("1.000001", "1000000", places=6),
    Exact: st.decimals("-1000", "1000", places=4),
    Boolean: st.booleans(),
    Integer: st.integers(-(2**31), 2**31 - 1),
    BigInteger: st.integers(1, 2**63 - 1),
    Float: st.floats(-1e6, 1e6),
    Date: st.dates(),
}
SHORT_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=10)


def values_of(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    """Values of all columns but a number that the database gives."""
    given_by_database = {"id"} if table is schema.writes else set()
    return st.fixed_dictionaries(
        {
            column.name: st.none() | kind if column.nullable else kind
            for column in table.columns
            if column.name not in given_by_database
            for kind in [VALUES.get(type(column.type), SHORT_TEXT)]
        }
    )


@st.composite
def writes(draw: st.DrawFn) -> list[RowWrite]:
    table = draw(st.sampled_from(TABLES))
    found = draw(st.lists(values_of(table), min_size=1, max_size=5))
    return [RowWrite(table, values, replaces=table is not schema.writes) for values in found]


async def contents(store: Store, table: Table) -> list[tuple[Any, ...]]:
    """All rows without the numbers that the database gave, in one order."""
    columns = [column for column in table.columns if not (table is schema.writes and column.name == "id")]
    async with store.read() as conn:
        return sorted((tuple(row) for row in await conn.execute(select(*columns))), key=repr)


async def cleared(store: Store, table: Table) -> None:
    async with store.write() as conn:
        await conn.execute(table.delete())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(writes())
async def test_both_ways_store_the_same_rows(store: Store, found: list[RowWrite]):
    table = found[0].table
    await cleared(store, table)
    async with store.write() as conn:
        await rows.write(conn, found)
    by_sqlalchemy = await contents(store, table)
    await cleared(store, table)
    await store.write_rows(found)
    assert await contents(store, table) == by_sqlalchemy


async def test_several_tables_are_written_at_once(store: Store):
    at = datetime(2026, 3, 14, tzinfo=UTC)
    await store.write_rows(
        [
            RowWrite(schema.requests, {"id": 1, "counted_at": at}, replaces=True),
            RowWrite(schema.facts, {"name": "a", "value_json": "1", "at": at}, replaces=True),
            RowWrite(schema.requests, {"id": 2, "counted_at": at}, replaces=True),
        ]
    )
    assert len(await contents(store, schema.requests)) == 2
    assert await contents(store, schema.facts) == [("a", "1", at)]


async def test_of_rows_with_one_key_the_last_is_written(store: Store):
    at = datetime(2026, 3, 14, tzinfo=UTC)
    written = [
        RowWrite(schema.facts, {"name": "a", "value_json": text, "at": at}, replaces=True) for text in "123"
    ]
    await store.write_rows(written)
    assert await contents(store, schema.facts) == [("a", "3", at)]


async def test_a_text_that_is_too_long_for_postgresql_is_refused_and_not_cut(postgres_url: str):
    at = datetime(2026, 3, 14, tzinfo=UTC)
    async with await Store.open(postgres_url, SystemClock()) as store:
        with pytest.raises(UnstorableError):
            await store.write_rows([RowWrite(schema.facts, {"name": "a" * 61, "value_json": "1", "at": at})])


def test_a_statement_is_made_once():
    dialect = postgresql.dialect()
    values = {"id": 1, "counted_at": datetime(2026, 3, 14, tzinfo=UTC)}
    (first,) = prepare(dialect, [RowWrite(schema.requests, values)])
    (second,) = prepare(dialect, [RowWrite(schema.requests, values | {"id": 2})])
    assert first.statement is second.statement


def test_odds_are_stored_as_millionths():
    statement = Statement(postgresql.dialect(), schema.predictions, ("odds",), replaces=False)
    assert statement.parameters({"odds": Decimal("2.15")}) == (2_150_000,)
