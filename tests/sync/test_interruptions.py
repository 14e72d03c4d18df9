"""Which feeds have to respond before their prices are lowered to, or made."""

from datetime import timedelta

import pytest

from syncd.model.feed import FeedState
from syncd.store.health import StoreHealth
from syncd.sync.interruptions import FROZEN_S, SLACK, Interruptions
from tests.support.sandbox import HandClock

PACE, SECOND = timedelta(minutes=2), timedelta(seconds=1)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def interruptions(clock: HandClock) -> Interruptions:
    async def probe() -> None:
        raise AssertionError

    return Interruptions(clock, StoreHealth(clock, probe), {"odds": PACE})


def awaited(interruptions: Interruptions, clock: HandClock, ago: timedelta | None) -> bool:
    ok_at = None if ago is None else clock.now() - ago
    odds = FeedState(kind="odds", sport_id=29, path="/v1/odds", ok_at=ok_at)
    return bool(interruptions.awaited([odds]))


@pytest.mark.parametrize(
    ("ago", "is_awaited"),
    [
        (None, True),
        (timedelta(0), False),
        (PACE, False),
        (PACE + SLACK - SECOND, False),
        (PACE + SLACK, True),
        (timedelta(minutes=9), True),
    ],
)
def test_after_a_start_prices_that_the_pace_would_have_renewed_wait(
    interruptions: Interruptions, clock: HandClock, ago: timedelta | None, is_awaited: bool
):
    assert awaited(interruptions, clock, ago) is is_awaited


def test_they_wait_until_the_first_good_response_of_this_process(
    interruptions: Interruptions, clock: HandClock
):
    for _ in range(300):
        clock.move(1)
        interruptions.look()
    assert awaited(interruptions, clock, timedelta(seconds=300) + PACE + SLACK)
    assert not awaited(interruptions, clock, timedelta(seconds=299))


def test_after_an_interruption_the_pace_excuses_nothing(interruptions: Interruptions, clock: HandClock):
    clock.move(FROZEN_S + 1)
    assert awaited(interruptions, clock, SECOND)
    clock.move(1)
    assert not awaited(interruptions, clock, timedelta(0))


def test_while_the_feeds_are_polled_a_response_that_is_overdue_is_awaited(
    interruptions: Interruptions, clock: HandClock
):
    for _ in range(300):
        clock.move(1)
        interruptions.look()
    assert not awaited(interruptions, clock, PACE + SLACK)
    interruptions.expect_responses()
    assert awaited(interruptions, clock, PACE + SLACK)
    assert not awaited(interruptions, clock, PACE + SLACK - SECOND)
