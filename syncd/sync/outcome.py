"""What came of a write, and what is known of its pair from then on."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from syncd.bettune.errors import BetTuneError, NotFoundError, RejectedError
from syncd.model.change import Actual, Change, Kind, Owner

QUARANTINE = timedelta(minutes=15)
"""A write that BetTune refused with 400 or 404 is not tried again for this long."""


class WriteOutcome(StrEnum):
    """What came of a write, as the table of writes keeps it."""

    DONE = "done"
    REFUSED = "refused"
    """BetTune says that this very write is wrong: the pair is quarantined."""
    NOT_FOUND = "not_found"
    """The filter or the match no longer exists."""
    NOT_DONE = "not_done"
    """It was certainly not carried out: it is planned again."""
    UNKNOWN = "unknown"
    """The response was lost: the pair is read back."""


class WriteResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one write, and the actual value of its pair from then on."""

    outcome: WriteOutcome
    actual: Actual
    error: str = ""


def succeeded(change: Change, now: datetime) -> WriteResult:
    """Return the result of a write that BetTune has carried out."""
    owner = Owner.OURS if change.after is not None else Owner.NOBODY
    actual = Actual(pair=change.pair, owner=owner, odds=change.after, read_at=now)
    return WriteResult(outcome=WriteOutcome.DONE, actual=actual)


def failed(change: Change, before: Actual, error: BetTuneError, now: datetime) -> WriteResult:
    """Return the result of a write that BetTune refused, or whose response was lost."""
    text = str(error)
    if isinstance(error, NotFoundError):
        # After a DELETE there is none. A refused price says nothing of what was there before it.
        nobody = Actual(pair=change.pair, owner=Owner.NOBODY, read_at=now)
        actual = nobody if change.kind is Kind.DELETE else _quarantined(change, before, text, now)
        return WriteResult(outcome=WriteOutcome.NOT_FOUND, actual=actual, error=text)
    if isinstance(error, RejectedError):
        actual = _quarantined(change, before, text, now)
        return WriteResult(outcome=WriteOutcome.REFUSED, actual=actual, error=text)
    if error.outcome_unknown:
        # A PUT that may have been carried out is ours even if there was none before.
        actual = msgspec.structs.replace(before, owner=Owner.OURS, in_doubt=True, error=text)
        return WriteResult(outcome=WriteOutcome.UNKNOWN, actual=actual, error=text)
    return WriteResult(outcome=WriteOutcome.NOT_DONE, actual=before, error=text)


def unreadable(before: Actual, error: BetTuneError, now: datetime) -> Actual:
    """Return the value of a pair that BetTune refuses to show: quarantined as after a refused write."""
    return msgspec.structs.replace(before, quarantined_until=now + QUARANTINE, error=str(error))


def _quarantined(change: Change, before: Actual, text: str, now: datetime) -> Actual:
    return msgspec.structs.replace(
        before, quarantined_until=now + QUARANTINE, refused_kind=change.kind, error=text
    )
