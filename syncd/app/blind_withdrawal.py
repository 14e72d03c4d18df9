"""Withdrawal by BetTune's own list, for a daemon that cannot read what it holds there."""

import structlog

from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import BetTuneError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal, WithdrawalProgress
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)


async def withdraw_blindly(settings: Settings, clock: Clock, alerts: Alerts, *, reason: str) -> None:
    """Delete what the rules name and what was made through the API. An error of BetTune ends this attempt."""
    bettune = settings.bettune
    budget = MemoryBudget(clock, limit=bettune.limit.requests, span=bettune.limit.window)
    log.warning("withdrawing_blindly", reason=reason)
    alerts.fire(WITHDRAW_ONLY, f"{reason}; withdrawing by BetTune's own list", notify=True)

    def report(progress: WithdrawalProgress) -> None:
        alerts.update(WITHDRAW_ONLY, f"{reason}; {progress.text}")

    async with BetTuneClient.from_settings(bettune, clock=clock, on_response=budget.learn) as client:
        withdrawal = DirectWithdrawal(
            client,
            budget,
            clock,
            rules=settings.rules,
            ahead=bettune.horizon,
            chunk=bettune.search_chunk,
            report=report,
        )
        try:
            report(await withdrawal.run())
        except BetTuneError as error:
            alerts.update(WITHDRAW_ONLY, f"{reason}; {withdrawal.progress.text}; then: {error}")
            log.warning("not_withdrawn", reason=str(error), predictions=withdrawal.progress.found)
