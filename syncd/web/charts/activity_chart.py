"""The chart of the last hours: writes, price changes and response time, per five minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from syncd.web.charts.column_chart import column_chart
from syncd.web.charts.plot import WIDE, Size
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
    def response_ms(self) -> float | None:
        """The mean time until BetTune's response."""
        ...


def activity_chart(
    found: Sequence[CountedTime], *, every: timedelta, name: str = "activity", size: Size = WIDE
) -> str | None:
    """Draw the buckets, each `every` long; None without any."""
    return column_chart(
        Columns(
            "writes",
            [each.start for each in found],
            [("done", [each.done for each in found]), ("failed", [each.failed for each in found])],
        ),
        every=every,
        title="Writes of the last hours",
        text=_in_words(found),
        name=name,
        line=[Point(each.start, each.price_changes) for each in found],
        line_name="price changes",
        size=size,
    )


def _in_words(found: Sequence[CountedTime]) -> str:
    done, failed = sum(each.done for each in found), sum(each.failed for each in found)
    changes = sum(each.price_changes for each in found)
    times = [each.response_ms for each in found if each.response_ms is not None]
    response = f", response after {sum(times) / len(times):.0f} ms on average" if times else ""
    return f"{done:,} writes done, {failed:,} failed, {changes:,} price changes of linked events{response}."
