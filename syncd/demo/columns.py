"""Lines of aligned columns: each cell folds within its own, and no line ends in blanks."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

GAP = "  "


class Column(NamedTuple):
    """So many characters."""

    width: int
    right: bool = False
    """Aligned to the right."""


def lines(console: Console, columns: Sequence[Column], cells: Sequence[Text]) -> Iterator[Text]:
    """The lines of one row; the last cell that is not empty ends each."""
    folded = [cell.wrap(console, column.width) for column, cell in zip(columns, cells, strict=True)]
    for parts in zip_longest(*folded, fillvalue=None):
        line = Text()
        for column, part in zip(columns, parts, strict=True):
            line.append_text(_padded(part or Text(), column)).append(GAP)
        line.rstrip()
        yield line


def _padded(part: Text, column: Column) -> Text:
    part.rstrip()
    blanks = " " * max(0, column.width - part.cell_len)
    return Text(blanks).append_text(part) if column.right else part.append(blanks)
