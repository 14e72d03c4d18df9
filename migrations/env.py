"""Runs the migrations for Alembic, over the connection that `syncd.store.migrate` passes.

Without one, as in `alembic revision --autogenerate`, the database is that of $SYNCD_STORE__URL.
"""

import asyncio
import os
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, TypeDecorator

from syncd.store.address import parse
from syncd.store.drivers import make_engine
from syncd.store.schema import metadata


def render_plain_types(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Render our column types as the types they have in the database.

    A migration must not change with the program.
    """
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can roll back DDL too, since we begin its transactions ourselves.
        transactional_ddl=True,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        render_item=render_plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()


async def open_and_migrate() -> None:
    engine = make_engine(parse(os.environ["SYNCD_STORE__URL"]), writing=True)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


connection = context.config.attributes.get("connection")
if connection is None:
    asyncio.run(open_and_migrate())
else:
    migrate(connection)
