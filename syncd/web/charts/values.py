"""The values that charts are drawn from."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Point(NamedTuple):
    """A value from a moment on, until the next point; None: there is none from then on."""

    at: datetime
    value: Decimal | float | None


class Line(NamedTuple):
    """A step line; `name` is also its CSS class, as words joined by hyphens."""

    name: str
    points: Sequence[Point]
    """In order of time."""


class Mark(NamedTuple):
    """Something that happened at a moment, at a value if it has one."""

    at: datetime
    kind: str
    """Its CSS class, such as `raise` or `kickoff`."""
    text: str
    value: Decimal | float | None = None


class Span(NamedTuple):
    """A time in which something lasted."""

    start: datetime
    end: datetime
    kind: str
    text: str


class Columns(NamedTuple):
    """One column for each bucket of time; `kinds` are stacked, from below."""

    name: str
    starts: Sequence[datetime]
    kinds: Sequence[tuple[str, Sequence[float]]]
    unit: str = ""
    """Of the values; empty: they are counts of their kind."""
