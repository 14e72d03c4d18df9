"""Notifications are grouped, sent once, ended by an all-clear, and none is sent in quiet hours."""

import asyncio
import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from syncd.model.daily import DailySpan
from syncd.runtime import notifications as rules
from syncd.runtime import notifier as sending
from syncd.runtime.alerts import Alerts
from syncd.runtime.daily_task import DailyTask, next_at
from syncd.runtime.notifications import Notifications
from syncd.runtime.notifier import deliver, make_notifier
from tests.pinnacle.fakes import START, HandClock

BERLIN = ZoneInfo("Europe/Berlin")


class Phone:
    """A user with a phone, beside alerts that a test fires; waiting moves the clock."""

    def __init__(self, quiet: DailySpan | None = None) -> None:
        self.clock = HandClock()
        self.alerts = Alerts(self.clock)
        self.messages: list[tuple[str, str]] = []
        self.delivers = True
        self.notifications = Notifications(self.clock, UTC)
        self.notifications.use(self._receive, quiet)
        self.alerts.subscribe(self.notifications.put)

    def _receive(self, title: str, body: str) -> bool:
        self.messages.append((title, body))
        return self.delivers

    async def wait(self, **span: float) -> list[tuple[str, str]]:
        """Let so much time pass; return the messages that arrived in it."""
        end, before = self.clock.now() + timedelta(**span), len(self.messages)
        while self.clock.now() < end:
            due_s = self.notifications._wait_s()
            left_s = (end - self.clock.now()).total_seconds()
            if due_s is None or due_s > left_s:
                self.clock.move(seconds=left_s)
            else:
                await self.notifications.step()
        return self.messages[before:]

    def fire(self, *subjects: str) -> None:
        for subject in subjects:
            self.alerts.fire(subject, f"about {subject}", notify=True)

    def resolve(self, *subjects: str) -> None:
        for subject in subjects:
            self.alerts.resolve(subject)


async def test_what_fires_together_is_one_message_and_none_is_sent_twice() -> None:
    phone = Phone()
    phone.fire("bettune.refused")
    phone.clock.move(seconds=3)
    phone.fire("pinnacle.stale")
    [(title, body)] = await phone.wait(hours=5)
    assert title == "syncd: 2 alerts"
    assert [line.partition(":")[0] for line in body.splitlines()] == ["bettune.refused", "pinnacle.stale"]


async def test_an_alert_that_needs_nobody_is_no_message() -> None:
    phone = Phone()
    phone.alerts.fire("pinnacle.odds.29", "an outage")
    phone.alerts.resolve("pinnacle.odds.29")
    assert await phone.wait(hours=1) == []


async def test_the_last_one_that_ends_is_the_all_clear() -> None:
    phone = Phone()
    phone.fire("one", "two")
    await phone.wait(minutes=5)
    phone.resolve("one")
    [(title, body)] = await phone.wait(minutes=5)
    assert (title, "All clear" in body) == ("syncd: one is over", False)
    phone.resolve("two")
    [(title, body)] = await phone.wait(minutes=5)
    assert title == "syncd: all clear"
    assert body.splitlines() == ["two is over, after 10 min.", "All clear: nothing needs you now."]


async def test_what_is_over_before_anybody_knew_of_it_is_no_message() -> None:
    phone = Phone()
    phone.fire("one")
    phone.clock.move(seconds=5)
    phone.resolve("one")
    assert await phone.wait(hours=1) == []


async def test_an_alert_that_comes_and_goes_is_reported_once_an_hour_at_most() -> None:
    phone = Phone()
    for _ in range(18):
        phone.fire("flapping")
        await phone.wait(minutes=5)
        phone.resolve("flapping")
        await phone.wait(minutes=5)
    titles = [title for title, _ in phone.messages]
    assert titles == ["syncd: flapping", "syncd: all clear"] * 3


async def test_an_alert_that_is_back_within_two_minutes_was_never_over() -> None:
    phone = Phone()
    for _ in range(60):
        phone.fire("flapping")
        await phone.wait(seconds=90)
        phone.resolve("flapping")
        await phone.wait(seconds=30)
    assert len(phone.messages) == 1
    [(title, _)] = await phone.wait(hours=1)
    assert title == "syncd: all clear"


async def test_in_quiet_hours_nothing_is_sent_and_what_lasts_is_reported_after_them() -> None:
    phone = Phone(DailySpan(time(11), time(7)))
    phone.fire("lasts", "passes")
    assert START.time() == time(12)
    phone.clock.move(seconds=3600)
    phone.resolve("passes")
    assert await phone.wait(hours=17, minutes=59) == []
    [(title, body)] = await phone.wait(minutes=5)
    assert (title, "passes" in body) == ("syncd: lasts", False)


async def test_a_note_is_sent_once() -> None:
    phone = Phone()
    phone.notifications.note("3 links for review")
    [(_, body)] = await phone.wait(hours=1)
    assert body == "3 links for review"


async def test_a_message_names_so_many_and_counts_the_rest() -> None:
    phone = Phone()
    phone.fire(*(f"result.{number}" for number in range(40)))
    [(title, body)] = await phone.wait(minutes=1)
    assert title == "syncd: 40 alerts"
    assert len(body.splitlines()) == rules.MAX_LINES
    assert body.splitlines()[-1].startswith("and 29 more")


async def test_a_failure_is_logged_once_until_a_message_arrives() -> None:
    phone = Phone()

    async def failures(*subjects: str, delivers: bool) -> int:
        phone.delivers = delivers
        with capture_logs() as logged:
            for subject in subjects:
                phone.fire(subject)
                await phone.wait(minutes=1)
        return sum(entry["event"] == "notification_failed" for entry in logged)

    assert await failures("one", "two", "three", delivers=False) == 1
    assert await failures("four", delivers=True) == 0
    assert await failures("five", delivers=False) == 1


async def test_alerts_of_months_take_no_memory() -> None:
    phone = Phone()
    for number in range(50):
        phone.fire(f"result.{number}")
        await phone.wait(minutes=30)
        phone.resolve(f"result.{number}")
        await phone.wait(minutes=60)
    assert len(phone.notifications._subjects) <= 2


async def test_a_service_that_hangs_or_fails_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "NOTIFY_TIMEOUT_S", 0.05)
    free = threading.Event()

    def hang(_title: str, _body: str) -> bool:
        return free.wait(10)

    def fail(_title: str, _body: str) -> bool:
        raise OSError("no route")

    assert await asyncio.gather(*(deliver(hang, "", "") for _ in range(20))) == [False] * 20
    assert await asyncio.to_thread(lambda: "free") == "free"
    free.set()
    assert await deliver(fail, "", "") is False


async def test_without_an_address_there_is_nobody_to_notify() -> None:
    assert make_notifier(()) is None
    phone = Phone()
    phone.notifications.use(None)
    phone.fire("one")
    assert await phone.wait(minutes=5) == []


@given(st.times(), st.times(), st.times())
def test_a_span_and_its_complement_are_the_day(start: time, end: time, now: time) -> None:
    if start != end:
        assert DailySpan(start, end).includes(now) is not DailySpan(end, start).includes(now)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.times())
def test_each_day_has_its_time_also_when_the_clocks_change(now: datetime, at: time) -> None:
    at = at.replace(second=0, microsecond=0, fold=0)
    found = next_at(now, at, BERLIN)
    assert now < found <= now + timedelta(hours=25, minutes=1)
    assert found.astimezone(BERLIN).minute == at.minute
    if found.astimezone(BERLIN).hour != at.hour:  # the hour that is left out in March
        assert found.astimezone(BERLIN).month == 3


async def test_the_work_of_a_day_is_done_once_and_not_hours_late() -> None:
    clock, done = HandClock(), list[datetime]()

    async def work() -> None:
        done.append(clock.now())

    daily = DailyTask(clock, time(8), work, UTC)
    while clock.now() < START + timedelta(days=3):
        await daily.step()
    assert [each.hour for each in done] == [8, 8, 8]
    clock.jumped += timedelta(days=2, hours=6)  # the machine slept
    await daily.step()
    assert len(done) == 3
