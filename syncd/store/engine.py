"""The store: consistent reads, and writes one at a time, fenced by the lease."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol, Self, TypeVar

from sqlalchemy import bindparam, select, text

from syncd.runtime.clock import Clock
from syncd.store import revision
from syncd.store.address import Address, make_folder, parse
from syncd.store.connection import AsyncConnection
from syncd.store.database_file import create_private, identity, require_same
from syncd.store.drivers import RowConnection, connect, make_engine
from syncd.store.errors import LeaseExpiredError, LeaseLostError
from syncd.store.group_commit import Commit, GroupCommit
from syncd.store.health import StoreHealth
from syncd.store.row_writes import Fence, RowWrite, require_fence
from syncd.store.schema import leases, metadata

T = TypeVar("T")

_CURRENT_HOLDER = (
    # The row stays locked until we commit: another daemon waits for us to take over, or we see that it has.
    select(leases.c.token, leases.c.holder)
    .where(leases.c.name == bindparam("of_lease"))
    .with_for_update(read=True)
)

COMMIT_SECONDS_IF_CANCELLED = 10.0
"""Longest time that a cancelled task waits for its commit: the daemon must stop within 10 s."""


class FencingLease(Protocol):
    """The lease as the store needs it."""

    token: int

    @property
    def is_held(self) -> bool:
        """True if no other daemon can have taken over."""
        ...

    @property
    def ends_at(self) -> float:
        """When it ends unless it is renewed, by the monotonic clock."""
        ...

    @property
    def is_released(self) -> bool:
        """True if it was given back: it must not be renewed."""
        ...

    async def renew(self) -> None:
        """Extend it. Raises StoreError."""
        ...

    def step_aside(self) -> None:
        """Let another daemon take it, if there is one."""
        ...


class Store:
    """The database of one process. Open it with `Store.open`, close it with `close`.

    Operational failures raise a StoreError with a message for people; a wrong statement raises
    SQLAlchemy's own error.
    """

    def __init__(self, address: Address, clock: Clock, *, durable: bool = False) -> None:
        self.address = address
        self.clock = clock
        self._file = identity(address)
        self._reading = make_engine(address, writing=False)
        self._writing = make_engine(address, writing=True, durable=durable)
        self._write_lock = asyncio.Lock()
        self._rows = RowConnection(make_engine(address, writing=True, durable=durable), address)
        self._group_commit = GroupCommit(self._write_rows)
        self._writer: asyncio.Task[object] | None = None
        self._lease_name = ""
        self._lease: FencingLease | None = None
        self.health = StoreHealth(clock, self._probe)
        """The state of the database: whether it can be used now."""
        self.lease_lost = False
        """True if a write has found that another daemon has taken over."""

    @classmethod
    async def open(cls, url: str, clock: Clock, *, check: bool = True, durable: bool = False) -> Self:
        """Connect to the database of a URL (see `address.parse`), which must be at the right revision.

        Raises StoreError if it cannot be opened, reached or written, or if its tables are behind, ahead
        or foreign. Without `check` the tables may be of any revision. If `durable`, SQLite loses no commit at
        a power failure.
        """
        address = parse(url)
        make_folder(address)
        create_private(address)
        store = cls(address, clock, durable=durable)
        try:
            await store._prepare(check=check)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close all connections, and delete a private database."""
        await self.health.close()
        await self._group_commit.close()
        await self._rows.close()
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
        """True if this is SQLite, where one daemon works alone, rather than PostgreSQL."""
        return self.address.on_sqlite

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose statements all see one state of the database, and cannot change it."""
        with self.health.watch("reading"):
            # A new connection would create an empty file in the place of one that was deleted.
            require_same(self.address, self._file)
            async with connect(self._reading, self.address) as conn, conn.begin():
                yield conn

    @asynccontextmanager
    async def write(self, *, fenced: bool = True) -> AsyncIterator[AsyncConnection]:
        """The one write transaction of this process: committed at the end, or rolled back by an error.

        Once a lease has been taken, its token is checked inside the transaction. Raises LeaseLostError
        if another daemon has taken over; then nothing is written. Only taking the lease is not `fenced`.
        """
        async with self._one_at_a_time():
            with self.health.watch("writing"):
                require_same(self.address, self._file)
                async with connect(self._writing, self.address) as conn:
                    transaction = await conn.begin()
                    if fenced:
                        await self._check_fence(conn)
                    yield conn
                    # If a cancellation cut the commit short, nobody would know whether it happened.
                    await _finish_even_if_cancelled(transaction.commit())

    async def write_rows(self, rows: Sequence[RowWrite]) -> None:
        """Commit the rows in one transaction with those that other tasks write now.

        For the small writes of many tasks, which then cost a fraction. Raises what `write` raises; see
        `GroupCommit.write`.
        """
        await self._group_commit.write(rows)

    def fence(self, name: str, lease: FencingLease) -> None:
        """Write only while the database has this lease's token.

        This ends only with a newer token: a task that remains from the time of an earlier lease must not
        be able to write, or to send, after that lease was lost.
        """
        self._lease_name, self._lease = name, lease
        self.lease_lost = False

    def require_lease(self) -> None:
        """Raise unless the lease, once taken, is certainly ours still: call it before each effect outside.

        Raises LeaseLostError if another daemon has taken over, LeaseExpiredError if one may have.
        """
        if self._lease is None or self._lease.is_held:
            return
        if self.lease_lost:
            raise LeaseLostError("the lease was lost: nothing was sent")
        raise LeaseExpiredError("the lease was not renewed in time: nothing was sent")

    def step_aside(self) -> None:
        """Let another daemon take the lease: it may reach the database better."""
        if self._lease and not self.on_sqlite:
            self._lease.step_aside()

    @property
    def without_lease_for(self) -> timedelta:
        """Time since the lease has run out; zero if it is ours, or if none was taken."""
        ended_s = self.clock.monotonic() - self._lease.ends_at if self._lease else 0.0
        return timedelta(seconds=max(0.0, ended_s))

    def may_send(self, method: str) -> None:
        """Raise if a request of this method must not leave now; see `require_lease`.

        While the database is away or given up nobody can renew a lease, and prices must be withdrawn all the
        same: a deletion may leave (DELETE), and a search for what another daemon has written (POST).
        """
        if method not in ("DELETE", "POST") or self.health.is_usable:
            self.require_lease()

    async def _prepare(self, *, check: bool) -> None:
        if self.address.private:
            async with self.write() as conn:
                await conn.run_sync(metadata.create_all)
                await conn.run_sync(revision.stamp)
        async with connect(self._reading, self.address) as conn:
            if check:
                revision.require_head(await conn.run_sync(revision.find_revision), self.safe_url)

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task is self._writer:
            raise RuntimeError("a write inside a write would wait for itself for ever")
        async with self._write_lock:
            self._writer = task
            try:
                yield
            finally:
                self._writer = None

    @asynccontextmanager
    async def _write_rows(self) -> AsyncIterator[Commit]:
        async with self._one_at_a_time():
            with self.health.watch("writing"):
                require_same(self.address, self._file)
                yield self._commit_rows

    async def _commit_rows(self, rows: Sequence[RowWrite]) -> None:
        fence = Fence(self._lease_name, self._lease.token) if self._lease else None
        try:
            await self._rows.commit(rows, fence)
        except LeaseLostError:
            self.lease_lost = True
            raise

    async def _probe(self) -> None:
        """Probe the database: read, and renew the lease, which an outage may have kept from being renewed."""
        async with self.read() as conn:
            await conn.execute(text("SELECT 1"))
        if self._lease and not self._lease.is_released:
            await self._lease.renew()
        else:
            with self.health.watch("renewing"):
                async with self.write() as conn:
                    await conn.execute(leases.update().where(leases.c.name == "").values(name=""))

    async def _check_fence(self, conn: AsyncConnection) -> None:
        if self._lease is None:
            return
        row = (await conn.execute(_CURRENT_HOLDER, {"of_lease": self._lease_name})).first()
        try:
            require_fence(Fence(self._lease_name, self._lease.token), row)
        except LeaseLostError:
            self.lease_lost = True
            raise


async def _finish_even_if_cancelled(work: Awaitable[T]) -> T:
    """Await the work; if cancelled, wait for its end for COMMIT_SECONDS_IF_CANCELLED."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=COMMIT_SECONDS_IF_CANCELLED)
        if not task.done():
            task.cancel()
        elif not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it; the cancellation is raised
        raise
