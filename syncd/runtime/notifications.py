"""Notifications of alerts: grouped, none twice, and at last an all-clear; none in quiet hours.

What a user knows is compared with what is firing, so nothing depends on each single alert: one that ends
before anybody was notified of it is none.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec
import structlog

from syncd.model.daily import DailySpan
from syncd.runtime.alerts import Alert
from syncd.runtime.clock import Clock
from syncd.runtime.notifier import Notifier, deliver
from syncd.runtime.signals import WakeEvent

log = structlog.get_logger(__name__)

GROUP_FOR: Final = timedelta(seconds=10)
"""One cause often fires several alerts: they are one message."""

CLEAR_AFTER: Final = timedelta(minutes=2)
"""An alert counts as over when it has not fired again for so long."""

REPEAT_AFTER: Final = timedelta(hours=1)
"""An alert that comes and goes is reported no more often."""

LOOK_EVERY: Final = timedelta(minutes=1)
"""The machine may sleep, or its clock may be set."""

MAX_LINES: Final = 12
"""Of one message; the rest is counted."""


class _Subject(msgspec.Struct, kw_only=True):
    """An alert as it is, and what the user knows of it."""

    alert: Alert
    changed_at: datetime
    is_known: bool = False
    """The user was notified of it, and not yet that it is over."""
    notified_at: datetime | None = None

    @property
    def is_firing(self) -> bool:
        return self.alert.resolved_at is None

    def due_at(self) -> datetime | None:
        """The time from which the user should be notified; None if there is nothing new."""
        if self.is_firing is self.is_known:
            return None
        if not self.is_firing:
            return self.changed_at + CLEAR_AFTER
        first = self.changed_at + GROUP_FOR
        return max(first, self.notified_at + REPEAT_AFTER) if self.notified_at else first


class Notifications:
    """Keeps the user informed. `put` and `note` never wait; only `step` sends."""

    def __init__(self, clock: Clock, zone: tzinfo | None = None) -> None:
        """`zone` is that of the quiet hours; None: the machine's."""
        self._clock = clock
        self._zone = zone
        self._notifier: Notifier | None = None
        self._quiet: DailySpan | None = None
        self._subjects: dict[str, _Subject] = {}
        self._notes: list[str] = []
        self._notes_at: datetime | None = None
        self._awake = WakeEvent(clock)
        self._has_failed = False

    def use(self, notifier: Notifier | None, quiet: DailySpan | None = None) -> None:
        """Send by this notifier from now on, or to nobody, and keep these quiet hours."""
        self._notifier, self._quiet = notifier, quiet
        self._awake.wake()

    def put(self, alert: Alert) -> None:
        """Take an alert that has fired, changed or was resolved."""
        if not alert.notify:
            return
        known = self._subjects.get(alert.subject)
        if known is None:
            self._subjects[alert.subject] = _Subject(alert=alert, changed_at=self._clock.now())
        else:
            if (alert.resolved_at is None) is not known.is_firing:
                known.changed_at = self._clock.now()
            known.alert = alert
        self._awake.wake()

    def note(self, text: str) -> None:
        """Take something that the user should hear of once."""
        self._notes.append(text)
        self._notes_at = self._notes_at or self._clock.now()
        self._awake.wake()

    async def step(self) -> None:
        """Wait until there is something to send, and send it."""
        await self._awake.wait(self._wait_s())
        now = self._clock.now()
        due_at = self._due_at()
        if due_at is not None and due_at <= now and not self._is_quiet(now):
            await self._send(now)

    async def send(self, title: str, body: str) -> bool:
        """Send a message now. A failure is logged, and not again before a message was delivered."""
        if self._notifier is None:
            return True
        delivered = await deliver(self._notifier, title, body)
        if not delivered and not self._has_failed:
            log.warning("notification_failed", subject=title)
        self._has_failed = not delivered
        return delivered

    def _due_at(self) -> datetime | None:
        moments = [each.due_at() for each in self._subjects.values()]
        moments.append(self._notes_at + GROUP_FOR if self._notes_at else None)
        return min((moment for moment in moments if moment), default=None)

    def _wait_s(self) -> float | None:
        due_at = self._due_at()
        if due_at is None:
            return None
        now = self._clock.now()
        wait = LOOK_EVERY if self._is_quiet(now) else due_at - now
        return min(max(wait.total_seconds(), 0.0), LOOK_EVERY.total_seconds())

    def _is_quiet(self, now: datetime) -> bool:
        return self._quiet is not None and self._quiet.includes(now.astimezone(self._zone).time())

    async def _send(self, now: datetime) -> None:
        fired = [each for each in self._subjects.values() if self._is_news(each, now)]
        over = [each for each in self._subjects.values() if each.is_known and not each.is_firing]
        notes, self._notes, self._notes_at = self._notes, [], None
        for each in fired:
            each.is_known, each.notified_at = True, now
        for each in over:
            each.is_known = False
        still = [each for each in self._subjects.values() if each.is_firing and each.is_known]
        title = _title(fired, over, is_clear=not still)
        lines = [*_fired_lines(fired), *_over_lines(over), *notes]
        if over and not still:
            lines.append("All clear: nothing needs you now.")
        self._forget(now)
        await self.send(title, "\n".join(_shortened(lines)))

    def _is_news(self, subject: _Subject, now: datetime) -> bool:
        """Return whether a firing alert goes into this message: all but what was reported just before."""
        if not subject.is_firing or subject.is_known:
            return False
        return subject.notified_at is None or subject.notified_at + REPEAT_AFTER <= now

    def _forget(self, now: datetime) -> None:
        """Forget what is over and would be reported again: there are many subjects over the months."""
        for name, each in list(self._subjects.items()):
            is_old = each.notified_at is None or each.notified_at + REPEAT_AFTER <= now
            if not each.is_firing and not each.is_known and is_old:
                del self._subjects[name]


def _title(fired: list[_Subject], over: list[_Subject], *, is_clear: bool) -> str:
    if len(fired) == 1:
        return f"syncd: {fired[0].alert.subject}"
    if fired:
        return f"syncd: {len(fired)} alerts"
    if over:
        return "syncd: all clear" if is_clear else f"syncd: {over[0].alert.subject} is over"
    return "syncd: for you to decide"


def _fired_lines(fired: Iterable[_Subject]) -> Iterator[str]:
    for each in fired:
        yield f"{each.alert.subject}: {each.alert.message} (since {each.alert.fired_at:%d %b %H:%M} UTC)"


def _over_lines(over: Iterable[_Subject]) -> Iterator[str]:
    for each in over:
        resolved_at = each.alert.resolved_at or each.changed_at
        minutes = (resolved_at - each.alert.fired_at) // timedelta(minutes=1)
        yield f"{each.alert.subject} is over, after {minutes} min."


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= MAX_LINES:
        return lines
    return [*lines[: MAX_LINES - 1], f"and {len(lines) - MAX_LINES + 1} more: `syncd status` has them."]
