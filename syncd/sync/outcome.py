"""What a write's answer, or its absence, tells of the pair: the next holding and what came of it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from syncd.bettune.errors import BetTuneError, NotFoundError, RejectedError
from syncd.model.change import Actual, Change, Kind, Owner

QUARANTINE = timedelta(minutes=15)
"""How long a pair that BetTune refused with 400 or 404 is left in peace."""


class WriteOutcome(StrEnum):
    """What came of a write, as the table of writes keeps it."""

    DONE = "done"
    REFUSED = "refused"
    """BetTune says that this very write is wrong: the pair waits in quarantine."""
    NOT_FOUND = "not_found"
    """The filter or the match does not exist any more."""
    NOT_DONE = "not_done"
    """It surely was not carried out: it is planned again."""
    UNKNOWN = "unknown"
    """The answer was lost: the pair is read back."""


class WriteResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one write and what is known of its pair from then on."""

    result: WriteOutcome
    holding: Actual
    error: str = ""


def succeeded(change: Change, now: datetime) -> WriteResult:
    """BetTune has carried it out."""
    owner = Owner.OURS if change.after is not None else Owner.NOBODY
    holding = Actual(pair=change.pair, owner=owner, odds=change.after, read_at=now)
    return WriteResult(result=WriteOutcome.DONE, holding=holding)


def failed(change: Change, before: Actual, error: BetTuneError, now: datetime) -> WriteResult:
    """BetTune refused it, or nobody knows."""
    text = str(error)
    if isinstance(error, NotFoundError):
        return _not_found(change, before, text, now)
    if isinstance(error, RejectedError):
        return WriteResult(
            result=WriteOutcome.REFUSED, holding=_blocked(change, before, text, now), error=text
        )
    if error.outcome_unknown:
        # A PUT that may have landed is ours even where nothing stood before.
        doubtful = msgspec.structs.replace(before, owner=Owner.OURS, in_doubt=True, error=text)
        return WriteResult(result=WriteOutcome.UNKNOWN, holding=doubtful, error=text)
    return WriteResult(result=WriteOutcome.NOT_DONE, holding=before, error=text)


def unreadable(before: Actual, error: BetTuneError, now: datetime) -> Actual:
    """BetTune does not tell what stands there: the pair is left in peace as if a write was refused."""
    return msgspec.structs.replace(before, quarantined_until=now + QUARANTINE, error=str(error))


def _not_found(change: Change, before: Actual, text: str, now: datetime) -> WriteResult:
    """After a DELETE nothing stands. A refused price says nothing of what stood before it."""
    nobody = Actual(pair=change.pair, owner=Owner.NOBODY, read_at=now)
    held = nobody if change.kind is Kind.DELETE else _blocked(change, before, text, now)
    return WriteResult(result=WriteOutcome.NOT_FOUND, holding=held, error=text)


def _blocked(change: Change, before: Actual, text: str, now: datetime) -> Actual:
    return msgspec.structs.replace(
        before, quarantined_until=now + QUARANTINE, refused_kind=change.kind, error=text
    )
