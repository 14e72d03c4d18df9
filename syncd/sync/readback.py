"""Reading back what BetTune holds: once at the start, and then to find what drifted."""

from collections.abc import Iterable

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.sync.actual_table import ActualTable
from syncd.sync.queue import Queue
from syncd.sync.states import FilterState


def ask_for_all(
    matches: Iterable[int], filters: Iterable[FilterState], book: ActualTable, queue: Queue
) -> int:
    """Ask for every pair of a filter with a rule and such a match; returns how many.

    A pair that was never read may hold a price of long ago, so such reads go before any creation;
    the others are routine.
    """
    ruled = {each.filter_id for each in filters if each.is_in_use}
    pairs = {Pair(filter_id, match_id) for match_id in matches for filter_id in ruled}
    pairs |= {pair for pair in book if pair.filter_id in ruled}
    known = {pair for pair in pairs if pair in book}
    queue.unread.ask(sorted(pairs - known), Urgency.CREATE)
    queue.unread.ask(sorted(known), Urgency.ROUTINE)
    return len(pairs)
