"""A note in the store that predictions may be gone without a user, as after `syncd withdraw --now`."""

import asyncio
from datetime import datetime, timedelta

import structlog

from syncd.runtime.clock import Clock
from syncd.store import facts
from syncd.store.address import parse
from syncd.store.engine import Store
from syncd.store.errors import StoreError

log = structlog.get_logger(__name__)

WITHIN_S = 10.0
"""The withdrawal needs no database, so none is waited for longer."""


async def leave_note(url: str, clock: Clock, *, began: datetime | None = None) -> bool:
    """Leave the note, if the database can be used now; return whether it could. Creates no file.

    `began` is when the first prediction may have been deleted.
    """
    if parse(url).is_missing:
        return False
    try:
        async with asyncio.timeout(WITHIN_S), await Store.open(url, clock) as store, store.write() as conn:
            await facts.put(conn, facts.WITHDREW_NOW_AT, began or clock.now(), clock.now())
    except (StoreError, TimeoutError) as error:
        log.warning("withdrawal_not_noted", reason=str(error) or "the database does not respond")
        return False
    return True


def may_have_been_withdrawn(silent_for: timedelta, guard_after: timedelta) -> bool:
    """Return whether a guard may have acted, which counts from when it last saw the daemon well."""
    return silent_for >= guard_after / 2


async def note_gap(store: Store, free_for: timedelta, guard_after: timedelta) -> bool:
    """Leave the note for the next daemon if nobody has worked for so long that a guard may have withdrawn.

    The lease of a command ends the time by which the daemon would notice that, as it would after the start on
    an older copy of a database, whose later predictions are gone. Returns whether the time was so long.
    """
    if not may_have_been_withdrawn(free_for, guard_after):
        return False
    now = store.clock.now()
    async with store.write() as conn:
        await facts.put(conn, facts.WITHDREW_NOW_AT, now - free_for, now)
    return True


async def take_note(store: Store, clock: Clock) -> datetime | None:
    """Return when the withdrawal that is noted began, and remove the note; None if there is no note.

    Raises `StoreError`.
    """
    async with store.read() as conn:
        noted = await facts.get(conn, facts.WITHDREW_NOW_AT, datetime)
    if noted is None:
        return None
    async with store.write() as conn:
        await facts.put(conn, facts.WITHDREW_NOW_AT, None, clock.now())
    return noted
