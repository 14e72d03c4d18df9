"""The guard's loop: watch the daemon, withdraw for it, and stand back when it is ready again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import structlog

from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import BetTuneError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal, OtherWriterError
from syncd.bettune.withdrawal_progress import WithdrawalProgress
from syncd.config.settings import Settings
from syncd.config.values import format_duration
from syncd.guard.daemon_probe import DaemonProbe
from syncd.guard.watch import Advice, Watch
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)

DAEMON = "guard.daemon"
WITHDRAWAL = "guard.withdrawal"
OTHER_WRITER = "guard.other_writer"
"""Subjects of the guard's alerts."""

MAX_LOOK_EVERY_S = 5.0
"""Pause between two looks at the daemon, or a quarter of `guard.after` if that is shorter."""

LOOK_WHILE_WITHDRAWING_S = 1.0
"""The same while it withdraws: a daemon that is back writes at once, and both together break the limit."""

MAX_RETRY_AFTER_S = 60.0
"""Pause after a withdrawal that failed, or `guard.after` if that is shorter."""

GIVE_UP_AFTER = timedelta(minutes=1)
"""One try of a withdrawal: then the daemon is looked at again before the next one."""

BETTUNE_GRACE_S = 60.0
"""A daemon that waits for BetTune is first for so long, after the first list, search and delete."""

LeaseHolderName = Callable[[], Awaitable[str]]
"""Returns the process that has a lease which has not expired. Empty if none has, or nobody knows."""


async def unknown_lease_holder() -> str:
    """Default `LeaseHolderName`: there is no database to ask."""
    return ""


class GuardProcess:
    """Watches one daemon. `run` returns only when it is cancelled."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        alerts: Alerts,
        probe: DaemonProbe,
        *,
        lease_holder: LeaseHolderName = unknown_lease_holder,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._alerts = alerts
        self._probe = probe
        self._lease_holder = lease_holder
        self._after_s = settings.guard.after.total_seconds()
        self._watch = Watch(self._after_s, clock.monotonic())
        limit = settings.bettune.limit
        # One budget for all tries: a failed one has used requests too.
        self._budget = MemoryBudget(clock, limit=limit.requests, span=limit.window)
        self._withdrawal: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Look at the daemon again and again, and act."""
        try:
            while True:
                await self.step()
                every_s = LOOK_WHILE_WITHDRAWING_S if self._withdrawal else MAX_LOOK_EVERY_S
                await self._clock.sleep(min(every_s, self._after_s / 4))
        finally:
            await self._stop_withdrawal()

    async def step(self) -> None:
        """Look once, and start or stop the withdrawal."""
        match self._watch.see(await self._probe.look(), self._clock.monotonic()):
            case Advice.REST:
                await self._stand_back()
            case Advice.WAIT:
                log.debug("daemon_not_ready", reasons=self._watch.last.reasons)
                await self._stop_withdrawal()
            case Advice.WITHDRAW:
                await self._begin()

    async def _begin(self) -> None:
        if self._withdrawal:
            return
        since = timedelta(seconds=round(self._watch.not_ready_for_s(self._clock.monotonic())))
        reasons = "; ".join(self._watch.last.reasons)
        self._alerts.fire(DAEMON, f"not ready for {format_duration(since)}: {reasons}", notify=True)
        self._withdrawal = asyncio.create_task(self._withdraw_until_well(), name="withdrawal")

    async def _stand_back(self) -> None:
        await self._stop_withdrawal()
        for subject in (OTHER_WRITER, WITHDRAWAL, DAEMON):
            self._alerts.resolve(subject)

    async def _stop_withdrawal(self) -> None:
        task, self._withdrawal = self._withdrawal, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _withdraw_until_well(self) -> None:
        """Withdraw everything, and look from time to time whether it stays so."""
        while True:
            pause_s = min(MAX_RETRY_AFTER_S, self._after_s)
            try:
                if await self._may_withdraw():
                    progress = await self._withdraw()
                    self._report(progress)
                    if progress.is_complete:
                        pause_s = self._after_s
            except OtherWriterError as error:
                # Deleting what a healthy process writes would be a fight.
                self._alerts.fire(OTHER_WRITER, f"{error}: the guard does nothing", notify=True)
            except BetTuneError as error:
                self._alerts.fire(WITHDRAWAL, f"cannot withdraw: {error}", notify=True)
            except Exception:
                log.exception("withdrawal_failed")
                self._alerts.fire(WITHDRAWAL, "cannot withdraw: see the guard's log", notify=True)
            await self._clock.sleep(pause_s)

    async def _may_withdraw(self) -> bool:
        holder = await self._lease_holder()
        if holder and holder != self._watch.lease_holder:
            message = f"{holder} has the lease and works: the guard does nothing"
            self._alerts.fire(OTHER_WRITER, message, notify=True)
            return False
        return True

    async def _give_way(self) -> None:
        """Let a daemon that waits for BetTune too be the first: this is cancelled when it is ready."""
        if self._watch.last.lacks_bettune:
            await self._clock.sleep(BETTUNE_GRACE_S)

    async def _withdraw(self) -> WithdrawalProgress:
        async with self._client() as client:
            withdrawal = DirectWithdrawal(
                client,
                self._budget,
                self._clock,
                rules=self._settings.rules,
                ahead=self._settings.bettune.horizon,
                chunk=self._settings.bettune.search_chunk,
                give_up_after=GIVE_UP_AFTER,
                unchanged_for=self._settings.guard.after / 2,
                report=_log_progress,
                give_way=self._give_way,
            )
            return await withdrawal.run()

    def _report(self, progress: WithdrawalProgress) -> None:
        self._alerts.resolve(OTHER_WRITER)
        if not progress.is_complete:
            self._alerts.fire(WITHDRAWAL, " ".join([progress.text, *progress.problems]), notify=True)
            return
        self._alerts.resolve(WITHDRAWAL)
        if progress.deleted:
            log.warning("withdrawn", predictions=progress.deleted)

    def _client(self) -> BetTuneClient:
        bettune = self._settings.bettune
        return BetTuneClient.from_settings(bettune, clock=self._clock, on_response=self._budget.learn)


def _log_progress(progress: WithdrawalProgress) -> None:
    log.info("withdrawing", deleted=progress.deleted, found=progress.found)
