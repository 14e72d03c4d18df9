"""The mode that only deletes: when the work cannot go on, everything that is active is withdrawn from memory.

It begins when the store has been away for `safety.stale_after`, or when a task that decides on predictions
has died several times in a row. It ends by itself as soon as the work can go on.
"""

from datetime import timedelta

import structlog

from syncd.app.components import Components
from syncd.app.withdrawal_note import may_have_been_withdrawn
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Task
from syncd.runtime.supervisor import Supervisor
from syncd.sync.freshness import confirmed_at
from syncd.sync.memory_withdrawal import MemoryWithdrawal
from syncd.sync.other_writer import OtherWriter

log = structlog.get_logger(__name__)

WITHDRAW_ONLY = "withdraw_only"
"""Alert: everything is withdrawn from memory, and nothing else is written."""

DECIDING = ("planner", "relinker", "writer")
"""The tasks without which no wrong prediction would be taken back."""

DEATHS = 5
"""A task that has died this many times in a row is given up until it runs well."""

BLINK_S = 2.0
"""A database that is away for a shorter time keeps nobody from planning."""

SLOW_S = 5.0
"""A plan, or the record of a request, that takes longer does not get through."""

START_GRACE_S = 15.0
"""The first plan waits for Pinnacle, and for `safety.stale_after` if it does not respond."""

CALM_S = 10.0
"""After a time in which too little got through, all has to get through for as long."""

LOG_EVERY = 50
"""Deletions between two lines of the log."""


class WithdrawOnly:
    """Looks every second whether the work can go on, and withdraws while it cannot."""

    def __init__(self, components: Components, supervisor: Supervisor, clock: Clock) -> None:
        self.reason = ""
        """The reason why nothing but deletions is sent. Empty while syncd works."""
        self._components = components
        self._supervisor = supervisor
        self._clock = clock
        self._given_up: set[str] = set()
        self._began_at = clock.monotonic()
        self._calm_since = clock.monotonic()
        self._logged = 0
        self._withdrawal = MemoryWithdrawal(
            actual=components.actual,
            wanted=components.planner.wanted,
            gateway=components.gateway,
            store=components.store,
            clock=clock,
            is_needed=self._goes_on,
            other_writer=OtherWriter(
                actual=components.actual,
                gateway=components.gateway,
                store=components.store,
                clock=clock,
                chunk=components.settings.bettune.search_chunk,
            ),
        )

    @property
    def progress(self) -> str:
        """The progress of the withdrawal, for alert and page."""
        deleted, left = self._withdrawal.deleted, self._withdrawal.left
        if self._components.mode.paused_by_user:
            return f"paused: nothing is written; BetTune still has {left} predictions of ours"
        if self._withdrawal.stands_back:
            return f"another syncd has taken over and writes: this one deletes no more (it deleted {deleted})"
        if not left:
            return f"withdrawn: all {deleted} predictions of ours" if deleted else "none of ours is active"
        return f"is being withdrawn: {deleted} of {deleted + left} predictions"

    async def step(self) -> None:
        """Look once; withdraw what is active if the work cannot go on. Raises `StoreError`."""
        await self._components.interruptions.watch()
        reason = self._why()
        if reason:
            self._begin(reason)
            if not self._components.mode.paused_by_user:
                await self._withdraw()
        if self.reason and self._is_usable_again():
            await self._withdrawal.record()
            if not self._why():
                self._end()

    async def _withdraw(self) -> None:
        try:
            await self._withdrawal.run_once(self.reason)
        finally:
            self._report()

    def _why(self) -> str:
        """Return why the work cannot go on. Empty if it can."""
        health, stale_after = self._components.store.health, self._components.settings.safety.stale_after
        failing = self._supervisor.failing()
        self._given_up = {name for name in self._given_up if name in failing}
        self._given_up |= {name for name in DECIDING if self._supervisor.deaths(name) >= DEATHS}
        if health.is_given_up or self._unconfirmed_s() > stale_after.total_seconds():
            why = health.reason or failing.get("planner") or "the database is too slow"
            return f"no price could be stored and planned for more than {stale_after}: {why}"
        if self._given_up:
            name = min(self._given_up)
            return f"the task «{name}» ends again and again: {failing.get(name, '')}"
        return ""

    def _unconfirmed_s(self) -> float:
        """Return for how long prices could not be confirmed, since nothing gets through; zero if it does.

        That began with the last response that was stored: the outage itself was noticed later.
        """
        components, now, stuck_s = self._components, self._clock.now(), self._stuck_s()
        if stuck_s <= 0 or not components.planner.planned_once.is_set():
            return stuck_s
        confirmed = confirmed_at(components.feeds.states, components.settings, now)
        return max(stuck_s, (now - confirmed).total_seconds() if confirmed else 0.0)

    def _stuck_s(self) -> float:
        """Return how long the store has been away, or too slow for a plan or a write; zero if it is well."""
        components, now = self._components, self._clock.monotonic()
        away_s = components.store.health.away_s
        lags = [
            now - since
            for since in (components.planner.behind_since, components.writer.at_store_since)
            if since is not None
        ]
        lag_s = max(lags, default=0.0) - (0 if components.planner.planned_once.is_set() else START_GRACE_S)
        return max(away_s if away_s >= BLINK_S else 0.0, lag_s if lag_s >= SLOW_S else 0.0)

    def _is_usable_again(self) -> bool:
        """Return whether work can be recorded; not at once after a time in which too little got through."""
        health, now = self._components.store.health, self._clock.monotonic()
        if self._stuck_s():
            self._calm_since = now
        if now - self._calm_since >= CALM_S:
            health.is_given_up = False
        return health.is_usable

    def _goes_on(self) -> bool:
        self._report()
        return bool(self._why()) and not self._components.mode.paused_by_user

    def _begin(self, reason: str) -> None:
        health = self._components.store.health
        if self._stuck_s() and not health.is_away and not health.is_given_up:
            health.is_given_up, self._calm_since = True, self._clock.monotonic()
            self._components.store.step_aside()
        if not self.reason:
            self._logged, self._began_at = 0, self._clock.monotonic()
            self._withdrawal.begin()
            self.reason = reason
            self._components.mode.withdraws_only = True
            message = f"{reason}; {self.progress}"
            self._components.alerts.fire(WITHDRAW_ONLY, message, notify=True)
        self.reason = reason
        self._report()

    def _report(self) -> None:
        if not self.reason:
            return
        self._components.alerts.update(WITHDRAW_ONLY, f"{self.reason}; {self.progress}")
        deleted, left = self._withdrawal.deleted, self._withdrawal.left
        if deleted - self._logged >= LOG_EVERY or (not left and deleted > self._logged):
            self._logged = deleted
            log.warning("withdrawing_from_memory", deleted=deleted, left=left, reason=self.reason)

    def _end(self) -> None:
        """Let the work go on: everything is planned again."""
        self.reason = ""
        self._components.mode.withdraws_only = False
        self._components.alerts.resolve(WITHDRAW_ONLY)
        lasted = timedelta(seconds=self._clock.monotonic() - self._began_at)
        if may_have_been_withdrawn(lasted, self._components.settings.guard.after):
            self._components.gateway.leave_window_to_guard()
        queue, signals = self._components.queue, self._components.signals
        # What waits was planned before the withdrawal.
        queue.update(queue.pending(), (), self._clock.now())
        signals.invalidate(everything=True)
        signals.wake(Task.WRITER)
