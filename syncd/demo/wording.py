"""The text of a change in the demo's columns: the match, what Pinnacle did, what followed at BetTune."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from syncd.demo.changes import ExpectedWrite, TrackedChange, WriteKind
from syncd.model.bettune import Filter, Pair
from syncd.simulator.game import SimulatedGame
from syncd.views.formatting import odds

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
"""Kinds of changes as text. Goals are missing: no prediction follows live prices."""

SQUAD = re.compile(r"Women|U\d\d|Reserves")
"""Only the league's name distinguishes squads: the same clubs may play each other twice on one day."""

MOVE_ONLY = ("move",)

STYLES = {
    WriteKind.RAISED: "green",
    WriteKind.LOWERED: "yellow",
    WriteKind.CREATED: "cyan",
    WriteKind.DELETED: "red",
}
QUIET = "dim"
LATE = "bold red"
KEPT_BY_HAND = "kept: set by hand"
NOT_YET = "not yet"


class ReportLine(NamedTuple):
    """One line of an entry; `style` is that of the last two cells."""

    at_pinnacle: str
    at_bettune: str
    took: str = ""
    style: str = ""


class ReportEntry(NamedTuple):
    """A change as it is printed."""

    match: str
    lines: tuple[ReportLine, ...]


class Wording:
    """Turns changes into text. A filter is called by its bet type: «Pinnacle Home» is `home`."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._bet_types = {found.id: found.bet_type.lower() for found in filters}

    def entry(self, change: TrackedChange, predictions: Mapping[Pair, object]) -> ReportEntry | None:
        """The text of a change, or None if it is not worth a line. `predictions`: those BetTune holds."""
        lines = tuple(self._moves(change) if change.kinds == MOVE_ONLY else _others(change, predictions))
        name = name_of(change.game) if change.game else change.title
        return ReportEntry(name, lines) if lines else None

    def sum_of(self, changes: list[TrackedChange]) -> ReportEntry:
        """Many price moves in one line."""
        moved = [write for change in changes for write in change.expected if not write.superseded]
        took = [write.took for write in moved if write.took is not None]
        outcome = "all followed" if len(took) == len(moved) else f"{len(took)} followed"
        typical = f"~{median(took):.1f} s" if took else ""
        line = ReportLine(f"{len(moved)} prices move", outcome, typical, QUIET)
        return ReportEntry(f"{len(changes)} more matches", (line,))

    def _moves(self, change: TrackedChange) -> Iterator[ReportLine]:
        for write in change.expected:
            if write.superseded:
                continue
            price = self._price(write.pair, write.before, write.after)
            if write.took is None:
                yield ReportLine(price, NOT_YET, style=LATE)
            else:
                yield ReportLine(price, str(write.kind), seconds(write.took), STYLES[write.kind])
        for pair, before, after in change.by_hand:
            yield ReportLine(self._price(pair, before, after), KEPT_BY_HAND, style=QUIET)

    def _price(self, pair: Pair, before: Decimal | None, after: Decimal | None) -> str:
        return f"{self._bet_types[pair.filter_id]} {odds(before)} → {odds(after)}"


def _others(change: TrackedChange, predictions: Mapping[Pair, object]) -> Iterator[ReportLine]:
    at_pinnacle = ", ".join(dict.fromkeys(AT_PINNACLE[kind] for kind in change.kinds if kind in AT_PINNACLE))
    writes = [write for write in change.expected if not write.superseded]
    if writes:
        yield _outcome(at_pinnacle, writes)
        if change.by_hand:
            yield ReportLine("", KEPT_BY_HAND, style=QUIET)
    elif "postponed" in change.kinds and change.game and change.game.match:
        count = sum(pair.match_id == change.game.match.id for pair in predictions)
        yield ReportLine(at_pinnacle, f"{count} unchanged", style=QUIET)
    elif "settled" in change.kinds:
        yield ReportLine(at_pinnacle, "nothing left to do", style=QUIET)


def _outcome(at_pinnacle: str, writes: list[ExpectedWrite]) -> ReportLine:
    counts = Counter(write.kind for write in writes)
    text = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    late = sum(write.pending for write in writes)
    if late:
        return ReportLine(at_pinnacle, f"{text}: {late} {NOT_YET}", style=LATE)
    took = max((write.took for write in writes if write.took is not None), default=None)
    return ReportLine(at_pinnacle, text, seconds(took), STYLES[counts.most_common(1)[0][0]])


def name_of(game: SimulatedGame) -> str:
    """`Arsenal v Chelsea (Women)`."""
    squad = SQUAD.search(game.competition.league)
    return f"{game.home.pinnacle} v {game.away.pinnacle}" + (f" ({squad[0]})" if squad else "")


def seconds(took: float | None) -> str:
    """`0.4 s`."""
    return "" if took is None else f"{took:.1f} s"
