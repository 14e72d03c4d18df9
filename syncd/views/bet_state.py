"""The state of a pair, in the one word that the list of bets has for it."""

from datetime import datetime
from enum import StrEnum

from syncd.model.change import Actual, Owner, Wanted


class BetState(StrEnum):
    """The states, in the order in which they deserve attention."""

    IN_DOUBT = "in_doubt"
    """The result of the last write is unknown: the pair is read back."""
    QUARANTINED = "quarantined"
    WITHHELD = "withheld"
    WAITS = "waits"
    """BetTune does not hold what it should yet: a read or a write is to come."""
    IN_STEP = "in_step"
    """BetTune holds what it should."""
    KEPT = "kept"
    """The market is suspended, and the rule keeps what BetTune has for now."""
    ACTIVE = "active"
    """BetTune holds it; this process does not know whether it should."""
    BY_HAND = "by_hand"
    """Made or edited by hand: never changed."""
    DELETED_BY_HAND = "deleted_by_hand"
    NO_PRICE = "no_price"
    """There should be no prediction, and there is none."""


def state_of(
    wanted: Wanted | None, actual: Actual | None, now: datetime, *, is_pending: bool, is_withheld: bool
) -> BetState:
    """Return the state of a pair of the working daemon; `is_pending`: a change of it waits in the queue."""
    if actual is not None:
        recorded = _recorded(actual, now)
        if recorded is not None:
            return recorded
    if is_withheld:
        return BetState.WITHHELD
    if is_pending:
        return BetState.WAITS
    active = actual is not None and actual.is_active
    if wanted is None or (wanted.odds is None and not wanted.keep):
        return BetState.WAITS if active else BetState.NO_PRICE
    if wanted.keep:
        return BetState.KEPT if active else BetState.NO_PRICE
    return BetState.IN_STEP if actual is not None and _agrees(wanted, actual) else BetState.WAITS


def recorded_state(actual: Actual, now: datetime) -> BetState:
    """Return the state of a pair as it was recorded last, without what it should be."""
    return _recorded(actual, now) or (BetState.ACTIVE if actual.is_active else BetState.NO_PRICE)


def _recorded(actual: Actual, now: datetime) -> BetState | None:
    """Return what holds whatever the pair should be."""
    if actual.owner is Owner.THEIRS:
        return BetState.BY_HAND
    if actual.in_doubt or actual.loss:
        return BetState.IN_DOUBT
    if actual.respected:
        return BetState.DELETED_BY_HAND
    if actual.quarantined_until is not None and actual.quarantined_until > now:
        return BetState.QUARANTINED
    return None


def _agrees(wanted: Wanted, actual: Actual) -> bool:
    """Return whether the plan leaves it so: equal, or so near that `min_change` says not to send it."""
    if not actual.is_active or wanted.odds is None or actual.odds is None:
        return False
    difference = abs(wanted.odds - actual.odds)
    return not difference or difference < actual.odds * wanted.min_change
