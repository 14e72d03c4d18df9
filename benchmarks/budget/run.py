"""One order on one day under one limit, in virtual time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.budget.day import Day, moment
from benchmarks.budget.meter import Account, Cost
from benchmarks.budget.orders import Order, SyncdOrder
from syncd.bettune.window import Urgency, Window

RESYNC_EVERY_S = 1800.0
"""Default of `bettune.resync_every`."""

PLAN_AGAIN_EVERY_S = 300.0

MINUTE = timedelta(minutes=1)


@dataclass
class Result:
    """What came of it."""

    cost: Cost
    writes: int
    needed: int
    reads: int
    budget: float
    """Requests that the limit allowed."""
    cpu_s: float


def run(day: Day, order_of: Callable[[Account], Order], limit: int, end: float) -> Result:
    """Let an order write a day's moves."""
    began = time.process_time()
    account = Account(day)
    order = order_of(account)
    _Run(day, account, order, limit).until(end)
    account.finish(end)
    spent = time.process_time() - began
    return Result(account.cost, account.writes, account.needed, account.reads, limit * end / 60, spent)


class _Run:
    def __init__(self, day: Day, account: Account, order: Order, limit: int) -> None:
        self._moves = day.moves
        self._account = account
        self._order = order
        self._window = Window(limit, MINUTE)
        self._turn_at = PLAN_AGAIN_EVERY_S if isinstance(order, SyncdOrder) else float("inf")
        self._sent = 0

    def until(self, end: float) -> None:
        moves, number, now, free = self._moves, 0, 0.0, 0.0
        while True:
            at = moves[number].at if number < len(moves) else end
            soonest = min(at, max(now, free), self._turn_at, end)
            if soonest >= end:
                return
            now = soonest
            if now >= self._turn_at:
                assert isinstance(self._order, SyncdOrder)
                self._order.plan_again(now)
                if self._turn_at % RESYNC_EVERY_S == 0:
                    self._order.read_back(now)
                self._turn_at += PLAN_AGAIN_EVERY_S
                free = min(free, max(now, self._free(Urgency.URGENT, now)))
            elif at <= now:
                self._account.move(moves[number])
                self._order.moved(moves[number])
                number += 1
                free = min(free, max(now, self._free(Urgency.URGENT, now)))
            else:
                free = self._send(now)

    def _send(self, now: float) -> float:
        """Send what may be sent now; return when there may be more."""
        while True:
            urgency = self._order.due(now)
            if urgency is None:
                return float("inf")
            free = self._free(urgency, now)
            if free > now:
                return free
            self._order.send(now)
            self._sent += 1
            self._window.add(self._sent, moment(now))

    def _free(self, urgency: Urgency, now: float) -> float:
        wait = self._window.free_at(moment(now), urgency) - moment(now)
        return now + wait.total_seconds() if wait else now
