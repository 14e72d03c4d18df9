"""Prints what happens, timed and aligned, and no faster than it can be read."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from syncd.demo.changes import TrackedChange
from syncd.demo.columns import GAP, Column, lines
from syncd.demo.wording import MOVES, ReportEntry, Wording
from syncd.runtime.clock import Clock
from syncd.simulator.bettune_account import BettuneAccount

LINES_A_SECOND = 2.5
AT_ONCE = 5.0
"""Lines that may come together after a quiet moment."""

BACKLOG = 6
"""Stories that may wait; beyond that, moves are summed up."""

MAX_WIDTH = 110
TIME, PRICES, OUTCOME, TOOK = 5, 22, 18, 6


class Reporter:
    """Sentences come at once, stories as rows of five columns when there is time for them."""

    def __init__(self, console: Console, clock: Clock, book: BettuneAccount) -> None:
        self.console = console
        self._clock = clock
        self._book = book
        self._wording = Wording(book.filters)
        self._begun = clock.monotonic()
        self._waiting: list[TrackedChange] = []
        self._allowance = AT_ONCE
        self._refilled_at = self._begun
        width = min(console.width, MAX_WIDTH)
        self._sentence = (Column(TIME, right=True), Column(width - TIME - len(GAP)))
        match = max(12, width - TIME - PRICES - OUTCOME - TOOK - 4 * len(GAP))
        self._row = (
            self._sentence[0],
            Column(match),
            Column(PRICES),
            Column(OUTCOME),
            Column(TOOK, right=True),
        )

    def say(self, words: str, style: str = "") -> None:
        """A sentence of its own."""
        self._print(self._sentence, [self._time(), Text(words, style)])

    def head(self) -> None:
        """The names of the columns."""
        names = ("", "match", "at Pinnacle", "at BetTune", "after")
        self.console.print()
        self._print(self._row, [Text(name, "bold") for name in names])

    def offer(self, stories: Iterable[TrackedChange]) -> None:
        """These may be told."""
        self._waiting += stories

    def tell(self) -> None:
        """Print what there is time for."""
        now = self._clock.monotonic()
        self._allowance = min(AT_ONCE, self._allowance + (now - self._refilled_at) * LINES_A_SECOND)
        self._refilled_at = now
        if len(self._waiting) > BACKLOG:
            self._sum_up()
        while self._waiting and self._allowance > 0:
            self._tell(self._waiting.pop(0))

    def tell_rest(self) -> None:
        """Print all that is left, in brief."""
        self._sum_up()
        while self._waiting:
            self._tell(self._waiting.pop(0))

    def _tell(self, story: TrackedChange) -> None:
        entry = self._wording.entry(story, self._book.predictions())
        if entry is not None:
            self._print_entry(entry)

    def _sum_up(self) -> None:
        moves = [story for story in self._waiting if story.kinds == MOVES]
        if len(moves) > 1:
            self._waiting = [story for story in self._waiting if story.kinds != MOVES]
            self._print_entry(self._wording.summary(moves))

    def _print_entry(self, entry: ReportEntry) -> None:
        prices = Text("\n").join(Text(line.at_pinnacle) for line in entry.lines)
        outcome = Text("\n").join(Text(line.at_bettune, line.style) for line in entry.lines)
        took = Text("\n").join(Text(line.took, line.style) for line in entry.lines)
        self._print(self._row, [self._time(), Text(entry.match), prices, outcome, took])

    def _print(self, columns: tuple[Column, ...], cells: list[Text]) -> None:
        for line in lines(self.console, columns, cells):
            self.console.print(line, soft_wrap=True)
            self._allowance -= 1

    def _time(self) -> Text:
        elapsed = int(self._clock.monotonic() - self._begun)
        return Text(f"{elapsed // 60}:{elapsed % 60:02}", "dim")
