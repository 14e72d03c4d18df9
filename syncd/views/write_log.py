"""The writes of the past with the names of their filters and matches, for `syncd log`."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.linking.link_details import PairNames, load_pair_names
from syncd.model.change import Cause, Kind
from syncd.store import writes
from syncd.store.connection import AsyncConnection
from syncd.store.writes import Write

WRITES_PER_LOAD = 500


class LoggedWrite(msgspec.Struct, frozen=True, kw_only=True):
    """A write, and what came of it."""

    id: int
    at: datetime
    kind: Kind
    filter_id: int
    filter: str
    match_id: int
    match: str
    before: Decimal | None
    after: Decimal | None
    pinnacle: Decimal | None
    """Pinnacle's own price behind it."""
    cause: Cause
    reason: str
    outcome: str
    """A `WriteOutcome`."""
    error: str
    took_ms: int


Choice = Callable[[LoggedWrite], bool]


async def load_log(
    conn: AsyncConnection, takes: Choice, *, limit: int = 0, since: datetime | None = None, after: int = 0
) -> list[LoggedWrite]:
    """Load the last writes that the choice takes, the oldest of them first.

    At most `limit` (0: all), none before `since`, and only those with a higher id than `after`.
    """
    found: list[LoggedWrite] = []
    before = None
    while page := await writes.load_recent(conn, WRITES_PER_LOAD, before=before):
        names = await load_pair_names(conn, [each.change.pair for each in page])
        for write in page:
            if write.id <= after or (since and write.at < since) or (limit and len(found) >= limit):
                return found[::-1]
            logged = _logged(write, names)
            if takes(logged):
                found.append(logged)
        before = page[-1].id
    return found[::-1]


def _logged(write: Write, names: PairNames) -> LoggedWrite:
    change = write.change
    return LoggedWrite(
        id=write.id,
        at=write.at,
        kind=change.kind,
        filter_id=change.pair.filter_id,
        filter=names.filter(change.pair),
        match_id=change.pair.match_id,
        match=names.match(change.pair),
        before=change.before,
        after=change.after,
        pinnacle=change.source_price,
        cause=change.cause,
        reason=change.reason,
        outcome=write.outcome,
        error=write.error,
        took_ms=write.took_ms,
    )
