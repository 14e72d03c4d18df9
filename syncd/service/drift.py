"""Reading back what BetTune holds: once at the start, and then to find what drifted."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.store import catalogue
from syncd.sync.book import Book
from syncd.sync.horizon import horizon
from syncd.sync.queue import Queue
from syncd.sync.scene import FilterScene
from syncd.sync.window import Urgency


async def matches_of_horizon(conn: AsyncConnection, settings: Settings, now: datetime) -> Collection[int]:
    """The matches of today and so many days on, as last listed."""
    here = horizon(now, settings.bettune.horizon)
    return (await catalogue.matches_between(conn, here.start, here.end)).keys()


def ask_for_all(matches: Iterable[int], filters: Iterable[FilterScene], book: Book, queue: Queue) -> int:
    """Ask for every pair of a filter with a rule and such a match; returns how many.

    A pair that was never read may hold a price of long ago, so such reads go before any creation;
    the others are routine.
    """
    ruled = {each.filter_id for each in filters if each.rule and each.filter and each.filter.approved}
    pairs = {Pair(filter_id, match_id) for match_id in matches for filter_id in ruled}
    pairs |= {pair for pair in book if pair.filter_id in ruled}
    known = {pair for pair in pairs if pair in book}
    queue.unread.ask(sorted(pairs - known), Urgency.CREATE)
    queue.unread.ask(sorted(known), Urgency.ROUTINE)
    return len(pairs)
