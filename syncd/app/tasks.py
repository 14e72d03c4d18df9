"""The daemon's tasks: which there are, how often each runs, and what it waits for before its first step."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog

from syncd.app.alert_recorder import AlertRecorder
from syncd.app.alias_file import AliasFile, AliasWatch
from syncd.app.clock_watch import ClockWatch, until_time_is_known
from syncd.app.commands import CommandRunner
from syncd.app.components import Components
from syncd.app.housekeeping import Housekeeping
from syncd.app.messages import LOOK_FOR_REVIEWS_EVERY, DailySummary, ReviewWatch
from syncd.app.polling import Poller
from syncd.app.recording import RecordWatch
from syncd.app.silence import Silence
from syncd.app.takeover import TakeoverReadback
from syncd.app.ticker import Ticker
from syncd.app.withdraw_only import WithdrawOnly
from syncd.model.feed import EVERY_SPORT
from syncd.runtime import waiting
from syncd.runtime.daily_task import DailyTask
from syncd.runtime.notifications import Notifications
from syncd.runtime.signals import WakeEvent
from syncd.runtime.smooth_clock import SmoothClock
from syncd.runtime.supervisor import Supervisor, repeat_forever
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS
from syncd.store.lease import Lease
from syncd.sync.freshness import have_responded

log = structlog.get_logger(__name__)

HOUSEKEEPING_EVERY = timedelta(hours=1)

COMPARE_RESULTS_EVERY = timedelta(minutes=5)


class Tasks:
    """Starts the tasks of one config. The supervisor keeps them running, and stops them."""

    def __init__(
        self,
        supervisor: Supervisor,
        ticker: Ticker,
        clock: SmoothClock,
        store: Store,
        *,
        running_since: float,
        alias_file: AliasFile,
    ) -> None:
        """`running_since` is when the daemon was started, by the monotonic clock."""
        self._supervisor = supervisor
        self._ticker = ticker
        self._clock = clock
        self._store = store
        self._running_since = running_since
        self._alias_file = alias_file

    def keep_lease(self, lease: Lease) -> None:
        """Start the task that renews the lease."""
        self._every("lease", lease.ttl / 3, lease.renew)

    def start(
        self,
        components: Components,
        recorder: AlertRecorder,
        withdraw_only: WithdrawOnly,
        lease: Lease,
        load_again: Callable[[], None],
    ) -> None:
        """Start all other tasks. `load_again` builds the components again, which ends them."""
        settings = components.settings
        components.interruptions.expect_responses()
        for poller in components.pollers:
            self._supervisor.start(f"feed {poller.name}", partial(self._poll, poller))
        self._forever("catalogue", components.catalogue.step)
        self._forever("relinker", components.relinker.step)
        self._forever("writer", components.writer.step)
        self._forever("late_writes", components.writer.late_writes.step)
        self._forever("commands", CommandRunner(components, self._store, self._clock, load_again).step)
        self._forever("alert_recorder", recorder.step)
        self._inform(components, recorder.notifications)
        self._forever("withdraw_only", withdraw_only.step)
        self._forever("silence", Silence(components, self._clock).step)
        self._forever("alias_file", AliasWatch(self._alias_file, load_again).step)
        self._forever("recording", RecordWatch(components.recorder, components.alerts, self._clock).step)
        self._forever("clock", ClockWatch(self._clock, components.alerts).step)
        self._supervisor.start("planner", lambda: self._plan_when_ready(components))
        if lease.took_over:
            after = lease.ttl + settings.bettune.timeout
            self._forever("takeover", TakeoverReadback(components, lease, after=after).step)
        self._every("housekeeping", HOUSEKEEPING_EVERY, lambda: self._keep_house(components))
        self._forever("evidence_days", lambda: self._read_evidence(components))
        self._forever("translations", lambda: self._translate(components))
        self._every("results", COMPARE_RESULTS_EVERY, lambda: self._compare_results(components))
        self._every("readback", settings.bettune.resync_every, lambda: self._read_back(components))

    def _inform(self, components: Components, notifications: Notifications) -> None:
        """Start what reaches a user who is not looking. None of it may hold up the work."""
        self._forever("notifications", notifications.step)
        watch = ReviewWatch(components, self._store, notifications)
        self._every("reviews", LOOK_FOR_REVIEWS_EVERY, watch.look)
        at = components.settings.notify.summary
        if at:
            summary = DailySummary(components, self._store, self._clock, notifications)
            self._forever("summary", DailyTask(self._clock, at, summary.send).step)

    async def _poll(self, poller: Poller) -> None:
        """Poll, a sport only when servers have confirmed or corrected the time, if they do so soon.

        Responses of a wrong time are refused, and the pace does not allow others for minutes.
        """
        if poller.feed.sport_id != EVERY_SPORT:
            await until_time_is_known(self._clock)
        await self._repeat(poller.step)

    async def _plan_when_ready(self, components: Components) -> None:
        """Plan only after the first attempt of every feed and of the catalogue: older data may be wrong."""
        for poller in components.pollers:
            await poller.attempted.wait()
        await components.catalogue.attempted.wait()
        await waiting.until(lambda: self._may_plan(components), self._clock)
        await self._repeat(lambda: self._plan(components))

    async def _plan(self, components: Components) -> None:
        """Plan what has changed; until the relinker has been through once, only what it has just linked."""
        if components.links_are_decided:
            await components.planner.step()
        elif components.relinker.idle:
            components.links_are_decided = True
            components.signals.invalidate(everything=True)
        else:
            await components.planner.plan_new_links()
            await self._clock.sleep(waiting.CHECK_EVERY_S)

    def _may_plan(self, components: Components) -> bool:
        """Return whether Pinnacle has responded, or for `stale_after` has not: then its prices are stale."""
        refused = components.feeds.refused_sports
        responded = have_responded(each for each in components.feeds.states if each.sport_id not in refused)
        running_s = self._clock.monotonic() - self._running_since
        return responded or running_s > components.settings.safety.stale_after.total_seconds()

    async def _keep_house(self, components: Components) -> None:
        """Delete what is over, unless this machine's clock may be years ahead: the servers name the time."""
        await components.catalogue.attempted.wait()
        if self._clock.is_doubted:
            log.warning("old_data_kept", reason="no server has confirmed this machine's time")
            return
        await Housekeeping(components).run()

    async def _read_evidence(self, components: Components) -> None:
        """Read further days only once the first plan has taken what it needs of the budget."""
        await components.planner.planned_once.wait()
        await components.evidence_days.step()

    async def _translate(self, components: Components) -> None:
        """Ask for translations only once prices have what they need."""
        await components.planner.planned_once.wait()
        await components.translator.step()

    async def _compare_results(self, components: Components) -> None:
        components.signals.invalidate(results=True)

    async def _read_back(self, components: Components) -> None:
        await components.catalogue.attempted.wait()
        await components.planner.planned_once.wait()
        # Whatever no signal named is found by looking at everything.
        components.signals.invalidate(everything=True)
        await components.read_back()

    def _forever(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        self._supervisor.start(name, lambda: self._repeat(step))

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        # One alert and one probe for all of them: see `StoreHealth`.
        await repeat_forever(step, transient=TRANSIENT_ERRORS, wait=self._store.health.until_back)

    def _every(self, name: str, span: timedelta, step: Callable[[], Awaitable[None]]) -> None:
        """Start a task that runs the step now, and then once in each `span`."""
        event = WakeEvent(self._clock)
        event.wake()

        async def run_when_due() -> None:
            await event.wait(span.total_seconds())
            try:
                await step()
            except BaseException:
                event.wake()
                raise
            self._ticker.wake_at(name, self._clock.now() + span, event)

        self._forever(name, run_when_due)
