"""The alert that Pinnacle's feeds are stale: it says how much of what rests on them is withdrawn."""

from collections.abc import Mapping

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Wanted
from syncd.runtime.alerts import Alerts

STALE = "pinnacle.stale"
"""Alert: Pinnacle's feeds are stale, and what rests on them is withdrawn."""

_WHY = "no good response from Pinnacle for too long"


class StaleReport:
    """Fires, updates and resolves the alert."""

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts
        self._is_stale = False
        self._most = 0

    def begin(self) -> None:
        """Say that feeds are stale; `update` follows when the plan is made."""
        if not self._is_stale:
            self._is_stale, self._most = True, 0
            self._alerts.fire(STALE, f"{_WHY}: what rests on it is being withdrawn", notify=True)

    def end(self) -> None:
        """Say that no feed is stale."""
        self._is_stale = False
        self._alerts.resolve(STALE)

    def update(self, wanted: Mapping[Pair, Wanted], actual: Mapping[Pair, Actual], *, paused: bool) -> None:
        """Say how many predictions are withdrawn by now."""
        if self._is_stale:
            left = sum(
                value.cause is Cause.STALE_FEED
                and (known := actual.get(pair)) is not None
                and known.is_active
                for pair, value in wanted.items()
            )
            self._most = max(self._most, left)
            self._alerts.update(STALE, f"{_WHY}: {_progress(self._most, left, paused=paused)}")


def _progress(most: int, left: int, *, paused: bool) -> str:
    if paused and left:
        return f"{left} predictions rest on it, and nothing is written, since syncd is paused"
    if left:
        return f"is being withdrawn: {most - left} of {most} predictions"
    return f"withdrawn: all {most} predictions that rested on it" if most else "no prediction rests on it"
