"""A note in the store that `syncd withdraw --now` has deleted predictions: no user deleted them by hand."""

import asyncio
from datetime import datetime

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
    path = parse(url).path
    if path is not None and not path.exists():
        return False
    try:
        async with asyncio.timeout(WITHIN_S), await Store.open(url, clock) as store, store.write() as conn:
            await facts.put(conn, facts.WITHDREW_NOW_AT, began or clock.now(), clock.now())
    except (StoreError, TimeoutError) as error:
        log.warning("withdrawal_not_noted", reason=str(error) or "the database does not respond")
        return False
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
