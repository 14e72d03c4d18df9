"""Withdrawal by BetTune's own list, for a daemon that cannot read what it holds there."""

from datetime import timedelta

import structlog

from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import BetTuneError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal, OtherWriterError
from syncd.bettune.withdrawal_progress import WithdrawalProgress
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)


def blind_budget(settings: Settings, clock: Clock) -> MemoryBudget:
    """Return the budget of a process that cannot read what was sent before: it begins as used up.

    Make it when the process starts: a window is mostly over before anything has to be withdrawn.
    """
    limit = settings.bettune.limit
    return MemoryBudget(clock, limit=limit.requests, span=limit.window, is_full=True)


async def withdraw_blindly(
    settings: Settings,
    clock: Clock,
    alerts: Alerts,
    budget: MemoryBudget,
    *,
    reason: str,
    unchanged_for: timedelta | None = None,
) -> None:
    """Delete what the rules name and what was made through the API. An error of BetTune ends this attempt.

    Nothing is deleted where somebody has written within `unchanged_for`: another daemon works (None: no other
    can).
    """
    bettune = settings.bettune
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
            unchanged_for=unchanged_for,
            report=report,
        )
        try:
            progress = await withdrawal.run()
            alerts.update(WITHDRAW_ONLY, " ".join([f"{reason};", progress.text, *progress.problems]))
        except OtherWriterError as error:
            alerts.update(WITHDRAW_ONLY, f"{reason}; another syncd works: {error}; nothing is deleted")
            log.warning("not_withdrawn", reason=str(error), predictions=withdrawal.progress.found)
        except BetTuneError as error:
            alerts.update(WITHDRAW_ONLY, f"{reason}; {withdrawal.progress.text}; then: {error}")
            log.warning("not_withdrawn", reason=str(error), predictions=withdrawal.progress.found)
