"""Who has to look again, and who wakes."""

import asyncio

from syncd.model.bettune import Pair
from syncd.runtime.signals import Inbox, Invalidated, Signals, Task, WakeEvent
from tests.web.fixtures import HandClock


def woken(inbox: Inbox) -> bool:
    """Whether a wait would end at once."""

    async def wait() -> bool:
        return await inbox.wait(0)

    return asyncio.run(wait())


def test_each_inbox_gets_the_kinds_of_news_that_its_task_works_with():
    signals = Signals(HandClock())
    planner = signals.inbox(Task.PLANNER, "events", "pairs")
    relinker = signals.inbox(Task.RELINKER, "events", "decisions")
    signals.invalidate(events=[1], pairs=[Pair(2, 3)])
    signals.invalidate(events=[4], decisions=True)
    assert planner.take() == Invalidated(events={1, 4}, pairs={Pair(2, 3)})
    assert relinker.take() == Invalidated(events={1, 4}, decisions=True)


def test_what_is_taken_is_gone_and_can_be_put_back():
    inbox = Signals(HandClock()).inbox(Task.PLANNER, "events")
    inbox.put(Invalidated(events={1}))
    taken = inbox.take()
    assert inbox.is_empty
    inbox.put(taken)
    assert inbox.take() == Invalidated(events={1})


def test_news_of_other_kinds_neither_fills_nor_wakes():
    signals = Signals(HandClock())
    relinker = signals.inbox(Task.RELINKER, "events")
    signals.invalidate(pairs=[Pair(2, 3)], everything=True)
    assert relinker.is_empty
    assert not woken(relinker)


def test_no_news_wakes_nobody():
    signals = Signals(HandClock())
    planner = signals.inbox(Task.PLANNER, "events")
    signals.invalidate(events=[])
    assert not woken(planner)


def test_news_wakes_the_task_once():
    signals = Signals(HandClock())
    planner = signals.inbox(Task.PLANNER, "events")
    signals.invalidate(events=[1])
    assert woken(planner)
    assert not woken(planner)


def test_a_task_can_be_woken_without_news_and_all_its_inboxes_are():
    signals = Signals(HandClock())
    feeds = [signals.inbox(Task.FEEDS, "snapshots") for _ in range(2)]
    writer = signals.inbox(Task.WRITER)
    signals.wake(Task.FEEDS)
    assert [woken(each) for each in (*feeds, writer)] == [True, True, False]
    assert all(each.is_empty for each in feeds)


class Endless(HandClock):
    """A clock on which no time passes."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


async def test_a_wait_ends_when_the_time_is_over():
    assert not await WakeEvent(HandClock()).wait(5)


async def test_a_wait_ends_when_it_is_woken_and_a_wake_up_counts_once():
    event = WakeEvent(Endless())
    waiting = asyncio.ensure_future(event.wait(5))
    await asyncio.sleep(0)
    event.wake()
    event.wake()
    assert await waiting
    again = asyncio.ensure_future(event.wait(5))
    done, _ = await asyncio.wait({again}, timeout=0.01)
    again.cancel()
    assert not done
