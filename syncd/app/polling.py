"""Polling a feed: what an answer touches, and what a failure is told as."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from syncd.linking.relinker import Relinker
from syncd.pinnacle.feed.feed import Feed, Poll, PollOutcome
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.wakeup import WakeEvent
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM
from syncd.sync.planner import Planner

log = structlog.get_logger(__name__)

SOON = timedelta(seconds=5)
"""At the start nothing waits longer than this for a feed whose pace does not allow a call yet."""

LOOK_ANYWAY = 15.0
"""Seconds after which a feed is looked at without a nudge."""

Nudge = Callable[[str, datetime, Callable[[], None]], None]
"""Ring something at a moment: `(name, when, ring)`; a later call for the same name replaces it."""


class Poller:
    """One feed: polls when nudged, and passes on what changed."""

    def __init__(
        self,
        feed: Feed[Any],
        *,
        planner: Planner,
        relinker: Relinker,
        clock: Clock,
        alerts: Alerts,
        nudge: Nudge,
    ) -> None:
        self.feed = feed
        self.name = f"{feed.kind} {feed.sport_id}"
        self.attempted = asyncio.Event()
        """Set once it was asked, or when it may not be asked soon: nobody need wait for it."""
        self.polls: Counter[PollOutcome] = Counter()
        self._planner = planner
        self._relinker = relinker
        self._clock = clock
        self._alerts = alerts
        self._nudge = nudge
        self._alarm = WakeEvent(clock)
        self._alarm.ring()

    @property
    def subject(self) -> str:
        """The name of its trouble."""
        return f"pinnacle.{self.feed.kind}.{self.feed.sport_id}"

    def ring(self) -> None:
        """The feed may be due."""
        self._alarm.ring()

    async def step(self) -> None:
        """Wait for the nudge, and poll if the feed's own spacing allows it."""
        # Rung by the scheduler; looked at anyway now and then, for a nudge may be lost to an error or a
        # clock that was set back. The feed's own spacing makes a look too many harmless.
        await self._alarm.wait(LOOK_ANYWAY)
        poll = await self.poll()
        self._nudge(f"feed {self.name}", poll.next_at, self.ring)

    async def poll(self) -> Poll:
        """Poll now if it is due, and pass on what changed."""
        poll = await self.feed.poll()
        self.polls[poll.outcome] += 1
        self._tell(poll)
        if poll.changed:
            self._relinker.touch(events=poll.changed)
            self._planner.touch(events=poll.changed)
        if poll.outcome.good and self.feed.kind in (*PRICED_FROM, *SPECIALS_FROM):
            self._planner.answered()
        if poll.outcome is not PollOutcome.WAITING or poll.next_at - self._clock.now() > SOON:
            self.attempted.set()
        return poll

    def _tell(self, poll: Poll) -> None:
        if poll.outcome.good or poll.outcome is PollOutcome.ABSENT:
            self._alerts.resolve(self.subject)
            log.debug("polled", feed=self.name, outcome=str(poll.outcome), changed=len(poll.changed))
        elif poll.outcome in (PollOutcome.WAITING, PollOutcome.KEPT):
            return
        else:
            notify = poll.outcome is PollOutcome.REFUSED
            self._alerts.fire(self.subject, f"Pinnacle's {self.feed.kind}: {poll.error}", notify=notify)
