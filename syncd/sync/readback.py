"""Reading back what BetTune holds: once at the start, and then regularly to find drift."""

from collections.abc import Iterable

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.sync.actual_table import ActualTable
from syncd.sync.queue import Queue
from syncd.sync.states import FilterState


def request_readback(
    match_ids: Iterable[int], filters: Iterable[FilterState], actual: ActualTable, queue: Queue
) -> int:
    """Queue a read of every pair of a filter in use and such a match; return how many.

    A pair that was never read may have a price of long ago, so it is read before any creation; the others
    are routine.
    """
    filter_ids = {each.filter_id for each in filters if each.is_in_use}
    pairs = {Pair(filter_id, match_id) for match_id in match_ids for filter_id in filter_ids}
    pairs |= {pair for pair in actual if pair.filter_id in filter_ids}
    known = {pair for pair in pairs if pair in actual}
    queue.reads.add(sorted(pairs - known), Urgency.CREATE)
    queue.reads.add(sorted(known), Urgency.ROUTINE)
    return len(pairs)
