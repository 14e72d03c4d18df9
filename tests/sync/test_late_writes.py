"""A pair whose write proves nothing is read again for some minutes, after what reduces a loss."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.runtime.signals import Signals
from syncd.sync.late_writes import LOOK_AFTER_S, LateWrites
from syncd.sync.reads import PendingReads

PAIR = Pair(1, 2)


class Clock:
    """A clock that goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 7, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def reads() -> PendingReads:
    return PendingReads(100)


async def read_at(late: LateWrites, reads: PendingReads, clock: Clock, seconds: float) -> list[float]:
    """The moments up to this one at which the pair is to be read."""
    found: list[float] = []
    while clock.passed < seconds:
        await late.step()
        if request := reads.first(()):
            assert request.pairs == (PAIR,)
            reads.remove(request)
            found.append(clock.passed)
    return found


async def test_it_is_read_again_at_each_of_these_times_and_then_no_more(reads: PendingReads):
    clock = Clock()
    late = LateWrites(reads, Signals(clock), clock)
    late.note(PAIR)
    assert await read_at(late, reads, clock, 600) == list(LOOK_AFTER_S)


async def test_another_one_begins_the_time_again(reads: PendingReads):
    clock = Clock()
    late = LateWrites(reads, Signals(clock), clock)
    late.note(PAIR)
    await read_at(late, reads, clock, 40)
    late.note(PAIR)
    assert await read_at(late, reads, clock, 600) == [40 + each for each in LOOK_AFTER_S]


async def test_deletes_and_raises_go_before_it(reads: PendingReads):
    clock = Clock()
    late = LateWrites(reads, Signals(clock), clock)
    late.note(PAIR)
    clock.passed = LOOK_AFTER_S[0]
    await late.step()
    assert reads.count(Urgency.URGENT) == 0
    assert reads.count(Urgency.LOWER) == 1
