"""The check of everything: what BetTune holds against what it ought to."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatch

from syncd.model.bettune import Pair
from syncd.simulator.oracle import Oracle
from syncd.simulator.sandbox import Sandbox

RULED_FILTERS = "Pinnacle*"
"""The filters that the demo's one rule names."""

LOOK_EVERY = 0.05
"""Seconds."""

Differences = dict[Pair, tuple[Decimal | None, Decimal | None]]
"""(wanted, held)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How it stands at one moment."""

    wanted: int
    """So many predictions of ours there ought to be."""
    by_hand: int
    """So many were made by persons, and may stand as they are."""
    differences: Differences


class OracleCheck:
    """Asks the oracle and the simulated BetTune, and never syncd."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box
        self.truth: Oracle = box.oracle(ruled=lambda found: fnmatch(found.name, RULED_FILTERS))

    def look(self) -> CheckResult:
        """How it stands now."""
        book = self._box.bettune.account
        theirs = {pair for pair, row in book.predictions().items() if row.source == "ui"}
        return CheckResult(
            wanted=len(self.truth.wanted(book.filters).keys() - theirs),
            by_hand=len(theirs),
            differences=self.truth.differences(book.filters, book.odds(), theirs),
        )

    async def wait(
        self, within: float, give_up: Callable[[], bool], show: Callable[[CheckResult], None] = lambda _: None
    ) -> CheckResult:
        """Wait until nothing differs, for so many seconds at most; how it stands then."""
        clock = self._box.world.clock
        deadline = clock.monotonic() + within
        while (verdict := self.look()).differences and not give_up() and clock.monotonic() < deadline:
            show(verdict)
            await clock.sleep(LOOK_EVERY)
        return verdict
