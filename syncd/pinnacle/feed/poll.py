"""The results of a poll of a feed."""

from datetime import datetime
from enum import StrEnum
from typing import Generic

import msgspec

from syncd.pinnacle.responses import AnyPayloadT


class PollOutcome(StrEnum):
    """The kinds of results of a poll."""

    WAITING = "waiting"
    """No request was made: it is not due, or the gate is closed."""
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """A good response that changed nothing."""
    KEPT = "kept"
    """A snapshot older than the deltas before it is kept until the next delta brings it up to date."""
    SUSPECT = "suspect"
    """A snapshot that lost more than half waits for a second one that agrees."""
    RATE_LIMITED = "rate_limited"
    """429."""
    REFUSED = "refused"
    """401 or 403: the gate is closed."""
    ABSENT = "absent"
    """The host has never had this endpoint, which is optional. If it had it before, the poll failed."""
    FAILED = "failed"

    @property
    def good(self) -> bool:
        """True if the store now agrees with Pinnacle."""
        return self in (PollOutcome.APPLIED, PollOutcome.UNCHANGED)


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one poll, and the events that it changed."""

    outcome: PollOutcome
    next_at: datetime
    changed: frozenset[int] = frozenset()
    repriced: frozenset[int] = frozenset()
    """Those of them of which only prices changed: no link rests on these."""
    snapshot: bool = False
    """True if a snapshot was applied, which confirms everything else of the sport."""
    error: str = ""


class KeptSnapshot(msgspec.Struct, Generic[AnyPayloadT], frozen=True):
    """A snapshot older than the deltas before it, kept until the delta after it is received."""

    payload: AnyPayloadT
    requested_at: datetime
