"""Stories in the words of the demo's columns: which match, what Pinnacle did, what came of it at BetTune."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from syncd.demo.changes import ExpectedWrite, TrackedChange, WriteKind
from syncd.model.bettune import Filter, Pair
from syncd.simulator.game import SimulatedGame

AT_PINNACLE = {
    "halt": "suspended",
    "offline": "suspended",
    "takedown": "market taken down",
    "special": "special taken down",
    "special_back": "special is back",
    "reopened": "open again",
    "first_prices": "first prices",
    "kick_off": "kicks off",
    "settled": "over and settled",
    "cancelled": "cancelled",
    "deleted": "deleted",
    "postponed": "postponed",
    "new": "new, on both lists",
}
"""What a happening is called. Goals are not told: nothing follows live prices."""

SQUAD = re.compile(r"Women|U\d\d|Reserves")
"""Told by the league's name only: the same clubs play each other twice on one day."""

MOVES = ("move",)

STYLES = {
    WriteKind.RAISED: "green",
    WriteKind.LOWERED: "yellow",
    WriteKind.CREATED: "cyan",
    WriteKind.DELETED: "red",
}
QUIET = "dim"
LATE = "bold red"
LEFT_ALONE = "left: set by hand"
LATER = "not yet"


class ReportLine(NamedTuple):
    """One line of an entry; `style` is of the last two cells."""

    at_pinnacle: str
    at_bettune: str
    took: str = ""
    style: str = ""


class ReportEntry(NamedTuple):
    """A story as it is printed."""

    match: str
    lines: tuple[ReportLine, ...]


class Wording:
    """Knows filters by what they are about: «Pinnacle Home» is `home`."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._about = {found.id: found.bet_type.lower() for found in filters}

    def entry(self, story: TrackedChange, standing: Mapping[Pair, object]) -> ReportEntry | None:
        """The story, or none where nobody would miss it. `standing`: what BetTune holds."""
        found = tuple(self._moves(story) if story.kinds == MOVES else _others(story, standing))
        return ReportEntry(_name(story), found) if found else None

    def summary(self, stories: list[TrackedChange]) -> ReportEntry:
        """Many moves in one line."""
        moved = [each for story in stories for each in story.expected if not each.overtaken]
        took = [each.took for each in moved if each.took is not None]
        outcome = "all followed" if len(took) == len(moved) else f"{len(took)} followed"
        typical = f"~{median(took):.1f} s" if took else ""
        line = ReportLine(f"{len(moved)} prices move", outcome, typical, QUIET)
        return ReportEntry(f"{len(stories)} more matches", (line,))

    def _moves(self, story: TrackedChange) -> Iterator[ReportLine]:
        for each in story.expected:
            if each.overtaken:
                continue
            price = self._price(each.pair, each.before, each.after)
            if each.took is None:
                yield ReportLine(price, LATER, style=LATE)
            else:
                yield ReportLine(price, str(each.verb), seconds(each.took), STYLES[each.verb])
        for pair, before, after in story.by_hand:
            yield ReportLine(self._price(pair, before, after), LEFT_ALONE, style=QUIET)

    def _price(self, pair: Pair, before: Decimal | None, after: Decimal | None) -> str:
        return f"{self._about[pair.filter_id]} {odds(before)} → {odds(after)}"


def _others(story: TrackedChange, standing: Mapping[Pair, object]) -> Iterator[ReportLine]:
    event = ", ".join(dict.fromkeys(AT_PINNACLE[kind] for kind in story.kinds if kind in AT_PINNACLE))
    left = [each for each in story.expected if not each.overtaken]
    if left:
        yield _outcome(event, left)
        if story.by_hand:
            yield ReportLine("", LEFT_ALONE, style=QUIET)
    elif "postponed" in story.kinds and story.game and story.game.match:
        count = sum(pair.match_id == story.game.match.id for pair in standing)
        yield ReportLine(event, f"{count} stand as before", style=QUIET)
    elif "settled" in story.kinds:
        yield ReportLine(event, "nothing left to do", style=QUIET)


def _outcome(event: str, expected: list[ExpectedWrite]) -> ReportLine:
    counts = Counter(each.verb for each in expected)
    words = ", ".join(f"{count} {verb}" for verb, count in counts.items())
    late = sum(each.open for each in expected)
    if late:
        return ReportLine(event, f"{words}: {late} {LATER}", style=LATE)
    took = max((each.took for each in expected if each.took is not None), default=None)
    return ReportLine(event, words, seconds(took), STYLES[counts.most_common(1)[0][0]])


def _name(story: TrackedChange) -> str:
    return name_of(story.game) if story.game else story.words


def name_of(game: SimulatedGame) -> str:
    """`Arsenal v Chelsea (Women)`."""
    squad = SQUAD.search(game.competition.league)
    return f"{game.home.pinnacle} v {game.away.pinnacle}" + (f" ({squad[0]})" if squad else "")


def odds(value: Decimal | None) -> str:
    """Odds with two decimals at least; a dash where there are none."""
    if value is None:
        return "–"
    short = value.normalize()
    return f"{short:.2f}" if short == round(short, 2) else f"{short:f}"


def seconds(took: float | None) -> str:
    """`0.4 s`."""
    return "" if took is None else f"{took:.1f} s"
