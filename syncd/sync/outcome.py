"""The outcome of a write, and the actual value of its pair from then on."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    RejectedError,
)
from syncd.model.bettune import LOWEST_ODDS
from syncd.model.change import Actual, Change, Kind, Owner
from syncd.model.decimals import format_decimal
from syncd.sync.plan import MISSES_TO_BELIEVE, QUARANTINE

TIMES_NOT_FOUND = 3
"""After this many 404 responses to a DELETE there is nothing to delete."""


class WriteOutcome(StrEnum):
    """The outcome of a write, as the table of writes keeps it."""

    DONE = "done"
    OTHER_ODDS = "other_odds"
    """Carried out, but BetTune keeps other odds than were sent."""
    REJECTED = "rejected"
    """BetTune says that this very write is wrong (400): a price is quarantined, a delete repeated."""
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


def succeeded(change: Change, before: Actual, kept: Decimal | None, now: datetime) -> WriteResult:
    """Return the result of a write that BetTune has carried out; `kept` are the odds it shows since."""
    if change.after is None or kept is None:
        return WriteResult(outcome=WriteOutcome.DONE, actual=_deleted(before, now))
    misses = before.misses if before.sent == change.after else 0
    actual = Actual(
        pair=change.pair, owner=Owner.OURS, odds=kept, read_at=now, sent=change.after, misses=misses
    )
    if kept == change.after:
        return WriteResult(outcome=WriteOutcome.DONE, actual=actual)
    actual = other_odds(msgspec.structs.replace(actual, misses=MISSES_TO_BELIEVE), now)
    return WriteResult(outcome=WriteOutcome.OTHER_ODDS, actual=actual, error=actual.error)


def failed(
    change: Change,
    before: Actual,
    error: BetTuneError,
    now: datetime,
    *,
    attempts: int = 0,
    is_of_pair: bool = False,
) -> WriteResult:
    """Return the result of a write that BetTune rejected, or whose response was lost.

    `attempts` have failed before it. A rejected DELETE leaves everything as it was: it is tried again. If a
    refusal (403) `is_of_pair` alone, a raise is quarantined like a rejected one: what stands is too low, and
    BetTune may take a DELETE.
    """
    text = str(error)
    if isinstance(error, NotFoundError):
        return _not_found(change, before, text, now, attempts)
    refused_raise = is_of_pair and isinstance(error, ForbiddenError) and change.kind is Kind.RAISE
    if isinstance(error, RejectedError) or refused_raise:
        is_delete = change.kind is Kind.DELETE
        actual = (
            msgspec.structs.replace(before, error=text)
            if is_delete
            else _quarantined(change, before, text, now)
        )
        return WriteResult(outcome=WriteOutcome.REJECTED, actual=actual, error=text)
    if error.outcome_unknown:
        return WriteResult(outcome=WriteOutcome.UNKNOWN, actual=_in_doubt(change, before, error), error=text)
    return WriteResult(outcome=WriteOutcome.NOT_DONE, actual=before, error=text)


def unreadable(before: Actual, text: str, now: datetime) -> Actual:
    """Return the value of a pair that BetTune will not show: quarantined as after a rejected write.

    If our last write is in doubt too, the lowest odds may apply: they are deleted.
    """
    odds = LOWEST_ODDS if before.in_doubt and before.owner is Owner.OURS else before.odds
    return msgspec.structs.replace(
        before,
        odds=odds,
        in_doubt=False,
        is_of_earlier_process=False,
        quarantined_until=now + QUARANTINE,
        error=text,
    )


def other_odds(actual: Actual, now: datetime) -> Actual:
    """Return the value of a pair for which BetTune keeps other odds than were sent.

    Lower ones must not stay: in quarantine the plan deletes them.
    """
    if actual.odds is None or actual.sent is None:
        return actual
    text = f"BetTune keeps {format_decimal(actual.odds)} instead of {format_decimal(actual.sent)}"
    until = now + QUARANTINE if actual.odds < actual.sent else None
    return msgspec.structs.replace(actual, quarantined_until=until, error=text)


def _deleted(before: Actual, now: datetime) -> Actual:
    """Return a pair without a prediction.

    A quarantine goes on, and odds that BetTune did not keep are remembered. So is a user's wish, and that two
    responses did not show the prediction: it may have been a user who deleted it.
    """
    loss = before.loss if before.loss and before.loss.times > 1 else None
    nobody = Actual(pair=before.pair, owner=Owner.NOBODY, read_at=now, respected=before.respected, loss=loss)
    if before.quarantined_until is None:
        return nobody
    return msgspec.structs.replace(
        nobody,
        quarantined_until=before.quarantined_until,
        rejected_kind=before.rejected_kind,
        error=before.error,
        sent=before.sent,
        misses=before.misses,
    )


def _not_found(change: Change, before: Actual, text: str, now: datetime, attempts: int) -> WriteResult:
    """After a DELETE there is none. A rejected price says nothing of what was there before it."""
    if change.kind is not Kind.DELETE:
        # The prediction may have gone with its match or filter. If it has, no user deleted it.
        gone = before.is_active
        actual = msgspec.structs.replace(_quarantined(change, before, text, now), in_doubt=gone, sent=None)
    elif attempts + 1 < TIMES_NOT_FOUND:
        # Should a price be wanted again before the next try, it is not known what BetTune holds.
        actual = msgspec.structs.replace(before, in_doubt=before.is_active or before.in_doubt, error=text)
    else:
        actual = _deleted(before, now)
    return WriteResult(outcome=WriteOutcome.NOT_FOUND, actual=actual, error=text)


def _in_doubt(change: Change, before: Actual, error: BetTuneError) -> Actual:
    """A PUT that may have been carried out is ours even if there was none before."""
    sent = change.after if isinstance(error, BadResponseError) else None
    misses = before.misses if sent is not None and before.sent == sent else 0
    return msgspec.structs.replace(
        before, owner=Owner.OURS, in_doubt=True, error=str(error), sent=sent, misses=misses
    )


def _quarantined(change: Change, before: Actual, text: str, now: datetime) -> Actual:
    return msgspec.structs.replace(
        before, quarantined_until=now + QUARANTINE, rejected_kind=change.kind, error=text
    )
