"""The store: consistent reads, and writes one at a time, fenced by the lease."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Self, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.runtime.clock import Clock
from syncd.store import revision
from syncd.store.address import Address, make_folder, parse
from syncd.store.drivers import connect, make_engine
from syncd.store.errors import LeaseLostError
from syncd.store.group import Group, Work
from syncd.store.schema import leases, metadata

T = TypeVar("T")

_STANDING = (
    # The row stays locked until we commit: who takes over waits for us, or we see that it has.
    select(leases.c.token, leases.c.holder)
    .where(leases.c.name == bindparam("of_lease"))
    .with_for_update(read=True)
)

FINISH_SECONDS = 10.0
"""How long a cancelled task still waits for its commit: the daemon must stop within 10 s."""


class Store:
    """The database of one process. Open it with `Store.open`, close it with `close`.

    Operational trouble raises a StoreError with a message for people; a statement that is wrong
    in itself raises SQLAlchemy's own error.
    """

    def __init__(self, address: Address, clock: Clock) -> None:
        self.address = address
        self.clock = clock
        self._reading = make_engine(address, writing=False)
        self._writing = make_engine(address, writing=True)
        self._turn = asyncio.Lock()
        self._group = Group(self.write)
        self._writer: asyncio.Task[object] | None = None
        self._fence: tuple[str, int] | None = None
        self.lease_lost = False
        """Whether a write found that another daemon has taken over."""

    @classmethod
    async def open(cls, url: str, clock: Clock, *, check: bool = True) -> Self:
        """The store behind a URL (`address.parse` tells which), reached and at the right revision.

        Raises StoreError: it cannot be opened, reached or written, or its tables are behind, ahead
        or foreign. Without `check` the tables may be of any revision.
        """
        address = parse(url)
        make_folder(address)
        store = cls(address, clock)
        try:
            await store._prepare(check=check)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close all connections; a private database is deleted."""
        await self._group.close()
        await self._reading.dispose()
        await self._writing.dispose()
        if self.address.private and self.address.path:
            shutil.rmtree(self.address.path.parent, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def safe_url(self) -> str:
        """The URL as it may be shown, without its password."""
        return self.address.safe

    @property
    def on_sqlite(self) -> bool:
        """Whether this is SQLite, where one daemon works alone, rather than PostgreSQL."""
        return self.address.on_sqlite

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose statements all see one state of the database, and cannot change it."""
        async with connect(self._reading, self.address) as conn, conn.begin():
            yield conn

    @asynccontextmanager
    async def write(self, *, fenced: bool = True) -> AsyncIterator[AsyncConnection]:
        """The one write transaction of this process: committed at the end, or rolled back by an error.

        Once a lease was taken, its token is checked inside the transaction. Raises LeaseLostError
        when another daemon has taken over; then nothing is written. Only taking the lease anew
        goes without the check.
        """
        async with self._one_at_a_time(), connect(self._writing, self.address) as conn:
            transaction = await conn.begin()
            if fenced:
                await self._check_fence(conn)
            yield conn
            # Without the commit that a cancellation cuts short, nobody would know whether it happened.
            await _finish(transaction.commit())

    async def write_together(self, work: Work[T]) -> T:
        """What `work(conn)` returns, committed in one transaction with what other tasks write just now.

        For the small writes of many tasks, which then cost a fraction. An error of one undoes them all,
        and all of them raise it. Raises what `write` raises.
        """
        return await self._group.write(work)

    def fence(self, name: str, token: int) -> None:
        """From now on write only while this lease's token stands in the database.

        There is no way back but a newer token: a task left over from when we held the lease must
        not be able to write after we have lost it.
        """
        self._fence = (name, token)
        self.lease_lost = False

    async def _prepare(self, *, check: bool) -> None:
        if self.address.private:
            async with self.write() as conn:
                await conn.run_sync(metadata.create_all)
                await conn.run_sync(revision.stamp)
        async with connect(self._reading, self.address) as conn:
            if check:
                revision.require_head(await conn.run_sync(revision.look), self.safe_url)

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task is self._writer:
            raise RuntimeError("a write inside a write would wait for itself for ever")
        async with self._turn:
            self._writer = task
            try:
                yield
            finally:
                self._writer = None

    async def _check_fence(self, conn: AsyncConnection) -> None:
        if self._fence is None:
            return
        name, token = self._fence
        row = (await conn.execute(_STANDING, {"of_lease": name})).first()
        if row is None or row.token != token:
            self.lease_lost = True
            who = row.holder if row else "nobody"
            raise LeaseLostError(f"the lease was lost: {who} holds it now; nothing was written")


async def _finish(work: Awaitable[T]) -> T:
    """Await the work to its end, even while being cancelled, for as long as FINISH_SECONDS."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=FINISH_SECONDS)
        if not task.done():
            task.cancel()
        elif not task.cancelled():
            task.exception()  # seen, though the cancellation is what is raised
        raise
