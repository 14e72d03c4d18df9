"""The planner plans some pairs at a time, and writes end in between."""

import asyncio
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Kind, Owner, Wanted
from syncd.runtime.alerts import Alerts
from syncd.runtime.signals import Signals, Task
from syncd.sync import planner as planning
from syncd.sync.actual_table import ActualTable
from syncd.sync.planner import Planner
from syncd.sync.queue import Queue
from syncd.sync.reactions import Reactions
from tests.pinnacle.fakes import HandClock

FIRST, SECOND, THIRD = PAIRS = [Pair(1, number) for number in (10, 11, 12)]


def odds(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.000001"))


class PlannerOnly:
    """A planner with its queue and actual values, and nothing to read from."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.queue = Queue(read_chunk=10)
        self.actual = ActualTable(cast("Any", None))
        self.signals = Signals(self.clock)
        self.renewed = self.signals.inbox(Task.PLANNER, "pairs")
        self.planner = Planner(
            store=cast("Any", None),
            settings=Settings(),
            actual=self.actual,
            queue=self.queue,
            clock=self.clock,
            alerts=Alerts(self.clock),
            signals=self.signals,
            feeds=cast("Any", None),
            mode=cast("Any", SimpleNamespace(paused=False)),
            interruptions=cast("Any", SimpleNamespace(awaited=lambda _: frozenset())),
            reactions=Reactions(self.clock),
        )

    def want(self, price: str, *, confirmed: bool = True) -> None:
        for pair in PAIRS:
            value = Wanted(pair=pair, cause=Cause.PRICED, odds=odds(price), confirmed=confirmed)
            self.planner.wanted._keep(value)

    def holds(self, pair: Pair, price: str) -> None:
        now = self.clock.now()
        self.actual.keep([Actual(pair=pair, owner=Owner.OURS, odds=odds(price), read_at=now)])

    async def plan(self) -> None:
        await self.planner._compare(set(PAIRS), [], self.clock.now())

    def queued(self) -> list[tuple[Pair, Kind]]:
        return [(change.pair, change.kind) for change in self.queue.changes()]


@pytest.fixture(autouse=True)
def one_pair_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PAIRS_PER_SLICE", 1)


async def test_a_price_that_was_written_meanwhile_is_not_sent_again():
    it = PlannerOnly()
    for pair in PAIRS:
        it.holds(pair, "2.00")
    it.want("2.10")
    task = asyncio.create_task(it.plan())
    await asyncio.sleep(0)  # the first pair is compared: a raise
    for pair in PAIRS:
        it.holds(pair, "2.10")
    await task
    assert it.queued() == []
    assert len(it.renewed.take().pairs) == 1


async def test_what_must_go_is_queued_before_what_may_come():
    it = PlannerOnly()
    for pair in (FIRST, SECOND):
        it.actual.keep([Actual(pair=pair, owner=Owner.NOBODY, read_at=it.clock.now())])
    it.holds(THIRD, "2.00")
    it.want("2.10")
    task, seen = asyncio.create_task(it.plan()), list[list[Pair]]()
    while not task.done():
        await asyncio.sleep(0)
        seen.append([pair for pair, _ in it.queued()])
    await task
    assert next(each for each in seen if each) == [THIRD]
    assert sorted(seen[-1]) == PAIRS


async def test_what_is_no_longer_wanted_leaves_the_queue_first():
    it = PlannerOnly()
    for pair in PAIRS:
        it.holds(pair, "2.00")
    it.want("2.10")
    await it.plan()
    it.want("2.00")
    await it.plan()
    assert it.queued() == []


async def test_what_is_withheld_leaves_the_queue_before_anything_is_added():
    it = PlannerOnly()
    for pair in PAIRS:
        it.holds(pair, "2.00")
    it.want("1.90")
    await it.plan()
    assert len(it.queued()) == 3
    it.holds(FIRST, "1.00")
    it.want("1.10", confirmed=False)  # the first one is too low now, the others fall too far
    task, seen = asyncio.create_task(it.plan()), list[list[tuple[Pair, Kind]]]()
    while not task.done():
        await asyncio.sleep(0)
        seen.append(it.queued())
    assert seen[-1] == [(FIRST, Kind.RAISE)]
    assert [each for each in seen if (FIRST, Kind.RAISE) in each] == [seen[-1]] * seen.count(seen[-1])
    assert it.planner.withheld.keys() == {SECOND, THIRD}
