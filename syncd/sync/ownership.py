"""The meaning of a reading of BetTune's predictions: ours, a user's, none, or drifted.

The one place that decides who owns a prediction.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from syncd.model.bettune import Pair, Prediction
from syncd.model.change import Actual, Owner
from syncd.sync import outcome
from syncd.sync.plan import MISSES_TO_BELIEVE, QUARANTINE

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
        actual = msgspec.structs.replace(
            reading.actual, read_at=now, in_doubt=False, is_of_earlier_process=False
        )
        readings.append(msgspec.structs.replace(reading, actual=actual))
    return readings


def _present(before: Actual, row: Prediction, now: datetime) -> Reading:
    owner = Owner.THEIRS if row.source == "ui" else Owner.OURS
    after = msgspec.structs.replace(before, owner=owner, odds=row.odds, respected=False)
    if owner is Owner.OURS:
        after = _unbelievable(after, row, now) if row.problem else _compared(after, now)
    return Reading(actual=after, drift=_drift_of_present(before, after))


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
    nobody = msgspec.structs.replace(before, owner=Owner.NOBODY, odds=None)
    if before.owner is Owner.OURS and before.in_doubt and before.sent is not None:
        return Reading(actual=_not_saved(nobody, now))
    if before.owner in (Owner.UNKNOWN, Owner.NOBODY) or before.in_doubt:
        return Reading(actual=nobody)
    # A user who deletes a prediction wants none for this pair, whoever had made it.
    respected = manual_delete == "respect"
    return Reading(
        actual=msgspec.structs.replace(nobody, respected=respected),
        drift="deleted by hand" + (" and left so" if respected else ", to be set again"),
    )


def _not_saved(nobody: Actual, now: datetime) -> Actual:
    """BetTune accepted a price, but shows no prediction: after some such readings the pair is quarantined."""
    if nobody.misses + 1 < MISSES_TO_BELIEVE:
        return msgspec.structs.replace(nobody, misses=nobody.misses + 1)
    text = "BetTune does not keep what is sent"
    return msgspec.structs.replace(nobody, misses=0, quarantined_until=now + QUARANTINE, error=text)
