"""What BetTune may say of its limit, and what a restart makes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.bettune.budget import LEARNT_LIMIT, LONGEST_PAUSE, PROBE_EVERY, Budget
from syncd.bettune.rate_limit import RateLimit, RateLimitHeaders
from syncd.bettune.window import Urgency
from syncd.runtime.steady import steady_now
from syncd.store import facts, requests, rows
from syncd.store.engine import Store

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DEADLINE = 15 * SECOND


class TwoClocks:
    """Wall time and monotonic time, moved apart from each other."""

    def __init__(self) -> None:
        self.wall = NOW
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.pass_(seconds)

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> TwoClocks:
    return TwoClocks()


def budget_of(store: Store, clock: TwoClocks, limit: int = 60, span_s: float = 60) -> Budget:
    return Budget(store, clock, limit=limit, span=timedelta(seconds=span_s), deadline=DEADLINE)


def wait_s(
    budget: Budget, clock: TwoClocks, urgency: Urgency = Urgency.URGENT, *, may_probe: bool = False
) -> float:
    return (budget.free_at(urgency, may_probe=may_probe) - steady_now(clock)).total_seconds()


def says(requests: int, window_s: float) -> RateLimitHeaders:
    return RateLimitHeaders(RateLimit(requests, window_s))


NOTHING = RateLimitHeaders()


def test_a_looser_limit_ends_with_the_first_429_and_is_not_believed_again_soon(
    store: Store, clock: TwoClocks
):
    budget = budget_of(store, clock)
    for _ in range(2):
        budget.learn(says(3000, 2))
    assert budget.window.limit == 3000
    budget.pause(1)
    assert (budget.window.limit, budget.window.span) == (60, 60 * SECOND)
    for _ in range(30):
        budget.learn(says(3000, 2))
    assert budget.window.limit == 60
    clock.pass_(16 * 60)
    for _ in range(2):
        budget.learn(says(3000, 2))
    assert budget.window.limit == 3000


def test_for_a_window_after_a_429_each_request_waits_for_the_one_before(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    budget.pause(3)
    clock.pass_(3)
    for _ in range(6):
        assert wait_s(budget, clock) == 0
        trial = budget.reserve()
        assert wait_s(budget, clock) == DEADLINE.total_seconds()
        clock.pass_(9.9)
        budget.succeeded(steady_now(clock) - SECOND)
        budget.response_received(trial)
    clock.pass_(1)
    budget.reserve()
    assert wait_s(budget, clock) == 0


async def test_two_processes_at_once_count_each_request(store: Store, clock: TwoClocks):
    daemon, check = budget_of(store, clock), budget_of(store, clock)
    await daemon.load()
    clock.pass_(0.001)
    await check.load()
    for _ in range(3):
        for budget in (daemon, check):
            await budget.charge(budget.reserve())
    async with store.read() as conn:
        assert len(await requests.load_counted(conn, NOW)) == 6


def test_a_trial_that_was_never_sent_keeps_nobody_waiting(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    budget.pause(3)
    clock.pass_(3)
    budget.give_up(budget.reserve())
    assert wait_s(budget, clock) == 0


def test_a_limit_that_is_not_named_any_more_is_forgotten(store: Store, clock: TwoClocks):
    for named in ((3000, 2), (30, 60)):
        budget = budget_of(store, clock)
        for _ in range(2):
            budget.learn(says(*named))
        for _ in range(19):
            assert not budget.learn(NOTHING)
        assert budget.window.limit == named[0]
        assert budget.learn(NOTHING)
        assert (budget.window.limit, budget.window.span) == (60, 60 * SECOND)


@pytest.mark.parametrize("named", [(1, 60), (5, 60), (1, 20)])
def test_two_responses_do_not_prove_a_limit_that_is_far_slower(
    store: Store, clock: TwoClocks, named: tuple[int, float]
):
    budget = budget_of(store, clock)
    for _ in range(9):
        assert not budget.learn(says(*named))
    budget.learn(NOTHING)
    assert wait_s(budget, clock) == 0
    for _ in range(8):
        budget.learn(says(30, 60))
        assert not budget.learn(says(*named))
    for _ in range(8):
        assert not budget.learn(says(*named))
    assert budget.learn(says(*named))
    assert budget.window.limit == named[0]


def test_a_far_slower_limit_is_believed_soon_after_a_429(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    budget.pause(1)
    assert [budget.learn(says(1, 60)) for _ in range(2)] == [False, True]


def test_a_slow_limit_that_was_believed_lasts_for_three_minutes(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    for _ in range(10):
        budget.learn(says(1, 60))
    for _ in range(2):
        clock.pass_(61)
        budget.learn(NOTHING)
    assert budget.window.limit == 1
    clock.pass_(61)
    budget.learn(NOTHING)
    assert budget.window.limit == 60


def test_a_limit_that_every_response_names_lasts(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    for _ in range(100):
        budget.learn(says(30, 60))
        clock.pass_(60)
    assert budget.window.limit == 30


@pytest.mark.parametrize("window_s", [1e-9, 0.05])
def test_a_limit_faster_than_anybody_can_send_is_not_believable(window_s: float):
    assert not RateLimit(30, window_s).is_believable


async def test_a_looser_limit_has_to_be_named_again_after_a_restart(store: Store, clock: TwoClocks):
    for stored, loaded in ((RateLimit(3000, 2.0), 60), (RateLimit(30, 60.0), 30)):
        async with store.write() as conn:
            await facts.put(conn, LEARNT_LIMIT, stored, NOW)
        budget = budget_of(store, clock)
        await budget.load()
        assert budget.window.limit == loaded


def test_a_limit_is_believed_once_two_responses_in_a_row_name_it(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    named = [says(20, 60), says(30, 60), says(20, 60), says(20, 60)]
    assert [budget.learn(each) for each in named] == [False, False, False, True]
    assert budget.window.limit == 20
    assert budget.learn(says(60, 60))  # the config's own limit is believed at once
    assert budget.window.limit == 60


def test_a_doubt_lasts_until_many_responses_are_without_one(store: Store, clock: TwoClocks):
    budget = budget_of(store, clock)
    budget.learn(RateLimitHeaders(doubt="60 in 60000"))
    for _ in range(19):
        budget.learn(says(60, 60))
    assert budget.doubt
    budget.learn(RateLimitHeaders())
    assert not budget.doubt


@pytest.mark.parametrize(
    ("named", "urgent", "probe", "others"),
    [
        (4, 4, 4, 4),
        (50, 50, 50, 50),
        (120, 120, 60, 120),
        (121, 121, 30, 121),
        (86_400, 900, 30, 900),
        (None, 60, 60, 60),
    ],
)
def test_a_pause_is_bounded_and_probed(store: Store, clock: TwoClocks, named, urgent, probe, others):
    budget = budget_of(store, clock)
    budget.reserve()
    budget.pause(named)
    assert wait_s(budget, clock) == urgent
    assert wait_s(budget, clock, may_probe=True) == probe
    assert wait_s(budget, clock, Urgency.CREATE) == others
    assert budget.allows_probes_only == (urgent > probe)


def test_a_request_that_succeeds_during_a_pause_ends_it(store: Store, clock: TwoClocks):
    budget, sent_before = budget_of(store, clock), steady_now(clock)
    clock.pass_(1)
    budget.pause(86_400)
    budget.succeeded(sent_before)
    assert budget.limited_until == clock.now() + LONGEST_PAUSE
    clock.pass_(60)
    budget.succeeded(steady_now(clock))
    assert budget.limited_until is None
    assert wait_s(budget, clock) == 0


def test_a_slow_limit_is_probed_and_a_short_one_kept_to_the_letter(store: Store, clock: TwoClocks):
    slow = budget_of(store, clock, limit=60, span_s=3600)
    for _ in range(60):
        slow.response_received(slow.reserve())
    assert wait_s(slow, clock) > 3600
    assert wait_s(slow, clock, may_probe=True) == PROBE_EVERY.total_seconds()
    short = budget_of(store, clock, limit=1, span_s=60)
    short.response_received(short.reserve())
    assert wait_s(short, clock, may_probe=True) > 60


@pytest.mark.parametrize("hours", [-72, -1, 1, 24 * 3650])
def test_no_jump_of_the_clock_makes_anything_wait(store: Store, clock: TwoClocks, hours: int):
    budget = budget_of(store, clock, limit=1)
    budget.response_received(budget.reserve())
    budget.pause(20)
    clock.wall += timedelta(hours=hours)
    assert wait_s(budget, clock) == pytest.approx(60.02)
    assert budget.limited_until == clock.wall + 20 * SECOND


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=36_500), timedelta(seconds=90)])
async def test_what_was_stored_is_bounded_when_it_is_loaded(store: Store, clock: TwoClocks, ahead: timedelta):
    async with store.write() as conn:
        await facts.put(conn, facts.LIMITED_UNTIL, NOW + ahead, NOW)
        await facts.put(conn, LEARNT_LIMIT, RateLimit(1, 86_400.0), NOW)
        await rows.write(conn, [requests.counted(1, NOW + ahead)])
    budget = budget_of(store, clock)
    await budget.load()
    assert budget.window.limit == 60
    assert wait_s(budget, clock, Urgency.CREATE) <= 60
    one = budget_of(store, clock, limit=1)
    await one.load()
    assert wait_s(one, clock, Urgency.CREATE) <= 76


@pytest.mark.parametrize(
    "stored", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon", 2**70, None, "2026-05-01"]
)
async def test_nonsense_in_the_store_is_no_limit(store: Store, clock: TwoClocks, stored: object):
    async with store.write() as conn:
        await facts.put(conn, facts.LIMITED_UNTIL, stored, NOW)
        await facts.put(conn, LEARNT_LIMIT, {"requests": stored, "window_s": stored}, NOW)
    budget = budget_of(store, clock)
    await budget.load()
    assert wait_s(budget, clock) <= 60
