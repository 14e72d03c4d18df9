"""Reading of recordings: all exchanges in order, and what is wrong with the files."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from syncd.record import files, lines
from syncd.record.lines import RecordedExchange

GAP = timedelta(minutes=10)
"""A longer time without any exchange is reported: syncd did not run, or could not record."""

CLOCK_SLACK = timedelta(seconds=1)
"""Responses that overtake one another are no clock that was set back."""


class Gap(msgspec.Struct, frozen=True):
    """A time without exchanges."""

    since: datetime
    until: datetime


class DayContents(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of the file of one day."""

    day: date
    bytes: int
    exchanges: int
    first: datetime | None
    last: datetime | None
    by_request: dict[str, int]
    """Exchanges by service, method, path and status."""
    gaps: tuple[Gap, ...]
    set_back: int
    """The number of times that the clock was set back."""
    lost: int
    """Exchanges that the recorder could not record."""
    unreadable_bytes: int
    invalid_lines: int


def exchanges(path: Path) -> Iterator[RecordedExchange]:
    """Yield the exchanges of a file, in the order in which they came. Raises `OSError`."""
    for found in _read(path):
        if isinstance(found, RecordedExchange):
            yield found


def contents(file: files.DayFile) -> DayContents:
    """Read one file whole, and say what is in it. Raises `OSError`."""
    requests: Counter[str] = Counter()
    gaps: list[Gap] = []
    first = last = None
    set_back = lost = unreadable = invalid = 0
    for found in _read(file.path):
        if isinstance(found, int):
            unreadable += found
        elif found is None:
            invalid += 1
        else:
            requests[_request(found)] += 1
            lost += found.lost
            if last is not None and found.at - last > GAP:
                gaps.append(Gap(last, found.at))
            set_back += last is not None and found.at < last - CLOCK_SLACK
            first, last = first or found.at, found.at
    return DayContents(
        day=file.day,
        bytes=file.size,
        exchanges=requests.total(),
        first=first,
        last=last,
        by_request=dict(sorted(requests.items())),
        gaps=tuple(gaps),
        set_back=set_back,
        lost=lost,
        unreadable_bytes=unreadable,
        invalid_lines=invalid,
    )


def missing_days(found: list[files.DayFile]) -> list[date]:
    """Return the days between the first and the last one that have no file."""
    days = {each.day for each in found}
    if not days:
        return []
    first = min(days)
    span = (max(days) - first).days
    return [day for number in range(span) if (day := first + timedelta(days=number)) not in days]


def _read(path: Path) -> Iterator[RecordedExchange | int | None]:
    """Yield exchanges, numbers of bytes that cannot be read, and None for each invalid line."""
    for block in files.blocks(path):
        if block.unreadable:
            yield block.unreadable
        for line in block.lines:
            try:
                yield lines.decode(line)
            except (msgspec.MsgspecError, ValueError):
                yield None


def _request(found: RecordedExchange) -> str:
    parts = ("{id}" if part.isdecimal() else part for part in found.path.split("/"))
    return f"{found.service} {found.method} {'/'.join(parts)} {found.status}"
