"""The frame of a chart: its size, its axes with their ticks, and its legend."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from syncd.web.charts.axes import Scale, Tick, number_ticks, time_ticks
from syncd.web.charts.svg import element, text_of

LEFT, RIGHT, TOP, BOTTOM = 48, 26, 34, 28
"""The margins around the plot, in which ticks and legend are."""


class Size(NamedTuple):
    """The size of a picture in pixels, and how many ticks of time it has space for."""

    width: int
    height: int
    ticks: int


WIDE, NARROW = Size(900, 320, 8), Size(400, 290, 4)
"""On a screen, and on a phone."""

LOW_WIDE, LOW_NARROW = Size(900, 190, 8), Size(400, 190, 4)
"""The same, less high."""

LEGEND_GAP, LETTER = 34, 6.6
"""Pixels of a legend's key and of one of its letters, roughly."""


class Plot(NamedTuple):
    """A plot with its two scales; the one of time counts seconds since `start`."""

    start: datetime
    x: Scale
    y: Scale
    size: Size = WIDE

    @classmethod
    def of(cls, times: tuple[datetime, datetime], values: tuple[float, float], size: Size = WIDE) -> "Plot":
        """Return the plot of these ranges."""
        start, end = times
        x = Scale(0.0, (end - start).total_seconds(), LEFT, size.width - RIGHT)
        return cls(start, x, Scale(*values, size.height - BOTTOM, TOP), size)

    def at(self, moment: datetime) -> float:
        """Return the pixel of a moment."""
        return self.x.of((moment - self.start).total_seconds())

    def covers(self, moment: datetime) -> bool:
        """Return whether a moment lies on the axis of time."""
        return 0 <= (moment - self.start).total_seconds() <= self.x.high

    def axes(self) -> str:
        """Return both axes, with lines across the plot at the values' ticks."""
        across = "".join(self._value_tick(tick) for tick in number_ticks(self.y))
        ticks = time_ticks(self.x, self.start, most=self.size.ticks)
        below = "".join(self._time_tick(tick) for tick in ticks)
        base = element(
            "line", x1=self.x.start, x2=self.x.end, y1=self.y.start, y2=self.y.start, class_="axis"
        )
        zone = element("text", "UTC", x=self.x.end, y=16, class_="zone")
        return element("g", across, base, below, zone, class_="axes", aria_hidden="true")

    def _value_tick(self, tick: Tick) -> str:
        line = element("line", x1=self.x.start, x2=self.x.end, y1=tick.at, y2=tick.at, class_="grid")
        return line + element("text", text_of(tick.text), x=LEFT - 8, y=tick.at + 4, class_="value")

    def _time_tick(self, tick: Tick) -> str:
        bottom = self.y.start
        line = element("line", x1=tick.at, x2=tick.at, y1=bottom, y2=bottom + 5, class_="axis")
        return line + element("text", text_of(tick.text), x=tick.at, y=bottom + 20, class_="time")


def legend(entries: Sequence[tuple[str, str]]) -> str:
    """Return the legend: pairs of a class and a text, in one row above the plot."""
    return element("g", *_legend_keys(entries), class_="legend", aria_hidden="true")


def _legend_keys(entries: Iterable[tuple[str, str]]) -> Iterable[str]:
    x = float(LEFT)
    for kind, text in entries:
        yield element("rect", x=round(x, 1), y=9, width=14, height=4, rx=2, class_=f"key {kind}")
        yield element("text", text_of(text), x=round(x + 20, 1), y=16)
        x += LEGEND_GAP + LETTER * len(text)
