"""The meaning of a reading of BetTune's predictions: ours, a user's, none, or drifted.

The one place that decides who owns a prediction. What BetTune bets by must not depend on a single response:
a prediction of ours that it does not show, or as made by hand, or with odds that cannot be, stays what it was
until a second reading agrees.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from syncd.model.bettune import Pair, Prediction
from syncd.model.change import Actual, Loss, Owner
from syncd.sync import outcome
from syncd.sync.plan import CONFIRM_AFTER, MISSES_TO_BELIEVE, QUARANTINE

ManualDelete = Literal["respect", "restore"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The actual value of a pair after a reading, and how it had drifted from what was known."""

    actual: Actual
    drift: str = ""
    """Text for the log; empty if the reading agrees with what was known."""


def interpret(
    pairs: Iterable[Pair],
    rows: Iterable[Prediction],
    known: Mapping[Pair, Actual],
    manual_delete: ManualDelete,
    now: datetime,
) -> list[Reading]:
    """Interpret the rows that a search for these pairs returned: a pair without a row has no prediction."""
    found = {row.pair: row for row in rows}
    readings = []
    for pair in pairs:
        before = known.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)
        row = found.get(pair)
        reading = _present(before, row, now) if row else _absent(before, manual_delete, now)
        actual = msgspec.structs.replace(reading.actual, read_at=now, is_of_earlier_process=False)
        readings.append(msgspec.structs.replace(reading, actual=actual))
    return readings


def _present(before: Actual, row: Prediction, now: datetime) -> Reading:
    owner = Owner.THEIRS if row.source == "ui" else Owner.OURS
    shown = Owner.UNKNOWN if owner is Owner.OURS and row.problem else owner
    was_shown_so = before.loss is not None and before.loss.to is shown
    if before.owner is Owner.OURS and shown is not Owner.OURS and not was_shown_so:
        return _lost(before, shown, now)
    after = msgspec.structs.replace(
        before, owner=owner, odds=row.odds, in_doubt=False, respected=False, loss=None
    )
    if owner is Owner.OURS:
        after = _unbelievable(after, row, now) if row.problem else _compared(after, now)
    return Reading(actual=after, drift=_drift_of_present(before, after))


def _lost(before: Actual, to: Owner, now: datetime) -> Reading:
    """It stays as it is until a second reading decides; the first one counts from when it was."""
    loss = before.loss
    if loss is not None and loss.to is to:
        # After the clock was set back, the first one would never be long ago: it would be read without end.
        loss = msgspec.structs.replace(loss, at=min(loss.at, now), times=loss.times + 1)
    else:
        loss = Loss(at=now, to=to)
    return Reading(actual=msgspec.structs.replace(before, loss=loss))


def _unbelievable(after: Actual, row: Prediction, now: datetime) -> Actual:
    """The row counts as the lowest price, which the plan deletes while the pair is quarantined."""
    return msgspec.structs.replace(after, quarantined_until=now + QUARANTINE, error=row.problem)


def _compared(after: Actual, now: datetime) -> Actual:
    """Compare the odds shown with those sent: after some differing readings, BetTune keeps its own."""
    if after.sent is None:
        return after
    misses = 0 if after.odds == after.sent else after.misses + 1
    after = msgspec.structs.replace(after, misses=misses)
    return outcome.other_odds(after, now) if misses >= MISSES_TO_BELIEVE else after


def _drift_of_present(before: Actual, after: Actual) -> str:
    if before.owner is Owner.UNKNOWN or before.in_doubt:
        return ""
    if after.owner is not before.owner:
        return "set by hand" if after.owner is Owner.THEIRS else "set through the API by someone else"
    if after.owner is Owner.OURS and after.odds != before.odds:
        return f"holds {after.odds} instead of {before.odds}"
    return ""


def _absent(before: Actual, manual_delete: ManualDelete, now: datetime) -> Reading:
    """Interpret a missing row: deleted by hand, unless nothing was known or our last write is in doubt."""
    if before.respected and before.may_be_active:  # to be made sure by a DELETE, which this reading is for
        return Reading(actual=before)
    nobody = msgspec.structs.replace(before, owner=Owner.NOBODY, odds=None, in_doubt=False, loss=None)
    if before.in_doubt:
        return _absent_in_doubt(before, nobody, now)
    if before.owner is Owner.UNKNOWN or (before.owner is Owner.NOBODY and before.loss is None):
        return Reading(actual=nobody)
    if not _is_confirmed(before.loss, now):
        return _lost(before, Owner.NOBODY, now)
    return _deleted_by_hand(before, nobody, manual_delete)


def _absent_in_doubt(before: Actual, nobody: Actual, now: datetime) -> Reading:
    """A write that was lost, or a delete that succeeded, once a second reading says the same."""
    if before.loss is None or before.loss.to is not Owner.NOBODY:
        return _lost(before, Owner.NOBODY, now)
    is_accepted = before.owner is Owner.OURS and before.sent is not None
    return Reading(actual=_not_saved(nobody, now) if is_accepted else nobody)


def _is_confirmed(loss: Loss | None, now: datetime) -> bool:
    """Return whether a reading now confirms the loss. A clock that was set back confirms nothing."""
    return loss is not None and loss.to is Owner.NOBODY and now - loss.at >= CONFIRM_AFTER


def _deleted_by_hand(before: Actual, nobody: Actual, manual_delete: ManualDelete) -> Reading:
    """A user who deletes a prediction wants none for this pair, whoever had made it.

    Both readings may have been wrong, so ours counts as in doubt: a price of it that still stood would never
    change again.
    """
    respected = manual_delete == "respect"
    was_ours = before.is_active
    after = msgspec.structs.replace(
        nobody,
        owner=Owner.OURS if was_ours else Owner.NOBODY,
        respected=respected,
        in_doubt=was_ours,
        sent=None,
    )
    return Reading(
        actual=after, drift="deleted by hand" + (" and left so" if respected else ", to be set again")
    )


def _not_saved(nobody: Actual, now: datetime) -> Actual:
    """BetTune accepted a price, but shows no prediction: after some such readings the pair is quarantined."""
    if nobody.misses + 1 < MISSES_TO_BELIEVE:
        return msgspec.structs.replace(nobody, misses=nobody.misses + 1)
    text = "BetTune does not keep what is sent"
    return msgspec.structs.replace(nobody, misses=0, quarantined_until=now + QUARANTINE, error=text)


def taken_up(respected: Actual) -> Actual:
    """Return a pair that was left as deleted by hand as one in doubt: it is read before it is written."""
    return msgspec.structs.replace(respected, respected=False, in_doubt=True)
