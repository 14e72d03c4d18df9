"""Tables of text, compared with those of rich."""

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncd.cli import table
from syncd.cli.table import Column, layout

WORDS = st.text("ab é漢-", max_size=8).map(str.strip)
TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.tuples(
        st.lists(st.tuples(st.sampled_from(["", ">", "|"]), WORDS), min_size=columns, max_size=columns),
        st.lists(st.lists(WORDS, min_size=columns, max_size=columns), max_size=5),
    )
)


def shown(what: Text | Table, width: int) -> str:
    console = Console(width=width, color_system="truecolor", force_terminal=True)
    with console.capture() as captured:
        console.print(what, soft_wrap=True)
    plain = Text.from_ansi(captured.get()).plain
    return "\n".join(line.rstrip() for line in plain.splitlines())


@given(TABLES, st.sampled_from([10, 20, 100]))
def test_a_table_looks_as_rich_makes_it(given_table, width):
    headings, rows = given_table
    columns = [Column.of(mark + heading) for mark, heading in headings]
    cells = [[Text(cell) for cell in row] for row in rows]
    by_rich = table._folded(columns, cells)
    assert shown(layout(columns, cells, width), width) == shown(by_rich, width)


def test_a_table_that_fits_is_not_left_to_rich():
    cells = [[Text("a"), Text("b")]]
    columns = [Column.of("x"), Column.of(">y")]
    assert isinstance(layout(columns, cells, 4), Text)
    assert isinstance(layout(columns, cells, 3), Table)
