"""A table without lines: as plain lines of text if it fits, and by rich if something has to be folded."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

GAP = Text("  ")


class Lines(Text):
    """A text with line breaks of our own; in any other, a line break comes from another service."""


class Column(NamedTuple):
    """A column, by its heading."""

    heading: Text
    justify: JustifyMethod
    folds: bool

    @classmethod
    def of(cls, heading: str) -> "Column":
        """Return the column of a heading; > before it: aligned right; |: not folded."""
        mark = heading[:1] if heading[:1] in (">", "|") else ""
        justify: JustifyMethod = "right" if mark == ">" else "left"
        return cls(Text(heading.removeprefix(mark), style="bold"), justify, folds=not mark)

    def padded(self, cell: Text, width: int) -> Text:
        """Return the cell with spaces up to this width."""
        space = " " * (width - cell.cell_len)
        return Text.assemble(space, cell) if self.justify == "right" else Text.assemble(cell, space)


def layout(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int) -> Text | Table:
    """Return what shows the rows on a console of this width.

    Thousands of lines take rich seconds, most of them for what only matters if something is folded.
    """
    headings = [each.heading for each in columns]
    widths = [max(cell.cell_len for cell in cells) for cells in zip(headings, *rows, strict=True)]
    is_folded = sum(widths) + GAP.cell_len * (len(widths) - 1) > width
    if is_folded or any("\n" in cell.plain for row in rows for cell in row):
        return _folded(columns, rows)
    found = Lines()
    for number, row in enumerate((headings, *rows)):
        line = (column.padded(cell, of) for column, cell, of in zip(columns, row, widths, strict=True))
        found.append("\n" if number else "").append_text(GAP.join(line))
    return found


def _folded(columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for each in columns:
        table.add_column(each.heading, justify=each.justify, no_wrap=not each.folds, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
