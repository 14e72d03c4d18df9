"""The database cannot be used for longer than `stale_after`: what is active is deleted from memory."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from syncd.store import commands, mode, predictions, requests, writes
from syncd.store.errors import BusyError, UnreachableError
from syncd.store.mode import Mode
from tests.end_to_end.running import PACES, Running, broken_rules, running, small_sandbox
from tests.support.virtual_time import EPOCH


@pytest.fixture
async def run(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    async with running(box, sqlite_url, safety={"stale_after": "4s"}) as run:
        await run.agrees()
        yield run


def fires(run: Running, subject: str) -> str:
    return next((each.message for each in run.daemon.alerts.firing if each.subject == subject), "")


def lock(run: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process writes, and does not end."""

    async def busy(*_: object) -> None:
        raise BusyError("another process has locked the database")

    monkeypatch.setattr(run.daemon.store, "_check_fence", busy)
    monkeypatch.setattr(run.daemon.store._rows, "commit", busy)


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is gone: nothing can be read either."""

    def unreachable(*_: object) -> None:
        raise UnreachableError("the server does not respond")

    monkeypatch.setattr("syncd.store.engine.connect", unreachable)
    monkeypatch.setattr("syncd.store.drivers.RowConnection.commit", unreachable)


@pytest.mark.parametrize("problem", ["locked", "away"])
async def test_everything_is_withdrawn_and_comes_back_with_the_store(run, monkeypatch, problem):
    active = len(run.box.bettune.account.predictions())
    lock(run, monkeypatch) if problem == "locked" else take_away(monkeypatch)
    await asyncio.sleep(3)
    assert len(run.box.bettune.account.predictions()) == active
    await run.until(lambda: bool(fires(run, WITHDRAW_ONLY)), within=5)
    await run.until(lambda: not run.box.bettune.account.predictions(), within=3)
    assert f"withdrawn: all {active} predictions" in fires(run, WITHDRAW_ONLY)
    for game in run.box.world.open_games():
        run.box.world.move(game, by=0.2)
    await asyncio.sleep(5)
    monkeypatch.undo()
    await run.agrees(within=5)
    assert not fires(run, WITHDRAW_ONLY)
    assert run.box.bettune.account.predictions()
    assert broken_rules(run.box) == []
    async with run.daemon.store.read() as conn:
        causes = [each.change.cause for each in await writes.load_recent(conn, 500)]
        assert not any(each.respected for each in (await predictions.load_all(conn)).values())
    assert causes.count("not_working") == active


@pytest.mark.parametrize(("guard_after", "is_left"), [("10s", True), ("10m", False)])
async def test_a_guard_that_may_have_begun_meanwhile_has_a_window_to_itself(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, guard_after: str, is_left: bool
):
    bettune = {"requests": 5000, "window": 30.0}
    sections = {
        "bettune": {"limit": {"requests": 5000, "window": "30s"}},
        "safety": {"stale_after": "5s"},
        "guard": {"after": guard_after},
    }
    async with small_sandbox(bettune=bettune) as box, running(box, sqlite_url, **sections) as run:
        await run.agrees()
        lock(run, monkeypatch)
        await asyncio.sleep(20)
        assert not box.bettune.account.predictions()
        monkeypatch.undo()
        since = len(box.bettune.request_log.requests)
        ended_s = box.bettune.request_log.clock.monotonic()
        await run.agrees(within=60)
        first = next(each for each in box.bettune.request_log.requests[since:] if each.method == "PUT")
        assert (first.seconds - ended_s >= 30) == is_left


async def test_it_counts_from_the_last_response_that_confirmed_the_prices(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    """And not from when the outage was noticed, which may be a whole pace later."""
    pace = dict.fromkeys(PACES, "8s") | {"resnapshot": "1m"}
    async with running(box, sqlite_url, pinnacle={"pace": pace}, safety={"stale_after": "12s"}) as run:
        await run.agrees()
        (components, clock) = (run.daemon.components, run.daemon.clock)
        assert components

        def confirmed_s_ago() -> float:
            ok_at = [each.ok_at for each in components.feeds.states if each.kind in ("fixtures", "odds")]
            return (clock.now() - min(at for at in ok_at if at)).total_seconds()

        await run.until(lambda: confirmed_s_ago() < 1)
        await run.until(lambda: 6 < confirmed_s_ago() < 7)
        assert run.box.bettune.account.predictions()
        lock(run, monkeypatch)
        await run.until(lambda: bool(fires(run, WITHDRAW_ONLY)), within=15)
        assert 12 <= confirmed_s_ago() < 14
        await run.until(lambda: not run.box.bettune.account.predictions(), within=3)
        monkeypatch.undo()
        await run.agrees(within=20)


async def test_a_short_outage_withdraws_nothing(run, monkeypatch):
    active = run.box.bettune.account.odds()
    lock(run, monkeypatch)
    await asyncio.sleep(3)
    monkeypatch.undo()
    await asyncio.sleep(5)
    assert run.box.bettune.account.odds().keys() == active.keys()
    assert not fires(run, WITHDRAW_ONLY)


async def test_a_restart_after_it_keeps_the_limit_and_takes_nothing_for_a_deletion_by_hand(
    sqlite_url, monkeypatch
):
    limit = {"limit": {"requests": 25, "window": "6s"}, "filters_every": "1m", "matches_every": "1m"}
    options = {"bettune": limit, "safety": {"stale_after": "2s"}}
    async with (
        small_sandbox(bettune={"requests": 25, "window": 6.0}) as box,
        running(box, sqlite_url, **options) as run,
    ):
        await run.agrees(60)
        active = len(box.bettune.account.predictions())
        await asyncio.sleep(6)
        take_away(monkeypatch)
        await run.until(lambda: not box.bettune.account.predictions(), within=60)
        # It dies with the database still away, so that nothing of it is recorded.
        run.task.cancel()
        await asyncio.wait({run.task})
        run.task = asyncio.create_task(asyncio.sleep(0))
        monkeypatch.undo()
        async with running(box, sqlite_url, **options) as again:
            await again.agrees(60)
            assert len(box.bettune.account.predictions()) == active
        assert box.bettune.request_log.violations == []


async def test_a_withdrawal_with_the_database_is_charged_there(run, monkeypatch):
    active = len(run.box.bettune.account.predictions())
    async with run.daemon.store.read() as conn:
        before = len(await requests.load_counted(conn, EPOCH))
    reason = "the task «planner» ends again and again"
    monkeypatch.setattr(run.daemon.withdraw_only, "_why", lambda: reason)
    await run.until(lambda: not run.box.bettune.account.predictions(), within=20)
    async with run.daemon.store.read() as conn:
        assert len(await requests.load_counted(conn, EPOCH)) >= before + active


async def test_what_a_user_made_by_hand_stays(run, monkeypatch):
    game = run.game
    assert game.match
    by_hand = Pair(run.filter("By hand").id, game.match.id)
    theirs = Pair(run.filter("Pinnacle Home").id, game.match.id)
    run.box.bettune.account.ui_set(by_hand, run.odds(game))
    run.box.bettune.account.ui_set(theirs, run.odds(game))
    async with run.daemon.store.write() as conn:
        await commands.request(conn, "resync", run.daemon.clock.now())
    await run.until(lambda: run.daemon.components.actual[theirs].owner == "theirs")
    lock(run, monkeypatch)
    await run.until(lambda: run.box.bettune.account.odds().keys() <= {by_hand, theirs}, within=10)
    await asyncio.sleep(2)
    assert run.box.bettune.account.odds().keys() == {by_hand, theirs}


async def test_nothing_is_written_while_a_user_has_paused(run, monkeypatch):
    async with run.daemon.store.write() as conn:
        await mode.save(conn, Mode.PAUSED, run.daemon.clock.now())
    await run.until(lambda: run.daemon.components.mode.paused)
    active = run.box.bettune.account.odds()
    lock(run, monkeypatch)
    await run.until(lambda: "paused" in fires(run, WITHDRAW_ONLY), within=10)
    await asyncio.sleep(3)
    assert run.box.bettune.account.odds() == active


async def test_its_progress_is_said_as_it_is(box: Sandbox, sqlite_url: str, monkeypatch):
    async with running(box, sqlite_url, safety={"stale_after": "4s"}) as run:
        await run.agrees()
        active = len(box.bettune.account.predictions())
        box.bettune.faults.inject("500", method="DELETE", times=6)
        lock(run, monkeypatch)
        await run.until(lambda: bool(fires(run, WITHDRAW_ONLY)), within=10)
        said = set()

        def withdrawn() -> bool:
            left = len(box.bettune.account.predictions())
            text = fires(run, WITHDRAW_ONLY)
            said.add(text)
            assert left == 0 or "all" not in text
            return left == 0

        await run.until(withdrawn, within=120)
        assert any(f"of {active} predictions" in text for text in said)
        monkeypatch.undo()
        await run.agrees()


async def test_the_alert_of_a_stale_feed_counts_what_is_withdrawn(run):
    active = len(run.box.bettune.account.predictions())
    run.box.bettune.faults.inject("500", method="DELETE", times=3)
    run.box.pinnacle.faults.inject("500", seconds=60)
    said = set()

    def withdrawn() -> bool:
        text = fires(run, "pinnacle.stale")
        said.add(text)
        left = len(run.box.bettune.account.predictions())
        assert left == 0 or "all" not in text
        return left == 0

    await run.until(withdrawn, within=50)
    assert any("is being withdrawn" in text and f"of {active} predictions" in text for text in said)
    text = f"withdrawn: all {active} predictions"
    await run.until(lambda: text in fires(run, "pinnacle.stale"), within=5)
