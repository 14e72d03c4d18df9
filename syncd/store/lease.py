"""The lease: of all daemons on one database, only one works.

It is a row with a holder, an expiry and a fencing token that grows with each new holder. Every write
transaction of the holder checks the token (`Store.write`), so a process that was stopped for longer
than the time to live, and still takes itself for the holder, cannot write.

Clocks: on PostgreSQL only the server's clock is compared with the expiry, so those of the machines
may be wrong. The holder itself trusts its monotonic clock, counted from before its last renewal was
sent: it stops before the server would let another take over. This assumes only that all clocks run at
the same speed.

On SQLite a file lock beside the database decides instead: the operating system releases it when the
holder dies, so a restart does not wait for an expiry, and a second daemon is refused.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Row, Update, func, select, true

from syncd.runtime.steady import steady_now
from syncd.store import facts
from syncd.store.clock_shift import (
    SERVER,
    CommonTime,
    adopt_clock,
    is_of_this_boot,
    note_clock,
    this_boot,
)
from syncd.store.connection import AsyncConnection
from syncd.store.database_file import opened_to_others
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, BusyError, LeaseHeldError, StoreError
from syncd.store.filelock import FileLock, FileLockedError
from syncd.store.rows import insertion
from syncd.store.schema import leases

LEASE_NAME = "syncd"

JUST_NOW = timedelta(minutes=5)
"""A request that a predecessor sent longer ago has arrived, or never will."""

RELEASED = "lease.released"
"""The token of the lease that was released last: a key of the store's facts."""

RENEW_WITHIN = 0.6
"""The part of the time to live that a renewal may take."""

RELEASE_SECONDS = 3.0
"""Longest wait for a database that does not respond, when the daemon stops."""


def this_process() -> str:
    """The name of this process as a holder, for people."""
    return f"pid {os.getpid()} on {socket.gethostname()}"


class LeaseHolder(NamedTuple):
    """Who holds the lease, and since when."""

    name: str
    since: datetime


class Lease:
    """The lease while we hold it. Renew it about three times within its time to live."""

    def __init__(self, store: Store, *, holder: str, ttl: timedelta, lock: FileLock | None) -> None:
        self.holder = holder
        self.ttl = ttl
        self.token = 0
        self._store = store
        self._lock = lock
        self._deadline = store.clock.monotonic()
        self._noted_s: float | None = None
        """The offset of the common clock that is stored; None if that is not known."""
        self._aside_until = float("-inf")
        self.is_released = False
        self.took_over = False
        """True if another process has worked until just now, or may still be sending."""
        self.was_free_for = timedelta(0)
        """Time for which no process had the lease. Zero if it is the first one."""
        self.predecessor_silent_for: timedelta | None = None
        """Time since a predecessor renewed a lease that it never released. None if there was no such."""
        self.may_miss_commits = False
        """True if a predecessor ended with the machine, which may have lost what it committed last."""
        self.clock_shift = timedelta(0)
        """By how much what the predecessor stored was moved: our clock minus its clock."""

    @classmethod
    async def acquire(cls, store: Store, *, ttl: timedelta, holder: str | None = None) -> Self:
        """Take the lease, and fence the store's writes with its token.

        Raises LeaseHeldError at once if another daemon holds it.
        """
        holder = holder or this_process()
        lease = cls(store, holder=holder, ttl=ttl, lock=_lock_file(store, holder))
        try:
            await lease._take()
        except BaseException:
            lease._unlock()
            raise
        return lease

    @property
    def ends_at(self) -> float:
        """When it ends unless it is renewed, by the monotonic clock."""
        return self._deadline

    @property
    def is_held(self) -> bool:
        """True if it is certainly still ours. Check it before each effect outside the database."""
        return not self._store.lease_lost and self._store.clock.monotonic() < self._deadline

    async def renew(self) -> None:
        """Extend the expiry. Raises LeaseLostError if another daemon has taken over.

        Raises BusyError if it takes too long: a database that is too slow for that is of no use, and the
        lease is left to a daemon that reaches it better.
        """
        if self._store.clock.monotonic() < self._aside_until:
            return
        too_slow = BusyError(f"database {self._store.safe_url}: it is too slow to renew the lease")
        with self._store.health.watch("renewing"):
            try:
                await within(self.ttl.total_seconds() * RENEW_WITHIN, self._renew(), too_slow)
            except BusyError as error:
                if error is too_slow and not self._store.on_sqlite:
                    self.step_aside()
                raise

    def step_aside(self) -> None:
        """Do not renew it for as long as it lives, so that another daemon can take over, if there is one."""
        self._aside_until = self._store.clock.monotonic() + self.ttl.total_seconds()

    async def _renew(self) -> None:
        started, noted_s = self._store.clock.monotonic(), self._noted_s
        async with self._store.write() as conn:
            if self.is_released:
                return
            now = await _now(conn, self._store)
            await conn.execute(self._ours().values(expires_at=now + self.ttl))
            if common := self._common_time(now):
                noted_s = await note_clock(conn, common, self._store.clock.now(), noted_s)
        self._deadline, self._noted_s = started + self.ttl.total_seconds(), noted_s

    async def release(self) -> None:
        """Let another daemon take over at once. Without the database the lease expires by itself."""
        self.is_released = True
        self._deadline = self._store.clock.monotonic()
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(RELEASE_SECONDS), self._store.write() as conn:
                now = await _now(conn, self._store)
                await conn.execute(self._ours().values(expires_at=now))
                await facts.put(conn, RELEASED, self.token, now)
        self._unlock()

    async def _take(self) -> None:
        started = self._store.clock.monotonic()
        async with self._store.write(fenced=False) as conn:
            now = await _now(conn, self._store)
            # A plain look first: the row itself is locked while its holder writes.
            current = (await conn.execute(select(leases).where(leases.c.name == LEASE_NAME))).first()
            if current is not None and self._lock is None and current.expires_at > now:
                raise _lease_held_error(current)
            if current is not None:
                self.took_over = current.expires_at + JUST_NOW > now
                self.was_free_for = max(now - current.expires_at, timedelta(0))
            is_unclean = current is not None and await facts.get(conn, RELEASED, int) != current.token
            # SQLite does not wait for the disk at each commit: a killed process loses nothing, a machine may.
            self.may_miss_commits = is_unclean and self._store.on_sqlite and not await is_of_this_boot(conn)
            self.token = await self._put(conn, now)
            # By the clock after the lock: another daemon may have kept us waiting for it.
            if common := self._common_time(await _now(conn, self._store)):
                self.clock_shift = await adopt_clock(conn, common, self._store.clock.now())
            if current is not None and is_unclean:
                renewed_at = current.expires_at + self._by_our_clock - self.ttl
                self.predecessor_silent_for = now - renewed_at
        self._deadline = started + self.ttl.total_seconds()
        self._store.fence(LEASE_NAME, self)

    async def _put(self, conn: AsyncConnection, now: datetime) -> int:
        new = insertion(conn.dialect.name, leases)
        values = {"holder": self.holder, "taken_at": now, "expires_at": now + self.ttl}
        # With the file lock there is no expiry to wait for.
        free: ColumnElement[bool] = true() if self._lock else leases.c.expires_at <= now
        statement = new.values(name=LEASE_NAME, token=1, **values).on_conflict_do_update(
            index_elements=["name"], set_={**values, "token": leases.c.token + 1}, where=free
        )
        token = (await conn.execute(statement.returning(leases.c.token))).scalar()
        if token is None:
            current = (await conn.execute(select(leases).where(leases.c.name == LEASE_NAME))).one()
            raise _lease_held_error(current)
        return int(token)

    @property
    def _by_our_clock(self) -> timedelta:
        """By how much an expiry has to be moved: a server's clock is its own."""
        return self.clock_shift if self._store.on_sqlite else timedelta(0)

    def _common_time(self, now: datetime) -> CommonTime | None:
        """Return the time that a predecessor of ours had too; `now` is by the database. None: unknown."""
        if not self._store.on_sqlite:
            return CommonTime(SERVER, now)
        boot = this_boot()
        return CommonTime(boot, steady_now(self._store.clock)) if boot else None

    def _ours(self) -> Update:
        return leases.update().where(leases.c.name == LEASE_NAME, leases.c.token == self.token)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()


async def stand_by(
    store: Store,
    *,
    ttl: timedelta,
    on_wait: Callable[[StoreError], None],
    holder: str | None = None,
) -> Lease:
    """Wait until the lease is free, and take it; `on_wait` is called with each reason why it is not.

    Raises LeaseHeldError on SQLite, where no second daemon can stand by.
    """
    while True:
        try:
            return await Lease.acquire(store, ttl=ttl, holder=holder)
        except (LeaseHeldError, *TRANSIENT_ERRORS) as error:
            if store.on_sqlite:
                raise
            on_wait(error)
        await store.clock.sleep(ttl.total_seconds() / 3 if not store.health.is_away else 1.0)


async def within(seconds: float, work: Coroutine[Any, Any, None], too_late: Exception) -> None:
    """Await the work; raise `too_late` when the time is over, even if a cancellation takes longer."""
    working = asyncio.create_task(work)
    try:
        await asyncio.wait({working}, timeout=seconds)
    except asyncio.CancelledError:
        working.cancel()
        await asyncio.wait({working})
        raise
    if not working.done():
        working.cancel()
        working.add_done_callback(lambda task: task.cancelled() or task.exception())
        raise too_late
    await working


async def lease_holder(store: Store) -> LeaseHolder | None:
    """Who works on this database, seen from outside. None if nobody has renewed the lease in time."""
    now = store.clock.now() if store.on_sqlite else func.clock_timestamp()
    query = select(leases.c.holder, leases.c.taken_at).where(
        leases.c.name == LEASE_NAME, leases.c.expires_at > now
    )
    async with store.read() as conn:
        row = (await conn.execute(query)).first()
    return LeaseHolder(row.holder, row.taken_at) if row else None


async def _now(conn: AsyncConnection, store: Store) -> datetime:
    if store.on_sqlite:
        return store.clock.now()
    now: datetime = (await conn.execute(select(func.clock_timestamp()))).scalar_one()
    return now


def _lease_held_error(current: Row[tuple[str, str, int, datetime, datetime]]) -> LeaseHeldError:
    since = f"{current.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    return LeaseHeldError(
        f"another syncd ({current.holder}) works on this database since {since}", holder=current.holder
    )


def _lock_file(store: Store, holder: str) -> FileLock | None:
    path = store.address.path
    if path is None:
        return None
    lock_path = Path(f"{path}.lock")
    try:
        return FileLock.take(lock_path, f"{holder}, since {store.clock.now():%Y-%m-%d %H:%M:%S} UTC")
    except FileLockedError as error:
        loose = [each for each in opened_to_others(store.address) if str(lock_path) in each]
        suspicion = f"; or another program holds {loose[0]}: other users can open it too" if loose else ""
        raise LeaseHeldError(
            f"another syncd ({error}) works on {store.safe_url}; stop it first, "
            f"or use PostgreSQL, where a second one stands by{suspicion}",
            holder=str(error),
        ) from None
