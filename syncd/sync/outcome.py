"""What a write's answer, or its absence, tells of the pair: the next holding and what came of it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from syncd.bettune.errors import BetTuneError, NotFoundError, RejectedError
from syncd.model.change import Change, Holding, Kind, Owner

QUARANTINE = timedelta(minutes=15)
"""How long a pair that BetTune refused with 400 or 404 is left in peace."""


class Result(StrEnum):
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


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one write and what is known of its pair from then on."""

    result: Result
    holding: Holding
    error: str = ""


def succeeded(change: Change, now: datetime) -> Outcome:
    """BetTune has carried it out."""
    owner = Owner.OURS if change.after is not None else Owner.NOBODY
    holding = Holding(pair=change.pair, owner=owner, odds=change.after, read_at=now)
    return Outcome(result=Result.DONE, holding=holding)


def failed(change: Change, before: Holding, error: BetTuneError, now: datetime) -> Outcome:
    """BetTune refused it, or nobody knows."""
    text = str(error)
    if isinstance(error, NotFoundError):
        return _not_found(change, before, text, now)
    if isinstance(error, RejectedError):
        return Outcome(result=Result.REFUSED, holding=_blocked(change, before, text, now), error=text)
    if error.outcome_unknown:
        # A PUT that may have landed is ours even where nothing stood before.
        doubtful = msgspec.structs.replace(before, owner=Owner.OURS, doubt=True, error=text)
        return Outcome(result=Result.UNKNOWN, holding=doubtful, error=text)
    return Outcome(result=Result.NOT_DONE, holding=before, error=text)


def unreadable(before: Holding, error: BetTuneError, now: datetime) -> Holding:
    """BetTune does not tell what stands there: the pair is left in peace as if a write was refused."""
    return msgspec.structs.replace(before, blocked_until=now + QUARANTINE, error=str(error))


def _not_found(change: Change, before: Holding, text: str, now: datetime) -> Outcome:
    """After a DELETE nothing stands. A refused price says nothing of what stood before it."""
    nobody = Holding(pair=change.pair, owner=Owner.NOBODY, read_at=now)
    held = nobody if change.kind is Kind.DELETE else _blocked(change, before, text, now)
    return Outcome(result=Result.NOT_FOUND, holding=held, error=text)


def _blocked(change: Change, before: Holding, text: str, now: datetime) -> Holding:
    return msgspec.structs.replace(
        before, blocked_until=now + QUARANTINE, blocked_kind=change.kind, error=text
    )
