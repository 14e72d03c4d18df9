"""Withdrawal by BetTune's API alone, against the simulated BetTune."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from aiohttp import web

from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import UnauthorizedError, UnavailableError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal, OtherWriterError
from syncd.bettune.withdrawal_progress import WithdrawalProgress
from syncd.config.settings import Rule
from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import small_sandbox
from tests.support.virtual_time import LoopClock, SettableClock

RULES = (Rule(filter="Pinnacle*"),)

Items = list[dict[str, Any]]
Request = dict[str, Any]


class OddLists:
    """BetTune, of whose responses a test spoils one, or all of a kind."""

    def __init__(self, box: Sandbox) -> None:
        self._respond = box.bettune.faults.apply
        self._wrong: Callable[[Items], Items] | None = None
        self._path = ""
        self._status = 0
        self._refused: Callable[[Request], bool] = lambda _: False
        self._once = True
        self._skip = 0
        self._spoilt: set[object] = set()
        self.spoilt = 0

    def spoil(self, path: str, wrong: Callable[[Items], Items]) -> None:
        """Change the items of the first response of this path, for each filter or day."""
        self._path, self._wrong = path, wrong

    def refuse(
        self, status: int, refused: Callable[[Request], bool], *, once: bool = True, skip: int = 0
    ) -> None:
        """Refuse the searches that fit: the first, or all after some."""
        self._status, self._refused, self._once, self._skip = status, refused, once, skip

    async def apply(
        self, request: web.Request, respond: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        if self._status and await self._is_refused(request):
            self.spoilt += 1
            return web.json_response({"code": "refused", "message": "no"}, status=self._status)
        response = await self._respond(request, respond)
        if not (self._wrong and request.path.endswith(self._path) and isinstance(response, web.Response)):
            return response
        key = (request.query.get("date"), (await _body(request)).get("filterId"))
        if key in self._spoilt:
            return response
        self._spoilt.add(key)
        self.spoilt += 1
        document = msgspec.json.decode(response.body or b"")  # type: ignore[arg-type]
        items = self._wrong(document["items"])
        return web.json_response(document | {"items": items, "count": len(items)})

    async def _is_refused(self, request: web.Request) -> bool:
        if not self._refused(await _body(request)) or (self._once and self.spoilt):
            return False
        self._skip -= 1
        return self._skip < 0


async def _body(request: web.Request) -> Request:
    return msgspec.json.decode(await request.read()) if request.path.endswith("/search") else {}


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with small_sandbox() as box:
        fill(box)
        yield box


@pytest.fixture
def lists(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> OddLists:
    lists = OddLists(box)
    monkeypatch.setattr(box.bettune.faults, "apply", lists.apply)
    return lists


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
    assert progress == WithdrawalProgress(found=count, deleted=count, is_complete=True)
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


ODD_LISTS = {
    "nothing": lambda items: [],
    "every second one": lambda items: items[::2],
    "rows made by hand": lambda items: [item | {"source": "ui"} for item in items],
}


@pytest.mark.parametrize("wrong", ODD_LISTS)
@pytest.mark.parametrize("path", ["/prediction-filters", "/matches", "/predictions/search"])
async def test_one_list_that_shows_too_little_ends_nothing(
    box: Sandbox, lists: OddLists, path: str, wrong: str
):
    lists.spoil(path, ODD_LISTS[wrong])
    progress = await withdraw(box)
    assert lists.spoilt
    assert ours(box) == set()
    assert progress.is_complete


async def test_names_that_are_exchanged_once_delete_nothing_of_a_foreign_filter(
    box: Sandbox, lists: OddLists
):
    lists.spoil("/prediction-filters", _with_names_exchanged)
    await withdraw(box)
    assert lists.spoilt
    assert ours(box) == set()
    assert box.bettune.account.forbidden_writes(named(box)) == []


def _with_names_exchanged(items: Items) -> Items:
    names = [item["name"] for item in items]
    return [item | {"name": name} for item, name in zip(items, reversed(names), strict=True)]


async def test_a_filter_that_is_not_found_once_is_searched_again(box: Sandbox, lists: OddLists):
    filter_id = min(named(box))
    lists.refuse(404, lambda request: request.get("filterId") == filter_id)
    progress = await withdraw(box)
    assert lists.spoilt
    assert ours(box) == set()
    assert progress.is_complete


@pytest.mark.parametrize("status", [404, 403, 400, 500])
async def test_a_filter_that_cannot_be_read_is_named_and_keeps_no_other(
    box: Sandbox, lists: OddLists, status: int
):
    filter_id = min(named(box))
    lists.refuse(status, lambda request: request.get("filterId") == filter_id, once=False)
    progress = await withdraw(box, give_up_after=timedelta(minutes=5))
    assert {pair.filter_id for pair in ours(box)} == {filter_id}
    assert not progress.is_complete
    assert f"filter {filter_id} (Pinnacle Home)" in " ".join(progress.problems)
    assert str(status) in " ".join(progress.problems)


async def test_what_one_search_showed_is_deleted_though_no_other_works(box: Sandbox, lists: OddLists):
    filter_id = min(named(box))
    box.bettune.faults.inject("400", method="DELETE", times=len(ours(box)))
    lists.refuse(500, lambda request: request.get("filterId") == filter_id, once=False, skip=1)
    progress = await withdraw(box, give_up_after=timedelta(minutes=5))
    assert ours(box) == set()
    assert not progress.is_complete


@pytest.mark.parametrize("kind", ["403", "500", "reset", "hang", "html"])
async def test_one_pair_whose_delete_always_fails_keeps_no_other(box: Sandbox, kind: str):
    pair = min(ours(box))
    path = f"*/{pair.filter_id}/matches/{pair.match_id}/prediction"
    box.bettune.faults.inject(kind, method="DELETE", path=path, seconds=36000, hang_for=3.0)
    progress = await withdraw(box, give_up_after=timedelta(minutes=5))
    assert ours(box) == {pair}
    assert progress.refused == 1
    assert not progress.is_complete


@pytest.mark.parametrize("kind", ["401", "403"])
@pytest.mark.parametrize("path", ["*/prediction-filters", "*/matches", "*/search", "*/prediction"])
async def test_one_refusal_ends_nothing(box: Sandbox, kind: str, path: str):
    box.bettune.faults.inject(kind, path=path, times=1)
    await withdraw(box)
    assert ours(box) == set()


async def test_what_somebody_writes_all_the_time_is_reported(box: Sandbox):
    async def write() -> None:
        pair = min(ours(box))
        while True:
            box.bettune.account.put(pair, Decimal("2.5"))
            await asyncio.sleep(1)

    writing = asyncio.create_task(write())
    progress = await withdraw(box)
    writing.cancel()
    assert not progress.is_complete
    assert "shown again after their deletion" in " ".join(progress.problems)


async def test_without_a_filter_to_empty_it_ends_well(box: Sandbox):
    progress = await withdraw(box, rules=(Rule(filter="Nobody's*"),))
    assert progress == WithdrawalProgress(is_complete=True)
    assert progress.problems == ()
