"""Axes: ticks at round values, and where a value lies on the plot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

STEPS = (
    *(timedelta(seconds=n) for n in (1, 5, 15, 30)),
    *(timedelta(minutes=n) for n in (1, 5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12)),
    *(timedelta(days=n) for n in (1, 2, 7, 14, 28, 91, 182, 364)),
)
MAX_TICKS = 8


class Tick(NamedTuple):
    """A place on an axis, and its text."""

    at: float
    """In pixels."""
    text: str


class Scale(NamedTuple):
    """Maps values to pixels; outside its range a value lies on its edge."""

    low: float
    high: float
    start: float
    """The pixel of `low`."""
    end: float

    def of(self, value: float) -> float:
        """Return the pixel of a value, to a tenth."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def number_range(values: Sequence[float], *, from_zero: bool = False) -> tuple[float, float]:
    """Return a range in which all finite values lie, with a little air, and that is never empty."""
    known = [value for value in values if isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if from_zero:
        return 0.0, max(high, 1.0) * 1.05
    air = max((high - low) * 0.08, abs(high) * 0.005, 1e-6)
    return low - air, high + air


def time_range(moments: Sequence[datetime]) -> tuple[datetime, datetime]:
    """Return the range of these moments, at least a minute. Raises `ValueError` without any."""
    start, end = min(moments), max(moments)
    if end - start < timedelta(minutes=1):
        end = start + timedelta(minutes=1)
    return start, end


def number_ticks(scale: Scale, *, most: int = 5) -> list[Tick]:
    """Return ticks at multiples of 1, 2 or 5 times a power of ten."""
    rough = (scale.high - scale.low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    digits = max(0, -floor(log10(step) + 1e-9))
    first, last = ceil(scale.low / step), floor(scale.high / step)
    return [Tick(scale.of(n * step), f"{n * step:.{digits}f}") for n in range(first, last + 1)]


def time_ticks(scale: Scale, start: datetime, *, most: int = MAX_TICKS) -> list[Tick]:
    """Return ticks at whole minutes, hours or days of UTC; `scale` is in seconds since `start`."""
    span = timedelta(seconds=scale.high - scale.low)
    step = next((each for each in STEPS if span / each <= most), STEPS[-1])
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = ceil((start - midnight) / step)
    ticks: list[Tick] = []
    for number in range(first, first + most + 2):
        at = midnight + number * step
        seconds = (at - start).total_seconds()
        if scale.low <= seconds <= scale.high:
            ticks.append(Tick(scale.of(seconds), _moment_text(at, step)))
    return ticks


def _moment_text(at: datetime, step: timedelta) -> str:
    if step >= timedelta(days=1) or (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"{at:%d %b}"
    return f"{at:%H:%M:%S}" if step < timedelta(minutes=1) else f"{at:%H:%M}"
