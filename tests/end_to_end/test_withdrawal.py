"""Withdrawal by BetTune's API alone, against the simulated BetTune."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import UnauthorizedError, UnavailableError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal, OtherWriterError, WithdrawalProgress
from syncd.config.settings import Rule
from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import small_sandbox
from tests.support.virtual_time import LoopClock, SettableClock

RULES = (Rule(filter="Pinnacle*"),)


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with small_sandbox() as box:
        fill(box)
        yield box


def fill(box: Sandbox) -> None:
    """A prediction for each filter and match; one of ours and the filter without a rule are made by hand."""
    account = box.bettune.account
    pairs = [
        Pair(found.id, game.match.id) for found in account.filters for game in box.world.games if game.match
    ]
    for pair in pairs:
        account.put(pair, Decimal("2.5"))
    account.ui_set(pairs[0], Decimal("9.9"))
    account.writes.clear()


def named(box: Sandbox) -> set[int]:
    """The filters that the rule names."""
    return {each.id for each in box.bettune.account.filters if each.name.startswith("Pinnacle")}


def ours(box: Sandbox) -> set[Pair]:
    rows, filters = box.bettune.account.predictions(), named(box)
    return {pair for pair, row in rows.items() if pair.filter_id in filters and row.source == "api"}


async def withdraw(
    box: Sandbox, *, requests: int = 5000, window_s: float = 1, **options
) -> WithdrawalProgress:
    clock = options.pop("clock", LoopClock())
    budget = MemoryBudget(clock, limit=requests, span=timedelta(seconds=window_s))
    token = options.pop("token", "demo-token")
    async with BetTuneClient(
        box.bettune_url, token, clock=clock, on_response=budget.learn, timeout_s=2
    ) as client:
        options = {"rules": RULES, "ahead": timedelta(days=3), "chunk": 100} | options
        return await DirectWithdrawal(client, budget, clock, **options).run()


async def test_it_deletes_what_the_rules_name_and_was_made_through_the_api(box: Sandbox):
    count, before = len(ours(box)), box.bettune.account.predictions()
    progress = await withdraw(box)
    assert progress == WithdrawalProgress(found=count, deleted=count)
    assert ours(box) == set()
    assert len(box.bettune.account.predictions()) == len(before) - count
    assert box.bettune.account.forbidden_writes(named(box)) == []


async def test_it_reports_what_has_happened_so_far(box: Sandbox):
    reports: list[WithdrawalProgress] = []
    await withdraw(box, report=reports.append)
    assert [each.deleted for each in reports] == list(range(1, len(reports) + 1))


async def test_matches_that_can_still_be_bet_on_go_first(box: Sandbox):
    games = sorted((game for game in box.world.games if game.match), key=lambda game: game.kickoff)
    first, *others = games
    assert first.match
    first.match.date = LoopClock().now() - timedelta(hours=4)
    await withdraw(box, chunk=1)
    order = list(dict.fromkeys(write.pair.match_id for write in box.bettune.account.writes))
    assert order == [*(game.match.id for game in others if game.match), first.match.id]


@pytest.mark.parametrize("kind", ["500", "503", "lost", "reset", "html", "garbled", "hang"])
async def test_an_outage_is_waited_out(box: Sandbox, kind: str):
    box.bettune.faults.inject(kind, seconds=20, hang_for=4.0)
    await withdraw(box)
    assert ours(box) == set()


async def test_a_limit_is_kept_and_a_429_is_respected(box: Sandbox):
    box.bettune.faults.inject("429", times=1, retry_after="5")
    await withdraw(box, requests=10, window_s=1)
    assert ours(box) == set()


async def test_one_absurd_retry_after_stops_it_for_a_minute_at_most(box: Sandbox):
    box.bettune.faults.inject("429", times=1, retry_after="86400")
    clock = LoopClock()
    began = clock.monotonic()
    await withdraw(box)
    assert ours(box) == set()
    assert clock.monotonic() - began < 90


@pytest.mark.parametrize("status", ["400", "409"])
async def test_a_delete_that_is_refused_once_is_repeated(box: Sandbox, status: str):
    box.bettune.faults.inject(status, method="DELETE", times=1)
    progress = await withdraw(box)
    assert progress.refused == 0
    assert ours(box) == set()


async def test_deletes_that_stay_refused_are_reported(box: Sandbox):
    box.bettune.faults.inject("400", method="DELETE", seconds=3600)
    progress = await withdraw(box)
    assert progress.deleted == 0
    assert progress.refused == progress.found == len(ours(box))


async def test_a_search_that_is_too_long_is_halved():
    async with small_sandbox(bettune={"requests": 5000, "window": 1.0, "max_searched": 3}) as box:
        fill(box)
        await withdraw(box)
        assert ours(box) == set()


async def test_a_refused_token_is_reported(box: Sandbox):
    with pytest.raises(UnauthorizedError):
        await withdraw(box, token="another")


async def test_it_gives_up_on_a_bettune_that_stays_away(box: Sandbox):
    box.bettune.faults.inject("500", seconds=36000)
    with pytest.raises(UnavailableError):
        await withdraw(box, give_up_after=timedelta(minutes=5))


@pytest.mark.parametrize("ahead", [timedelta(days=3652), timedelta(days=-3)])
async def test_a_machine_whose_clock_is_wrong_withdraws_all_the_same(box: Sandbox, ahead: timedelta):
    clock = SettableClock()
    clock.set(ahead)
    await withdraw(box, clock=clock)
    assert ours(box) == set()


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
async def test_who_has_written_just_now_is_judged_by_bettunes_clock(box: Sandbox, ahead: timedelta):
    clock = SettableClock()
    clock.set(ahead)
    with pytest.raises(OtherWriterError):
        await withdraw(box, clock=clock, unchanged_for=timedelta(minutes=5))
    await clock.sleep(600)
    await withdraw(box, clock=clock, unchanged_for=timedelta(minutes=5))
    assert ours(box) == set()
