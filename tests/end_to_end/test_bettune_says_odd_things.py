"""Headers, refusals and odds of BetTune's that cannot be meant: nothing stands for long because of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal

import msgspec
import pytest
from aiohttp import web

from syncd.bettune.area_gate import UNUSED_FOR
from syncd.bettune.gateway import AWAY, LIMIT_HEADER, REFUSED, WAITING
from syncd.model.bettune import Pair
from syncd.runtime.steady import steady_now
from syncd.simulator.game import SimulatedGame
from syncd.simulator.goals import GoalRates
from syncd.simulator.sandbox import Sandbox
from syncd.sync.writer import DELETE_REFUSED
from syncd.web.health import readiness
from tests.end_to_end.running import CALM, CALM_PACE, Running, running
from tests.support.virtual_time import EPOCH, LoopClock

Respond = Callable[[], Awaitable[web.StreamResponse]]
Odd = Callable[[web.Request], web.StreamResponse | None]

READS_ARE_NOT_DUE = CALM | {
    "bettune": dict.fromkeys(("filters_every", "matches_every", "resync_every"), "1h")
}


@pytest.fixture
async def calm(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    """As `run`, but asking rarely: for tests that last minutes."""
    async with running(box, sqlite_url, **CALM) as run:
        await run.agrees()
        yield run


def says(run: Running, monkeypatch: pytest.MonkeyPatch, odd: Odd) -> None:
    """Let BetTune answer with what `odd` returns, and as usual where that is nothing."""

    async def apply(request: web.Request, respond: Respond) -> web.StreamResponse:
        return odd(request) or await respond()

    monkeypatch.setattr(run.box.bettune.faults, "apply", apply)


def error(status: int, code: str, **headers: str) -> web.Response:
    body = msgspec.json.encode({"code": code, "message": ""})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, body=body, content_type="application/json", headers=named)


def writes(run: Running) -> list[tuple[str, str]]:
    log = run.box.bettune.request_log.requests
    return [(each.method, each.path) for each in log if each.method in ("PUT", "DELETE")]


def fires(run: Running, subject: str) -> bool:
    return any(each.subject == subject for each in run.daemon.alerts.firing)


def games_with_prices(run: Running) -> list[SimulatedGame]:
    return [game for game in run.box.world.open_games() if run.odds(game)]


async def seconds_until(run: Running, reached: Callable[[], bool], within: float) -> float:
    started = asyncio.get_running_loop().time()
    await run.until(reached, within)
    return asyncio.get_running_loop().time() - started


@pytest.mark.parametrize("status", ["429", "503"])
@pytest.mark.parametrize("wait", ["86400", "Fri, 31 Dec 2100 23:59:59 GMT", "99999999999999999999", "600"])
async def test_a_wait_that_cannot_be_meant_stops_no_delete_for_longer_than_half_a_minute(
    calm: Running, status: str, wait: str
):
    calm.box.bettune.faults.inject(status, times=1, path="*/prediction", retry_after=wait)
    first, second, *_ = games_with_prices(calm)
    calm.box.world.halt(first)
    await calm.until(lambda: bool(calm.box.bettune.faults.injected))
    calm.box.world.halt(second)
    await calm.until(lambda: fires(calm, WAITING if status == "429" else AWAY))
    assert not readiness(calm.daemon).ok
    assert (
        await seconds_until(calm, lambda: not calm.odds(first) and not calm.odds(second), 40) < 31 + CALM_PACE
    )
    await calm.agrees(within=5)
    assert not fires(calm, WAITING)


async def test_while_429_lasts_a_delete_is_tried_every_half_minute_and_after_a_restart_too(
    calm: Running, box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    says(calm, monkeypatch, lambda request: error(429, "rate_limit_exceeded", Retry_After="86400"))
    calm.box.world.halt(games_with_prices(calm)[0])
    await calm.until(lambda: fires(calm, WAITING))
    await asyncio.sleep(5)
    tried = len(calm.box.bettune.request_log.requests)
    await asyncio.sleep(300)
    assert 9 <= len(calm.box.bettune.request_log.requests) - tried <= 11
    await calm.stop()
    monkeypatch.undo()
    async with running(box, sqlite_url, **CALM) as again:
        await again.agrees(within=40)


@pytest.mark.parametrize(
    ("limit", "window"),
    [("60", "60000"), ("1", "86400"), ("0", "60"), ("5000, 1;w=1", "60000"), ("NaN", "1e9"), ("-5", "-5")],
)
async def test_a_limit_that_cannot_be_changes_nothing(
    run: Running, monkeypatch: pytest.MonkeyPatch, limit: str, window: str
):
    def put_headers(response: web.StreamResponse) -> None:
        response.headers.update({"X-RateLimit-Limit": limit, "X-RateLimit-Window": window})

    monkeypatch.setattr(run.box.bettune, "_put_headers", put_headers)
    await run.until(lambda: fires(run, LIMIT_HEADER))
    for game in games_with_prices(run)[:3]:
        run.box.world.halt(game)
        assert await seconds_until(run, lambda game=game: run.odds(game) is None, 3) < 3
    assert run.daemon.components
    assert run.daemon.components.budget.window.limit == 5000


async def test_a_slow_limit_that_is_believed_still_lets_a_delete_through_every_minute(
    calm: Running, monkeypatch: pytest.MonkeyPatch
):
    def put_headers(response: web.StreamResponse) -> None:
        response.headers.update({"X-RateLimit-Limit": "60", "X-RateLimit-Window": "3600"})

    monkeypatch.setattr(calm.box.bettune, "_put_headers", put_headers)
    assert calm.daemon.components
    budget = calm.daemon.components.budget
    for game in games_with_prices(calm)[2:]:
        calm.box.world.move(game, by=0.2)
    await calm.until(lambda: budget.window.limit == 60)
    for used in range(60):
        budget.window.add(-1000 - used, steady_now(calm.daemon.clock))
    first, second, *_ = games_with_prices(calm)
    calm.box.world.halt(first)
    calm.box.world.halt(second)
    pairs = 4  # two filters with a rule
    assert (
        await seconds_until(calm, lambda: not calm.odds(first) and not calm.odds(second), pairs * 62)
        < pairs * 62
    )
    assert not readiness(calm.daemon).ok or not fires(calm, WAITING)


@pytest.mark.parametrize("status", [400, 403, 409, 429, 503])
async def test_a_limit_with_any_status_pauses_and_quarantines_nothing(
    run: Running, monkeypatch: pytest.MonkeyPatch, status: int
):
    left = [error(status, "rate_limit_exceeded", Retry_After="2") for _ in range(3)]
    says(run, monkeypatch, lambda request: left.pop() if left and request.method == "PUT" else None)
    for game in games_with_prices(run):
        run.box.world.move(game, by=0.2)
    await run.until(lambda: not left)
    await run.agrees(within=10)


@pytest.mark.parametrize("status", [400, 404, 409, 410, 418, 422, 500, 503])
@pytest.mark.parametrize("code", ["odd", ""])
async def test_a_refused_delete_is_repeated_within_seconds(
    run: Running, monkeypatch: pytest.MonkeyPatch, status: int, code: str
):
    left = [error(status, code) for _ in range(2)]
    says(run, monkeypatch, lambda request: left.pop() if left and request.method == "DELETE" else None)
    game = games_with_prices(run)[0]
    run.box.world.halt(game)
    assert await seconds_until(run, lambda: not run.odds(game), 10) < 10
    await run.agrees(within=5)


@pytest.mark.parametrize("status", [400, 404, 409, 500, 503])
async def test_a_delete_that_is_always_refused_holds_nothing_else_up(
    calm: Running, monkeypatch: pytest.MonkeyPatch, status: int
):
    stuck, *others = games_with_prices(calm)
    assert stuck.match
    path = f"/matches/{stuck.match.id}/"
    says(
        calm,
        monkeypatch,
        lambda request: (
            error(status, "odd" if status != 404 else "")
            if request.method == "DELETE" and path in request.path
            else None
        ),
    )
    calm.box.world.halt(stuck)
    await asyncio.sleep(40)
    assert fires(calm, DELETE_REFUSED) == (status < 500)
    for game in others[:3]:
        calm.box.world.halt(game)
        assert await seconds_until(calm, lambda game=game: calm.odds(game) is None, 10) < 5 + CALM_PACE
    before = len(writes(calm))
    await asyncio.sleep(60)
    assert 1 <= len(writes(calm)) - before < 60
    monkeypatch.undo()
    await calm.agrees(within=45)


@pytest.mark.parametrize(("status", "methods"), [(400, {"DELETE"}), (403, {"DELETE", "PUT"})])
async def test_what_was_refused_for_long_is_gone_a_minute_after_it_is_accepted(
    calm: Running, monkeypatch: pytest.MonkeyPatch, status: int, methods: set[str]
):
    game = games_with_prices(calm)[0]
    says(
        calm,
        monkeypatch,
        lambda request: error(status, "odd") if request.method in methods else None,
    )
    calm.box.world.halt(game)
    await asyncio.sleep(490)
    assert calm.odds(game)
    monkeypatch.undo()
    assert await seconds_until(calm, lambda: not calm.odds(game), 60) < 45


async def test_many_refused_deletes_leave_the_budget_to_others_and_the_most_urgent_one_is_tried(
    calm: Running, monkeypatch: pytest.MonkeyPatch
):
    says(calm, monkeypatch, lambda request: error(400, "odd") if request.method == "DELETE" else None)
    for game in games_with_prices(calm):
        calm.box.world.halt(game)
    await asyncio.sleep(60)
    monkeypatch.setattr("syncd.sync.writer.spacing", lambda limit, span: timedelta(minutes=1))
    await asyncio.sleep(60)
    before = len(writes(calm))
    await asyncio.sleep(180)
    tried = Counter(path for _, path in writes(calm)[before:])
    assert tried.total() <= 180 / 10 + 180 / 60 + 1
    assert max(tried.values()) >= 180 / 60
    monkeypatch.undo()
    await calm.agrees(within=60)


def keeps(run: Running, monkeypatch: pytest.MonkeyPatch, kept: Callable[[Decimal], Decimal]) -> None:
    account = run.box.bettune.account
    put = account.put
    monkeypatch.setattr(account, "put", lambda pair, odds: put(pair, kept(odds)))


async def moves(run: Running, times: int) -> None:
    for _ in range(times):
        for game in run.box.world.open_games():
            run.box.world.move(game, by=0.07)
        await asyncio.sleep(5)


def puts_by_pair(run: Running) -> Counter[Pair]:
    return Counter(each.pair for each in run.box.bettune.account.writes if each.after is not None)


async def test_higher_odds_than_were_sent_are_accepted_and_sent_once(
    calm: Running, monkeypatch: pytest.MonkeyPatch
):
    keeps(calm, monkeypatch, lambda odds: odds.quantize(Decimal("0.1"), ROUND_UP))
    searches = len(calm.box.bettune.request_log.requests)
    calm.box.bettune.account.writes.clear()
    await moves(calm, 4)
    await asyncio.sleep(30)
    assert max(puts_by_pair(calm).values()) <= 4
    log = calm.box.bettune.request_log.requests[searches:]
    assert sum(each.path.endswith("/search") for each in log) < 10
    for game in games_with_prices(calm):
        assert (calm.odds(game) or 0) >= (calm.box.oracle().price(game, "Home") or 0)


async def test_lower_odds_than_were_sent_are_deleted_and_nobody_else_waits(
    calm: Running, monkeypatch: pytest.MonkeyPatch
):
    cap = sorted(calm.box.bettune.account.odds().values())[-3]
    keeps(calm, monkeypatch, lambda odds: min(odds, cap))
    calm.box.bettune.account.writes.clear()
    await moves(calm, 4)
    await asyncio.sleep(30)
    capped = {pair for pair, count in puts_by_pair(calm).items() if count}
    assert capped
    for game in calm.box.world.open_games():
        price = calm.box.oracle().price(game, "Home")
        assert calm.odds(game) is None or (price and calm.odds(game) >= price)  # type: ignore[operator]
    values = Counter((each.pair, each.after.odds) for each in calm.box.bettune.account.writes if each.after)
    assert values[max(values, key=values.__getitem__)] <= 2


async def test_a_search_that_shows_lower_odds_again_and_again_ends_in_a_delete(run: Running):
    game = games_with_prices(run)[0]
    assert game.match
    pair = Pair(run.filter("Pinnacle Home").id, game.match.id)
    account, components = run.box.bettune.account, run.daemon.components
    assert components
    run.box.bettune.account.writes.clear()
    for _ in range(4):
        row = account.prediction(pair)
        if row:
            account._predictions[pair] = type(row)(
                id=row.id,
                pair=pair,
                odds=row.odds - Decimal("0.2"),
                source="api",
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
        await components.read_back()
        await asyncio.sleep(3)
    assert run.odds(game) is None
    assert puts_by_pair(run)[pair] <= 2


async def test_a_blink_of_five_seconds_is_one_outage(run: Running):
    for game in run.box.world.open_games():
        run.box.world.move(game, by=0.2)
    run.box.bettune.faults.inject("reset", seconds=5)
    await run.until(lambda: len(run.box.bettune.faults.injected) >= 3)
    await asyncio.sleep(5)
    assert await seconds_until(run, lambda: not run.differences(), 8) < 8


@pytest.mark.parametrize(
    ("status", "code", "alert"), [(503, "unavailable", AWAY), (403, "pro_subscription_required", REFUSED)]
)
async def test_what_kept_writes_away_ends_though_nothing_is_left_to_write(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, status: int, code: str, alert: str
):
    def refuses_writes(request: web.Request) -> web.StreamResponse | None:
        return error(status, code) if request.method in ("PUT", "DELETE") else None

    async with running(box, sqlite_url, **READS_ARE_NOT_DUE) as run:
        await run.agrees()
        game = box.world.open_games()[0]
        rates = game.rates
        with monkeypatch.context() as patch:
            says(run, patch, refuses_writes)
            box.world.set_rates(game, GoalRates(rates.home * 1.4, rates.away * 0.7))
            await run.until(lambda: fires(run, alert))
            box.world.set_rates(game, rates)
            await asyncio.sleep(4 * CALM_PACE)
            assert not run.differences()
            await asyncio.sleep(UNUSED_FOR.total_seconds() - 60)
            assert fires(run, alert)
        written = len(writes(run))
        assert await seconds_until(run, lambda: readiness(run.daemon).ok, 150) < 150
        assert len(writes(run)) == written


async def test_a_refusal_of_reads_ends_though_nothing_is_left_to_read(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with running(box, sqlite_url, **READS_ARE_NOT_DUE) as run:
        await run.agrees()
        components = run.daemon.components
        assert components
        with monkeypatch.context() as patch:
            says(run, patch, lambda request: error(401, "") if request.path.endswith("/search") else None)
            await components.read_back()
            await run.until(lambda: fires(run, REFUSED) and components.queue.idle, within=120)
        assert not readiness(run.daemon).ok
        assert await seconds_until(run, lambda: readiness(run.daemon).ok, 200) < 200


async def test_an_outage_that_says_how_long_it_lasts_is_left_alone_and_probed_once(calm: Running):
    calm.box.bettune.faults.inject("503", seconds=20, retry_after="20", path="*/prediction")
    for game in calm.box.world.open_games():
        calm.box.world.move(game, by=0.2)
    await calm.until(lambda: bool(calm.box.bettune.faults.injected))
    await asyncio.sleep(2)
    before = len(writes(calm))
    await asyncio.sleep(15)
    assert len(writes(calm)) == before
    await calm.agrees(within=10)


@pytest.mark.parametrize("hours", [-1, -72, 24 * 365])
async def test_no_jump_of_the_clock_delays_a_delete_or_reads_again_and_again(
    calm: Running, monkeypatch: pytest.MonkeyPatch, hours: int
):
    assert calm.daemon.components
    monkeypatch.setattr(calm.daemon.components.catalogue, "_clock", LoopClock())
    offset = timedelta(hours=hours)

    class Moved(LoopClock):
        def now(self) -> datetime:
            return EPOCH + timedelta(seconds=self.monotonic()) + offset

    moved = Moved()
    components = calm.daemon.components
    for part in (components.writer, components.gateway, components.budget):
        monkeypatch.setattr(part, "_clock", moved)
    before = len(calm.box.bettune.request_log.requests)
    game = games_with_prices(calm)[0]
    calm.box.world.halt(game)
    assert await seconds_until(calm, lambda: not calm.odds(game), 10) < 5 + CALM_PACE
    await asyncio.sleep(20)
    searches = [each for each in calm.box.bettune.request_log.requests[before:] if "search" in each.path]
    assert len(searches) < 20


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 2**70),
        ("tournament", 2**70),
        ("home", 2**63),
        ("date", "9999-12-31T23:59:59-05:00"),
        ("date", "0001-01-01T00:00:00+14:00"),
        ("name", "x" * 9000),
        ("name", "\x00"),
    ],
)
async def test_an_absurd_match_costs_itself_and_no_start_after_it(
    run: Running, box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, field: str, value: object
):
    game = games_with_prices(run)[0]
    assert game.match

    def changed(item: dict[str, dict[str, object]]) -> dict[str, object]:
        if field == "name":
            return {"home": {**item["home"], "name": value}}
        return {field: {**item[field], "id": value} if field in ("tournament", "home") else value}

    async def apply(request: web.Request, respond: Respond) -> web.StreamResponse:
        response = await respond()
        if request.path.endswith("/matches") and isinstance(response, web.Response):
            document = msgspec.json.decode(response.body or b"")  # type: ignore[arg-type]
            for item in document["items"]:
                item.update(changed(item) if item["id"] == game.match.id else {})  # type: ignore[union-attr]
            return web.json_response(document)
        return response

    monkeypatch.setattr(box.bettune.faults, "apply", apply)
    await run.until(lambda: run.odds(game) is None)
    await run.stop()
    async with running(box, sqlite_url) as again:
        other = next(each for each in again.box.world.open_games() if again.odds(each))
        again.box.world.halt(other)
        await again.until(lambda: again.odds(other) is None)
