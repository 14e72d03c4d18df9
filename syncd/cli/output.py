"""Output of results: tables for people on standard output, JSON for programs."""

import os
import sys
from collections.abc import Iterable
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.text import Text

from syncd.cli.table import Column, Lines, layout
from syncd.runtime.alerts import Alert
from syncd.runtime.printable import escaped, one_line

PIPE_WIDTH = 200
"""Columns if no terminal has a width. Tables are never folded then: a row for `grep` is one line."""

Cell = str | Text


def lines(*parts: Cell | tuple[str, str]) -> Lines:
    """Put parts below each other: a text, or a text and its style."""
    shown = Lines()
    for number, part in enumerate(parts):
        text = part if isinstance(part, Text) else Text(*part) if isinstance(part, tuple) else Text(part)
        shown.append("\n" if number else "").append_text(printable(text))
    return shown


class _SafeConsole(Console):
    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*map(printable, objects), **options)


def printable(shown: Any) -> Any:
    """Make the names in a text safe to show on a terminal; anything but text is returned as it is."""
    if isinstance(shown, str):
        return one_line(shown)
    if isinstance(shown, Text) and not isinstance(shown, Lines):
        shown.plain = one_line(shown.plain)
    return shown


def console(*, stderr: bool = False) -> Console:
    """Open the terminal, or the pipe, behind standard output or standard error."""
    stream = sys.stderr if stderr else sys.stdout
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    return _SafeConsole(stderr=stderr, width=PIPE_WIDTH if piped else None, highlight=False, emoji=False)


def print_line(text: Cell = "", *, style: str = "") -> None:
    """Print a line of the result. Square brackets in it are plain text."""
    console().print(text, style=style, markup=False, soft_wrap=True)


def print_warning(text: str) -> None:
    """Print a warning beside the result, on standard error."""
    console(stderr=True).print(text, style="yellow", markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print the value as an indented JSON document; Decimals as text, times in ISO 8601."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    click.echo(escaped(text, lines=True))


def print_table(headings: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
    """Print a table without lines. A heading with > before it is aligned right, one with | is not folded."""
    cells = [[printable(cell if isinstance(cell, Text) else Text(cell)) for cell in row] for row in rows]
    out = console()
    width = sys.maxsize if is_piped() else out.width
    out.print(layout([Column.of(each) for each in headings], cells, width), soft_wrap=True)


def is_piped() -> bool:
    """True if standard output is no terminal, and nothing says how wide it is."""
    return not sys.stdout.isatty() and "COLUMNS" not in os.environ


def print_alerts(alerts: Iterable[Alert]) -> None:
    """Print alerts on standard error: cron sends that by mail."""
    for alert in alerts:
        console(stderr=True).print(
            f"{alert.subject}: {alert.message}", style="red", markup=False, soft_wrap=True
        )
