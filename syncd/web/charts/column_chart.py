"""A chart of columns over time, stacked by kind, with a line above them of another measure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import isfinite

from syncd.web.charts.axes import Scale, number_range, number_ticks
from syncd.web.charts.plot import WIDE, Plot, Size, legend
from syncd.web.charts.svg import document, element, labelled, text_of
from syncd.web.charts.values import Columns, Point

GAP = 1.5
"""Pixels between two columns."""


def column_chart(
    columns: Columns,
    *,
    every: timedelta,
    title: str,
    text: str,
    name: str = "columns",
    line: Sequence[Point] = (),
    line_name: str = "",
    line_unit: str = "",
    size: Size = WIDE,
) -> str | None:
    """Draw the columns, and the line by an axis of its own on the right; None without any bucket."""
    if not columns.starts:
        return None
    totals = [sum(counts) for counts in zip(*(counts for _, counts in columns.kinds), strict=True)]
    times = (columns.starts[0], columns.starts[-1] + every)
    plot = Plot.of(times, number_range([float(total) for total in totals], from_zero=True), size)
    entries = [(kind, kind) for kind, _ in columns.kinds]
    parts = [plot.axes(), *_stacks(plot, columns, every)]
    known = [float(point.value) for point in line if point.value is not None and isfinite(point.value)]
    if known:
        scale = Scale(*number_range(known, from_zero=True), plot.y.start, plot.y.end)
        parts.append(_line(plot, scale, line, every))
        parts.append(_right_axis(plot, scale, line_unit))
        entries.append(("measure", line_name))
    return document([*parts, legend(entries)], size=size, title=title, text=text, name=name)


def _stacks(plot: Plot, columns: Columns, every: timedelta) -> Iterator[str]:
    for index, start in enumerate(columns.starts):
        x, end = plot.at(start), plot.at(start + every)
        below = 0.0
        for kind, counts in columns.kinds:
            if counts[index]:
                low, high = plot.y.of(below), plot.y.of(below + counts[index])
                below += counts[index]
                yield element(
                    "rect",
                    labelled(f"{start:%H:%M}: {counts[index]:,} {columns.unit or kind}"),
                    x=x,
                    y=high,
                    width=round(max(0.5, end - x - GAP), 1),
                    height=round(low - high, 1),
                    class_=f"column {kind}",
                )


def _line(plot: Plot, scale: Scale, points: Sequence[Point], every: timedelta) -> str:
    return element("path", d=" ".join(_steps(plot, scale, points, every)), class_="line measure")


def _steps(plot: Plot, scale: Scale, points: Sequence[Point], every: timedelta) -> Iterator[str]:
    """Yield the commands of a line through the middle of the buckets, with gaps."""
    drawn = False
    for at, value in points:
        known = value is not None and isfinite(value)
        if known and value is not None:
            middle: datetime = at + every / 2
            yield f"{'L' if drawn else 'M'}{plot.at(middle)} {scale.of(float(value))}"
        drawn = known


def _right_axis(plot: Plot, scale: Scale, unit: str) -> str:
    texts = (
        element(
            "text", text_of(f"{tick.text} {unit}".strip()), x=plot.x.end - 4, y=tick.at - 4, class_="measure"
        )
        for tick in number_ticks(scale, most=3)
        if tick.at < scale.start
    )
    return element("g", *texts, class_="axes right", aria_hidden="true")
