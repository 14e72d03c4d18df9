"""What a reading of BetTune's predictions means: ours, a user's, none, or drifted.

The one place that decides who owns a prediction.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from syncd.model.bettune import Pair, Prediction
from syncd.model.change import Actual, Owner

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
        reading = _present(before, row) if row else _absent(before, manual_delete)
        actual = msgspec.structs.replace(reading.actual, read_at=now, in_doubt=False)
        readings.append(msgspec.structs.replace(reading, actual=actual))
    return readings


def _present(before: Actual, row: Prediction) -> Reading:
    owner = Owner.THEIRS if row.source == "ui" else Owner.OURS
    after = msgspec.structs.replace(before, owner=owner, odds=row.odds, respected=False)
    return Reading(actual=after, drift=_drift_of_present(before, after))


def _drift_of_present(before: Actual, after: Actual) -> str:
    if before.owner is Owner.UNKNOWN or before.in_doubt:
        return ""
    if after.owner is not before.owner:
        return "set by hand" if after.owner is Owner.THEIRS else "set through the API by someone else"
    if after.owner is Owner.OURS and after.odds != before.odds:
        return f"holds {after.odds} instead of {before.odds}"
    return ""


def _absent(before: Actual, manual_delete: ManualDelete) -> Reading:
    """Interpret a missing row: deleted by hand, unless nothing was known or our last write is in doubt."""
    nobody = msgspec.structs.replace(before, owner=Owner.NOBODY, odds=None)
    if before.owner in (Owner.UNKNOWN, Owner.NOBODY) or before.in_doubt:
        return Reading(actual=nobody)
    # A prediction made by hand and deleted by hand is a user's wish that there be none, as much as ours.
    respected = manual_delete == "respect"
    return Reading(
        actual=msgspec.structs.replace(nobody, respected=respected),
        drift="deleted by hand" + (" and left so" if respected else ", to be set again"),
    )
