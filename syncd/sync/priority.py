"""The order of changes: by the money that can still be lost. Pure.

A delete or a raise that is late lets BetTune bet at a price that is too low, as long as bets are taken: until
kick-off.
"""

from datetime import UTC, datetime
from math import log2
from typing import NamedTuple

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind

OVER = frozenset({Cause.MATCH_STARTED, Cause.MATCH_FINISHED, Cause.EVENT_SETTLED, Cause.CUTOFF_PASSED})
"""Causes of a delete after which nobody can bet on the match."""

STEPS = 2
"""Gaps are compared in so many steps for each doubling."""

WIDEST_RAISE = 0.99
"""A delete goes before a raise of any size."""

_RANK = {Kind.LOWER: 2, Kind.CREATE: 3}
_RANK_AT_RISK, _RANK_OVER = 0, 1
_NO_KICKOFF = datetime.max.replace(tzinfo=UTC)


class Priority(NamedTuple):
    """Sort key of a change: what is sent first is least."""

    rank: int
    """Deletes and raises of what can still be bet on, those of what cannot, lowers, creates."""
    safety: float
    """The negative of `money_at_risk`; 0 where none is at risk."""
    kickoff: datetime
    pair: Pair


def priority(change: Change, now: datetime) -> Priority:
    """Return the place of a change in the queue at this moment."""
    rank, risk = _RANK.get(change.kind), 0.0
    if rank is None:
        rank = _RANK_OVER if is_over(change, now) else _RANK_AT_RISK
        risk = money_at_risk(change, now)
    return Priority(rank, -risk, change.kickoff or _NO_KICKOFF, change.pair)


def money_at_risk(change: Change, now: datetime) -> float:
    """Return how much a delay may cost, relative to other changes: from 0 to 1.

    It is the gap between the actual and the wanted value, where a prediction that should not be there
    counts as the widest. Gaps of nearly one size are equal, and the kick-off decides between them: near it a
    bet is more likely, but what a write saves lasts for a shorter time. On generated days this order costs
    least (`python -m benchmarks.budget`).
    """
    if not change.kind.urgent or is_over(change, now):
        return 0.0
    return _gap(change)


def is_over(change: Change, now: datetime) -> bool:
    """Return whether nobody can bet on this any more."""
    has_started = change.kickoff is not None and change.kickoff <= now
    return has_started or (change.kind is Kind.DELETE and change.cause in OVER)


def _gap(change: Change) -> float:
    if change.after is None or not change.before:
        return 1.0
    gap = min(1.0, max(0.0, float(change.after / change.before) - 1))
    step = 2 ** (round(log2(gap) * STEPS) / STEPS) if gap else 0.0
    return min(step, WIDEST_RAISE)
