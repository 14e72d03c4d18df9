"""Polling a feed: what an answer touches, and what a failure is told as."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import structlog

from syncd.app.ticker import Ticker
from syncd.pinnacle.feed.feed import Feed, Poll, PollOutcome
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals, Task
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM

log = structlog.get_logger(__name__)

SOON = timedelta(seconds=5)
"""At the start nothing waits longer than this for a feed whose pace does not allow a call yet."""

LOOK_ANYWAY = 15.0
"""Seconds after which a feed is looked at without being woken."""


class Poller:
    """One feed: polls when it is woken, and passes on what changed."""

    def __init__(
        self,
        feed: Feed[Any],
        *,
        clock: Clock,
        alerts: Alerts,
        signals: Signals,
        ticker: Ticker | None,
    ) -> None:
        self.feed = feed
        self.name = f"{feed.kind} {feed.sport_id}"
        self.attempted = asyncio.Event()
        """Set once it was asked, or when it may not be asked soon: nobody need wait for it."""
        self.polls: Counter[PollOutcome] = Counter()
        self._clock = clock
        self._alerts = alerts
        self._signals = signals
        self._ticker = ticker
        self._inbox = signals.inbox(Task.FEEDS, "snapshots")
        self._inbox.wake()

    @property
    def subject(self) -> str:
        """The name of its trouble."""
        return f"pinnacle.{self.feed.kind}.{self.feed.sport_id}"

    async def step(self) -> None:
        """Wait to be woken, and poll if the feed's own spacing allows it."""
        # The ticker wakes it; it looks anyway now and then, for that may be lost to an error or a clock
        # that was set back. The feed's own spacing makes a look too many harmless.
        await self._inbox.wait(LOOK_ANYWAY)
        if self._inbox.take().snapshots:
            self.feed.request_snapshot()
        poll = await self.poll()
        if self._ticker:
            self._ticker.wake_at(f"feed {self.name}", poll.next_at, self._inbox)

    async def poll(self) -> Poll:
        """Poll now if it is due, and pass on what changed."""
        poll = await self.feed.poll()
        self.polls[poll.outcome] += 1
        self._tell(poll)
        if poll.changed:
            self._signals.invalidate(events=poll.changed)
        if poll.outcome.good and self.feed.kind in (*PRICED_FROM, *SPECIALS_FROM):
            self._signals.invalidate(withheld=True)
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
