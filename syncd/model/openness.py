"""When bets are taken: the rules on the status of a fixture, of a period and of a special, and on cutoffs.

An event or a special also has to be listed (`EventState.takes_bets`, `SpecialState.takes_bets`).
`syncd.store.predicates` has the same rules as SQL.
"""

from datetime import datetime
from typing import Final

from syncd.model.pinnacle import Event, Period

OPEN_STATUSES: Final = ("O", "I", "")
"""Of a fixture or a special: O open, I open with lower limits; empty where the version of the API has none.

H (halted) and anything unknown are closed."""

LIVE: Final = 1
"""The `live_status` of a live event or special."""

ONLINE: Final = (1, None)
"""The `status` of a period that takes bets; None where the version of the API has none.

2 (offline) and anything unknown take none."""


def is_open_status(status: str) -> bool:
    """Return whether the status of a fixture or a special lets bets be placed."""
    return status in OPEN_STATUSES


def is_past(cutoff: datetime | None, now: datetime) -> bool:
    """Return whether this cutoff or kick-off has been reached; both times by Pinnacle's clock."""
    return cutoff is not None and cutoff <= now


def is_online(period: Period) -> bool:
    """Return whether the status of the period lets bets be placed."""
    return period.status in ONLINE


def is_open_period(period: Period, now: datetime) -> bool:
    """Return whether bets are taken on the period at this moment of Pinnacle's clock."""
    return is_online(period) and not is_past(period.cutoff, now)


def is_main_event(event: Event) -> bool:
    """Return whether this is the match itself: not its live event, nor one of its corners or bookings."""
    return event.live_status != LIVE and event.parent_id is None
