"""How results are shown: tables for people on standard output, JSON for programs."""

import os
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncd.model.decimals import format_decimal

PIPE_WIDTH = 200
"""Columns where no terminal says how many there are: rows for `grep` must not be folded."""

Cell = str | Text

CONTROL = {
    each: "\N{REPLACEMENT CHARACTER}" for each in (*range(32), *range(127, 160)) if chr(each) not in "\n\t"
}
"""Names come from elsewhere: an escape sequence in one must not move a cursor or colour a terminal."""


class _Terminal(Console):
    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*map(harmless, objects), **options)


def harmless(shown: Any) -> Any:
    """Text without control characters; anything else as it is."""
    if isinstance(shown, str):
        return shown.translate(CONTROL)
    if isinstance(shown, Text):
        shown.plain = shown.plain.translate(CONTROL)
    return shown


def console(*, stderr: bool = False) -> Console:
    """The terminal, or the pipe, behind standard output or standard error."""
    stream = sys.stderr if stderr else sys.stdout
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    return _Terminal(stderr=stderr, width=PIPE_WIDTH if piped else None, highlight=False, emoji=False)


def say(text: Cell = "", *, style: str = "") -> None:
    """A line of the result. Square brackets in it are plain text."""
    console().print(text, style=style, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """The value as an indented JSON document; Decimals as text, times in ISO 8601."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(headings: Iterable[str], rows: Iterable[Iterable[Cell]], *, title: str = "") -> None:
    """A table without lines. A heading with > before it is aligned to the right, one with | is not folded."""
    table = Table(box=None, pad_edge=False, title=title or None, title_justify="left", header_style="bold")
    for heading in headings:
        mark = heading[:1] if heading[:1] in (">", "|") else ""
        table.add_column(
            heading.removeprefix(mark),
            justify="right" if mark == ">" else "left",
            no_wrap=bool(mark),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(harmless(cell if isinstance(cell, Text) else Text(cell)) for cell in row))
    console().print(table)


def moment(at: datetime | None) -> str:
    """A day and minute, UTC: `Sat 21 Nov 15:00`."""
    return f"{at:%a %d %b %H:%M}" if at else ""


def short_moment(at: datetime | None) -> str:
    """The same in a table: `21 Nov 15:00`."""
    return f"{at:%d %b %H:%M}" if at else ""


def odds(value: Decimal | None) -> str:
    """Odds without trailing zeros; a dash where there are none."""
    return "–" if value is None else format_decimal(value)


def span(length: timedelta) -> str:
    """A length of time in the largest unit that fits: `45 s`, `12 min`, `3.5 h`, `2 d`."""
    seconds = length.total_seconds()
    for size, unit in ((86_400 * 2, "d"), (3_600 * 2, "h"), (120, "min")):
        if seconds >= size:
            one = {"d": 86_400, "h": 3_600, "min": 60}[unit]
            return f"{seconds / one:.0f} {unit}"
    return f"{seconds:.0f} s"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, or `never`."""
    return f"{span(max(now - at, timedelta(0)))} ago" if at else "never"


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 match`, `2,500 matches`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
