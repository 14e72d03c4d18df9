"""Waiting until a running daemon has taken up what was ordered through the database."""

from syncd.store import commands
from syncd.store.engine import Store
from syncd.store.lease_holder import lease_holder

PATIENCE = 5.0
LOOK_EVERY = 0.1
"""Seconds."""


async def taken_up(store: Store, order_id: int) -> bool | None:
    """Whether the daemon that works on the database has done it by now; none where none works on it."""
    if await lease_holder(store) is None:
        return None
    give_up = store.clock.monotonic() + PATIENCE
    while store.clock.monotonic() < give_up:
        async with store.read() as conn:
            order = await commands.find(conn, order_id)
        if order is None or order.done_at:
            return True
        await store.clock.sleep(LOOK_EVERY)
    return False


def in_words(taken: bool | None) -> str:
    """What became of it, as a sentence."""
    match taken:
        case None:
            return "No syncd is running: it holds from the next start on."
        case True:
            return "The running syncd has taken it up."
    return "The running syncd has not taken it up within 5 s; it will as soon as it can."
