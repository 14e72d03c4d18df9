"""The check of everything: compares the simulated BetTune with the oracle, and never asks syncd."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatch

from syncd.model.bettune import Pair
from syncd.simulator.client_config import RULED_FILTERS
from syncd.simulator.sandbox import Sandbox

CHECK_EVERY = 0.05
"""Seconds."""

Differences = dict[Pair, tuple[Decimal | None, Decimal | None]]
"""The wanted and the actual Min Odds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check."""

    wanted: int
    """The number of predictions of ours that should exist."""
    by_hand: int
    """The number of predictions that users made; they are not judged."""
    differences: Differences


class OracleCheck:
    """Compares what BetTune holds with what it should hold."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.oracle = sandbox.oracle(ruled=lambda found: fnmatch(found.name, RULED_FILTERS))

    def check(self) -> CheckResult:
        """Compare now."""
        account = self._sandbox.bettune.account
        by_hand = {pair for pair, found in account.predictions().items() if found.source == "ui"}
        return CheckResult(
            wanted=len(self.oracle.wanted(account.filters).keys() - by_hand),
            by_hand=len(by_hand),
            differences=self.oracle.differences(account.filters, account.odds(), by_hand),
        )

    async def wait(
        self,
        within: float,
        give_up: Callable[[], bool],
        show: Callable[[CheckResult], None] = lambda _: None,
    ) -> CheckResult:
        """Check until nothing differs, for at most `within` seconds. Returns the last result.

        `show` is called with every result that still has differences.
        """
        clock = self._sandbox.world.clock
        deadline = clock.monotonic() + within
        while (result := self.check()).differences and not give_up() and clock.monotonic() < deadline:
            show(result)
            await clock.sleep(CHECK_EVERY)
        return result
