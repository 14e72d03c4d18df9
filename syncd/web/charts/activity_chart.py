"""The charts of the last hours: writes with price changes, and the lag between both, per five minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Protocol

from syncd.web.charts.column_chart import column_chart
from syncd.web.charts.plot import LOW_WIDE, Size
from syncd.web.charts.values import Columns, Point


class CountedTime(Protocol):
    """Counts of one part of the time; `views/activity.py` loads them."""

    @property
    def start(self) -> datetime:
        """The moment at which it begins."""
        ...

    @property
    def done(self) -> int:
        """Writes that were carried out."""
        ...

    @property
    def failed(self) -> int:
        """Writes that were not."""
        ...

    @property
    def price_changes(self) -> int:
        """Changes of linked events' prices."""
        ...

    @property
    def lag_s(self) -> float | None:
        """The median time from a price change to the write that follows it; None without one."""
        ...


def activity_chart(
    found: Sequence[CountedTime], *, every: timedelta, name: str = "activity", size: Size = LOW_WIDE
) -> str | None:
    """Draw writes and price changes, in buckets that are each `every` long; None without any."""
    return column_chart(
        Columns(
            "writes",
            [each.start for each in found],
            [("done", [each.done for each in found]), ("failed", [each.failed for each in found])],
        ),
        every=every,
        title="Writes and price changes of the last hours",
        text=_writes_in_words(found),
        name=name,
        line=[Point(each.start, each.price_changes) for each in found],
        line_name="price changes (right)",
        size=size,
    )


def lag_chart(
    found: Sequence[CountedTime], *, every: timedelta, name: str = "lag", size: Size = LOW_WIDE
) -> str | None:
    """Draw the lag of each bucket in seconds; None without any."""
    if all(each.lag_s is None for each in found):
        return None
    return column_chart(
        Columns(
            "lag", [each.start for each in found], [("lag", [each.lag_s or 0.0 for each in found])], unit="s"
        ),
        every=every,
        title="Lag of the last hours: seconds from a price change to its write",
        text=_lag_in_words(found),
        name=name,
        size=size,
    )


def _writes_in_words(found: Sequence[CountedTime]) -> str:
    done, failed = sum(each.done for each in found), sum(each.failed for each in found)
    changes = sum(each.price_changes for each in found)
    return f"{done:,} writes done, {failed:,} failed, {changes:,} price changes of linked events."


def _lag_in_words(found: Sequence[CountedTime]) -> str:
    known = [each.lag_s for each in found if each.lag_s is not None]
    return f"From {min(known):g} to {max(known):g} s, in the middle {median(known):g} s."
