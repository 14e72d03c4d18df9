"""Who has to look again, and who wakes."""

import asyncio

from syncd.model.bettune import Pair
from syncd.runtime.signals import Inbox, Invalidated, Signals, Task
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
