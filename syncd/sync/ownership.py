"""What a reading of BetTune's predictions tells: ours, someone else's, none, or drifted.

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
    """What is known of a pair after a reading, and how it drifted from what was believed."""

    holding: Actual
    drift: str = ""
    """Words for the log; empty where the reading agrees with what was known."""


def read(
    asked: Iterable[Pair],
    rows: Iterable[Prediction],
    known: Mapping[Pair, Actual],
    manual_delete: ManualDelete,
    now: datetime,
) -> list[Reading]:
    """Judge each pair that was asked for: a pair without a row holds no prediction."""
    found = {row.pair: row for row in rows}
    readings = []
    for pair in asked:
        before = known.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)
        row = found.get(pair)
        seen = _present(before, row) if row else _absent(before, manual_delete)
        readings.append(msgspec.structs.replace(seen, holding=_read_at(seen.holding, now)))
    return readings


def _read_at(holding: Actual, now: datetime) -> Actual:
    return msgspec.structs.replace(holding, read_at=now, in_doubt=False)


def _present(before: Actual, row: Prediction) -> Reading:
    owner = Owner.THEIRS if row.source == "ui" else Owner.OURS
    after = msgspec.structs.replace(before, owner=owner, odds=row.odds, respected=False)
    return Reading(holding=after, drift=_drift_of_present(before, after))


def _drift_of_present(before: Actual, after: Actual) -> str:
    if before.owner is Owner.UNKNOWN or before.in_doubt:
        return ""
    if after.owner is not before.owner:
        return "set by hand" if after.owner is Owner.THEIRS else "set through the API by someone else"
    if after.owner is Owner.OURS and after.odds != before.odds:
        return f"holds {after.odds} instead of {before.odds}"
    return ""


def _absent(before: Actual, manual_delete: ManualDelete) -> Reading:
    """A row that is no longer there: deleted by hand, unless it was ours to delete and in doubt."""
    nobody = msgspec.structs.replace(before, owner=Owner.NOBODY, odds=None)
    if before.owner in (Owner.UNKNOWN, Owner.NOBODY) or before.in_doubt:
        return Reading(holding=nobody)
    # A row made by hand and deleted by hand is a person's wish that none be there, as much as ours.
    respected = manual_delete == "respect"
    return Reading(
        holding=msgspec.structs.replace(nobody, respected=respected),
        drift="deleted by hand" + (" and left so" if respected else ", to be set again"),
    )
