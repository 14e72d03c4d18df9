"""Output of results: tables for people on standard output, JSON for programs."""

import os
import sys
from collections.abc import Iterable
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncd.runtime.alerts import Alert

PIPE_WIDTH = 200
"""Columns if no terminal has a width: rows for `grep` must not be folded."""

Cell = str | Text

CONTROL_CHARACTERS = {
    each: "\N{REPLACEMENT CHARACTER}" for each in (*range(32), *range(127, 160)) if chr(each) not in "\n\t"
}
"""Names come from other services: an escape sequence in one must not move a cursor or colour a terminal."""


class _SafeConsole(Console):
    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*map(without_control_characters, objects), **options)


def without_control_characters(shown: Any) -> Any:
    """Replace the control characters of a text; anything else is returned as it is."""
    if isinstance(shown, str):
        return shown.translate(CONTROL_CHARACTERS)
    if isinstance(shown, Text):
        shown.plain = shown.plain.translate(CONTROL_CHARACTERS)
    return shown


def console(*, stderr: bool = False) -> Console:
    """Open the terminal, or the pipe, behind standard output or standard error."""
    stream = sys.stderr if stderr else sys.stdout
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    return _SafeConsole(stderr=stderr, width=PIPE_WIDTH if piped else None, highlight=False, emoji=False)


def print_line(text: Cell = "", *, style: str = "") -> None:
    """Print a line of the result. Square brackets in it are plain text."""
    console().print(text, style=style, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print the value as an indented JSON document; Decimals as text, times in ISO 8601."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(headings: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
    """Print a table without lines. A heading with > before it is aligned right, one with | is not folded."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        mark = heading[:1] if heading[:1] in (">", "|") else ""
        table.add_column(
            heading.removeprefix(mark),
            justify="right" if mark == ">" else "left",
            no_wrap=bool(mark),
            overflow="fold",
        )
    for row in rows:
        cells = (cell if isinstance(cell, Text) else Text(cell) for cell in row)
        table.add_row(*map(without_control_characters, cells))
    console().print(table)


def print_alerts(alerts: Iterable[Alert]) -> None:
    """Print alerts on standard error: cron sends that by mail."""
    for alert in alerts:
        console(stderr=True).print(
            f"{alert.subject}: {alert.message}", style="red", markup=False, soft_wrap=True
        )
