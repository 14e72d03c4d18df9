"""The history of an event's prices, thinned to what a chart can show, and decoded only then."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from syncd.store import periods
from syncd.store.connection import AsyncConnection
from syncd.store.offer_history import PastPeriod
from syncd.store.rows import load, load_in
from syncd.store.schema import price_history


class HistoryEntry(NamedTuple):
    """An entry of the history without its prices."""

    id: int
    number: int
    """The period's."""
    at: datetime


async def load_entries(conn: AsyncConnection, event_id: int, numbers: Collection[int]) -> list[HistoryEntry]:
    """Load the entries of these periods of an event, without their prices, in order of time."""
    columns = (price_history.c.id, price_history.c.number, price_history.c.at)
    query = (
        select(*columns)
        .where(price_history.c.event_id == event_id, price_history.c.number.in_(numbers))
        .order_by(price_history.c.at, price_history.c.id)
    )
    return await load(conn, query, lambda row: HistoryEntry(row.id, row.number, row.at))


def thinned(entries: Sequence[HistoryEntry], since: datetime | None, most: int) -> list[HistoryEntry]:
    """Return at most about so many entries that draw the same line: the last of each short time.

    The first one of each period is always there, and so is the one that was valid at `since`. The times begin
    at the whole multiples of their length, so that entries chosen once are chosen again.
    """
    if since is not None:
        before = {entry.number: entry for entry in entries if entry.at < since}
        entries = [*sorted(before.values(), key=lambda each: each.at), *(e for e in entries if e.at >= since)]
    if len(entries) <= most:
        return list(entries)
    first = {entry.number: entry for entry in reversed(entries)}
    seconds = (entries[-1].at - entries[0].at).total_seconds() / most
    length = 2 ** max(0, int(seconds).bit_length())
    last = {(entry.number, int(entry.at.timestamp()) // length): entry for entry in entries}
    return sorted({*first.values(), *last.values()}, key=lambda entry: (entry.at, entry.id))


async def load_prices(conn: AsyncConnection, ids: Iterable[int]) -> list[PastPeriod]:
    """Load these entries with their prices, in order of time."""
    query = select(price_history.c.id, price_history.c.at, price_history.c.period_json)
    found = await load_in(
        conn,
        query,
        price_history.c.id,
        list(ids),
        lambda row: PastPeriod(row.id, row.at, periods.decode(row.period_json)),
    )
    return sorted(found, key=lambda each: (each.at, each.id))
