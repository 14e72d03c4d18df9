"""The chart of a price over time: step lines, times in which it was closed, and marks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import isfinite

from syncd.web.charts.axes import number_range, time_range
from syncd.web.charts.plot import WIDE, Plot, Size, legend
from syncd.web.charts.svg import document, element, labelled, text_of
from syncd.web.charts.values import Line, Mark, Point, Span


def price_chart(
    lines: Sequence[Line],
    *,
    until: datetime,
    title: str,
    text: str,
    name: str = "chart",
    marks: Sequence[Mark] = (),
    spans: Sequence[Span] = (),
    size: Size = WIDE,
) -> str | None:
    """Draw lines that go on until a moment, with the marks and spans; None if no line has a value."""
    lines = [line for line in lines if any(_number(point) is not None for point in line.points)]
    if not lines:
        return None
    values = [number for line in lines for point in line.points if (number := _number(point)) is not None]
    values += [float(mark.value) for mark in marks if mark.value is not None and isfinite(mark.value)]
    moments = [point.at for line in lines for point in line.points]
    plot = Plot.of(time_range([*moments, *(mark.at for mark in marks), until]), number_range(values), size)
    entries = [(_class(line), line.name) for line in lines]
    entries += [(span.kind, span.kind.replace("-", " ")) for span in _one_of_each(spans)]
    return document(
        [
            plot.axes(),
            *(_span(plot, span) for span in spans),
            *(_line(plot, line, until) for line in lines),
            *(_mark(plot, mark) for mark in marks if plot.covers(mark.at)),
            legend(entries),
        ],
        size=size,
        title=title,
        text=text,
        name=name,
    )


def _class(line: Line) -> str:
    return line.name.lower().replace(" ", "-").replace("'", "")


def _number(point: Point) -> float | None:
    value = None if point.value is None else float(point.value)
    return value if value is not None and isfinite(value) else None


def _one_of_each(spans: Iterable[Span]) -> list[Span]:
    return list({span.kind: span for span in spans}.values())


def _line(plot: Plot, line: Line, until: datetime) -> str:
    return element("path", d=" ".join(_steps(plot, line.points, until)), class_=f"line {_class(line)}")


def _steps(plot: Plot, points: Sequence[Point], until: datetime) -> Iterator[str]:
    """Yield the commands of a step line, with gaps where there is no value."""
    drawn = False
    for point in points:
        x, value = plot.at(point.at), _number(point)
        if drawn:
            yield f"H{x}"
        if value is not None:
            yield f"V{plot.y.of(value)}" if drawn else f"M{x} {plot.y.of(value)}"
        drawn = value is not None
    if drawn:
        yield f"H{plot.at(until)}"


def _span(plot: Plot, span: Span) -> str:
    start, end = plot.at(span.start), plot.at(span.end)
    return element(
        "rect",
        labelled(span.text),
        x=start,
        y=plot.y.end,
        width=round(max(1.0, end - start), 1),
        height=plot.y.start - plot.y.end,
        class_=f"span {span.kind}",
    )


SHAPES = {
    "raise": "M{x} {y}m0 -6l5.5 9h-11z",
    "lower": "M{x} {y}m0 6l5.5 -9h-11z",
    "create": "M{x} {y}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "delete": "M{x} {y}m-4 -4l8 8m0 -8l-8 8",
    "failed": "M{x} {y}m-4 -4h8v8h-8z",
}
"""The shapes of marks by kind: nobody has to know them by their colour."""


def _mark(plot: Plot, mark: Mark) -> str:
    x = plot.at(mark.at)
    if mark.value is not None and isfinite(mark.value):
        shape = SHAPES.get(mark.kind, SHAPES["create"])
        path = shape.format(x=x, y=plot.y.of(float(mark.value)))
        return element("path", labelled(mark.text), d=path, class_=f"mark {mark.kind}")
    line = element(
        "line", labelled(mark.text), x1=x, x2=x, y1=plot.y.end, y2=plot.y.start, class_=f"mark {mark.kind}"
    )
    return line + element(
        "text", text_of(mark.text), x=x - 5, y=plot.y.end + 10, class_=f"mark-text {mark.kind}"
    )
