"""Polling of a feed: a change invalidates its events, a failure fires an alert."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import structlog

from syncd.app.ticker import Ticker
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.poll import Poll, PollOutcome
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals, Task
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM
from syncd.sync.reactions import Reactions

log = structlog.get_logger(__name__)

STARTUP_WAIT = timedelta(seconds=5)
"""Longest wait of the start for a feed whose pace does not allow a request yet."""

POLL_AT_EARLIEST_AFTER_S = 0.01
POLL_AT_LATEST_AFTER_S = 15.0
"""Seconds after which a feed is polled without being woken."""


class Poller:
    """Polls one feed when it is woken, and invalidates the events that changed."""

    def __init__(
        self,
        feed: Feed[Any],
        *,
        clock: Clock,
        alerts: Alerts,
        signals: Signals,
        ticker: Ticker | None,
        reactions: Reactions,
    ) -> None:
        self.feed = feed
        self.name = f"{feed.kind} {feed.sport_id}"
        self.attempted = asyncio.Event()
        """Set after the first request, or if none is allowed soon: the start does not wait for this feed."""
        self.polls: Counter[PollOutcome] = Counter()
        self._clock = clock
        self._alerts = alerts
        self._signals = signals
        self._ticker = ticker
        self._reactions = reactions
        self._inbox = signals.inbox(Task.FEEDS, "snapshots")
        self._inbox.wake()
        self._wait_s = POLL_AT_LATEST_AFTER_S

    @property
    def subject(self) -> str:
        """The subject of its alert."""
        return f"pinnacle.{self.feed.kind}.{self.feed.sport_id}"

    @property
    def kind_text(self) -> str:
        """The kind of its feed as text: `special odds`."""
        return self.feed.kind.replace("_", " ")

    @property
    def calls(self) -> int:
        """Number of requests since the process started."""
        return self.polls.total() - self.polls[PollOutcome.WAITING]

    async def step(self) -> None:
        """Wait to be woken, and poll if the pace allows it."""
        # The ticker's wake-up may be lost, by an error or a clock that was set back. The feed keeps its
        # pace itself, so a poll too many is harmless.
        await self._inbox.wait(self._wait_s)
        if self._inbox.take().snapshots:
            self.feed.request_snapshot()
        try:
            poll = await self.poll()
        except BaseException:
            # Nothing may wait for a feed that fails: it is a feed without responses.
            self.attempted.set()
            self._inbox.wake()
            raise
        due_s = (poll.next_at - self._clock.now()).total_seconds()
        self._wait_s = min(max(due_s, POLL_AT_EARLIEST_AFTER_S), POLL_AT_LATEST_AFTER_S)
        if self._ticker:
            self._ticker.wake_at(f"feed {self.name}", poll.next_at, self._inbox)

    async def poll(self) -> Poll:
        """Poll now if it is due, and invalidate what changed."""
        poll = await self.feed.poll()
        self.polls[poll.outcome] += 1
        self._update_alert(poll)
        if poll.changed:
            self._reactions.received(poll.changed, self.feed.state.polled_at or self._clock.now())
            self._signals.invalidate(events=poll.changed - poll.repriced, repriced=poll.repriced)
        if poll.outcome.good and self.feed.kind in (*PRICED_FROM, *SPECIALS_FROM):
            self._signals.invalidate(confirmed=True)
        if poll.outcome is not PollOutcome.WAITING or poll.next_at - self._clock.now() > STARTUP_WAIT:
            self.attempted.set()
        return poll

    def _update_alert(self, poll: Poll) -> None:
        if poll.outcome.good or poll.outcome is PollOutcome.ABSENT:
            self._alerts.resolve(self.subject)
            log.debug("polled", feed=self.name, outcome=str(poll.outcome), changed=len(poll.changed))
        elif poll.outcome not in (PollOutcome.WAITING, PollOutcome.KEPT):
            notify = poll.outcome is PollOutcome.REFUSED
            self._alerts.fire(self.subject, f"Pinnacle's {self.kind_text}: {poll.error}", notify=notify)
