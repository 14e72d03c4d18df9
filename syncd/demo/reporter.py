"""Prints what happens, timed and in columns, and no faster than it can be read."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from syncd.demo.changes import TrackedChange
from syncd.demo.wording import MOVE_ONLY, ReportEntry, Wording
from syncd.runtime.clock import Clock
from syncd.simulator.bettune_account import BettuneAccount

LINES_PER_SECOND = 2.5
MAX_LINES_AT_ONCE = 5.0
"""Lines that may be printed together after a quiet moment."""

MAX_WAITING = 6
"""Changes that may wait to be printed; if there are more, price moves are printed as one sum."""

MAX_WIDTH = 110
GAP = 2
"""Blanks between two columns."""
TIME_WIDTH, PRICES_WIDTH, OUTCOME_WIDTH, TOOK_WIDTH = 5, 22, 18, 6


class Reporter:
    """Prints sentences at once, and changes as rows of five columns when there is time for them."""

    def __init__(self, console: Console, clock: Clock, account: BettuneAccount) -> None:
        self.console = console
        self._clock = clock
        self._account = account
        self._wording = Wording(account.filters)
        self._begun = clock.monotonic()
        self._waiting: list[TrackedChange] = []
        self._allowance = MAX_LINES_AT_ONCE
        self._refilled_at = self._begun
        self._width = min(console.width, MAX_WIDTH)

    def say(self, sentence: str, style: str = "") -> None:
        """Print a sentence."""
        columns = (_time_column(), Column(width=self._width - TIME_WIDTH - GAP))
        self._print(columns, [self._time(), Text(sentence, style)])

    def print_header(self) -> None:
        """Print the names of the columns."""
        names = ("", "match", "at Pinnacle", "at BetTune", "after")
        self.console.print()
        self._print(self._change_columns(), [Text(name, "bold") for name in names])

    def add(self, changes: Iterable[TrackedChange]) -> None:
        """Add changes to be printed."""
        self._waiting += changes

    def print_due(self) -> None:
        """Print as many changes as can be read by now."""
        now = self._clock.monotonic()
        refill = (now - self._refilled_at) * LINES_PER_SECOND
        self._allowance = min(MAX_LINES_AT_ONCE, self._allowance + refill)
        self._refilled_at = now
        if len(self._waiting) > MAX_WAITING:
            self._sum_up_moves()
        while self._waiting and self._allowance > 0:
            self._print_change(self._waiting.pop(0))

    def print_rest(self) -> None:
        """Print all that is left, the price moves as one sum."""
        self._sum_up_moves()
        while self._waiting:
            self._print_change(self._waiting.pop(0))

    def _print_change(self, change: TrackedChange) -> None:
        entry = self._wording.entry(change, self._account.predictions())
        if entry is not None:
            self._print_entry(entry)

    def _sum_up_moves(self) -> None:
        moves = [change for change in self._waiting if change.kinds == MOVE_ONLY]
        if len(moves) > 1:
            self._waiting = [change for change in self._waiting if change.kinds != MOVE_ONLY]
            self._print_entry(self._wording.sum_of(moves))

    def _print_entry(self, entry: ReportEntry) -> None:
        prices = Text("\n").join(Text(line.at_pinnacle) for line in entry.lines)
        outcome = Text("\n").join(Text(line.at_bettune, line.style) for line in entry.lines)
        took = Text("\n").join(Text(line.took, line.style) for line in entry.lines)
        self._print(self._change_columns(), [self._time(), Text(entry.match), prices, outcome, took])

    def _print(self, columns: Sequence[Column], cells: Sequence[Text]) -> None:
        for line in row_lines(self.console, columns, cells):
            self.console.print(line, soft_wrap=True)
            self._allowance -= 1

    def _change_columns(self) -> Sequence[Column]:
        match_width = self._width - TIME_WIDTH - PRICES_WIDTH - OUTCOME_WIDTH - TOOK_WIDTH - 4 * GAP
        return (
            _time_column(),
            Column(width=max(12, match_width)),
            Column(width=PRICES_WIDTH),
            Column(width=OUTCOME_WIDTH),
            Column(width=TOOK_WIDTH, justify="right"),
        )

    def _time(self) -> Text:
        elapsed = int(self._clock.monotonic() - self._begun)
        return Text(f"{elapsed // 60}:{elapsed % 60:02}", "dim")


def _time_column() -> Column:
    return Column(width=TIME_WIDTH, justify="right")


def row_lines(console: Console, columns: Sequence[Column], cells: Sequence[Text]) -> Iterator[Text]:
    """The lines of one row: each cell is folded within its column, and no line ends in blanks."""
    # A table remembers its cells in its columns, so these must be new for every row.
    table = Table.grid(*columns, padding=(0, GAP, 0, 0), pad_edge=False)
    table.add_row(*cells)
    for segments in console.render_lines(table, pad=False):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        yield line
