"""The guard beside a daemon that is ready, dead, hung or not ready, against the simulated BetTune."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from syncd.app.withdrawal_note import leave_note
from syncd.guard.daemon_probe import DaemonProbe
from syncd.guard.process import DAEMON, OTHER_WRITER, WITHDRAWAL, GuardProcess
from syncd.runtime.alerts import Alerts
from syncd.simulator.bettune_account import ReceivedWrite
from syncd.simulator.request_log import ReceivedRequest
from syncd.simulator.sandbox import Sandbox
from syncd.sync.vanished import MIN_TOGETHER
from tests.end_to_end.running import CALM, running, settings_for, small_sandbox
from tests.end_to_end.test_withdrawal import fill, ours
from tests.support.virtual_time import LoopClock

AFTER_S = 60
READY = {"ok": True, "state": "working", "reasons": [], "lease_holder": "pid 1 on alpha"}
UNREADY = READY | {"ok": False, "reasons": ["sport 29: no good response from Pinnacle since 11:58"]}


class FakeDaemon:
    """Serves `/readyz` with the report that a test sets; None hangs."""

    def __init__(self) -> None:
        self.report: dict[str, object] | None = READY
        self.url = ""

    async def readyz(self, _: web.Request) -> web.Response:
        if self.report is None:
            await asyncio.sleep(3600)
        return web.json_response(self.report, status=200 if self.report["ok"] else 503)


@asynccontextmanager
async def fake_daemon() -> AsyncIterator[FakeDaemon]:
    daemon, app = FakeDaemon(), web.Application()
    app.router.add_get("/readyz", daemon.readyz)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    daemon.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield daemon
    finally:
        await runner.cleanup()


class Guarded:
    """A guard at work beside a daemon."""

    def __init__(self, box: Sandbox, daemon: FakeDaemon, process: GuardProcess, alerts: Alerts) -> None:
        self.box = box
        self.daemon = daemon
        self.process = process
        self.alerts = alerts

    @property
    def subjects(self) -> set[str]:
        return {alert.subject for alert in self.alerts.firing}

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What BetTune has received."""
        return self.box.bettune.request_log.requests

    @property
    def deletes(self) -> int:
        return sum(each.method == "DELETE" for each in self.requests)


@asynccontextmanager
async def guarded(*, lease_holder: str = "", url: str = "", **bettune: object) -> AsyncIterator[Guarded]:
    clock = LoopClock()

    async def look() -> str:
        return lease_holder

    options = {"requests": 5000, "window": 1.0} | bettune
    async with small_sandbox(bettune=options) as box, fake_daemon() as daemon:
        fill(box)
        guard = {"url": url or daemon.url, "after": f"{AFTER_S}s"}
        settings = settings_for(box, "sqlite:///unused.db", guard=guard)
        alerts = Alerts(clock)
        async with DaemonProbe(settings.guard.url, clock) as probe:
            process = GuardProcess(settings, clock, alerts, probe, lease_holder=look)
            task = asyncio.create_task(process.run())
            # Predictions that were changed a moment ago are another writer's: let them grow old.
            await asyncio.sleep(AFTER_S)
            try:
                yield Guarded(box, daemon, process, alerts)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


async def test_a_daemon_that_is_ready_is_left_alone():
    async with guarded() as guard:
        await asyncio.sleep(3600)
        assert guard.deletes == 0
        assert guard.subjects == set()


@pytest.mark.parametrize("report", [UNREADY, None, {"ok": False}], ids=["not ready", "hung", "not syncd's"])
async def test_after_a_while_predictions_are_withdrawn(report: dict[str, object] | None):
    async with guarded() as guard:
        guard.daemon.report = report
        await asyncio.sleep(AFTER_S - 10)
        assert guard.deletes == 0
        await asyncio.sleep(40)
        assert ours(guard.box) == set()
        assert guard.subjects == {DAEMON}


@pytest.mark.parametrize("said", [{"state": "only withdrawing"}, {"withdraws": True}], ids=str)
async def test_a_daemon_that_withdraws_by_itself_has_as_long_again(said: dict[str, object]):
    async with guarded() as guard:
        guard.daemon.report = UNREADY
        await asyncio.sleep(AFTER_S)
        guard.daemon.report = UNREADY | said
        await asyncio.sleep(AFTER_S)
        assert guard.deletes == 0
        await asyncio.sleep(40)
        assert ours(guard.box) == set()


async def test_what_the_guard_withdrew_while_nobody_worked_is_made_again(sqlite_url: str):
    guard = {"after": f"{AFTER_S}s"}
    async with small_sandbox() as box:
        async with running(box, sqlite_url, guard=guard) as run:
            await run.agrees()
        for pair in ours(box):
            box.bettune.account.delete(pair)
        await asyncio.sleep(AFTER_S)
        async with running(box, sqlite_url, guard=guard) as run:
            await run.agrees()
            assert ours(box)


@pytest.mark.parametrize(("away_s", "is_left"), [(AFTER_S, True), (AFTER_S / 4, False)])
async def test_a_daemon_that_starts_while_a_guard_may_work_leaves_it_a_window(
    sqlite_url: str, away_s: float, is_left: bool
):
    limit = {"requests": 5000, "window": "30s"}
    sections = {"guard": {"after": f"{AFTER_S}s"}, "bettune": {"limit": limit}}
    async with small_sandbox(bettune=limit | {"window": 30.0}) as box:
        async with running(box, sqlite_url, **sections) as run:
            await run.agrees()
        for pair in sorted(ours(box))[:MIN_TOGETHER]:
            box.bettune.account.delete(pair)
        await asyncio.sleep(away_s)
        for game in box.world.open_games():
            box.world.move(game, by=-0.2)
        since, started = len(box.bettune.account.writes), asyncio.get_running_loop().time()
        async with running(box, sqlite_url, **sections) as run:
            await run.until(lambda: any(lowers(each) for each in box.bettune.account.writes[since:]))
            assert (asyncio.get_running_loop().time() - started >= 30) == is_left


def lowers(write: ReceivedWrite) -> bool:
    """Whether this write created or lowered a prediction."""
    return write.after is not None and (write.before is None or write.after.odds < write.before.odds)


async def test_what_was_withdrawn_by_command_during_a_short_absence_is_made_again(sqlite_url: str):
    async with small_sandbox() as box:
        async with running(box, sqlite_url) as run:
            await run.agrees()
        for pair in ours(box):
            box.bettune.account.delete(pair)
        assert await leave_note(sqlite_url, LoopClock())
        async with running(box, sqlite_url) as run:
            await run.agrees()
            assert ours(box)
            deleted = min(ours(box))
        box.bettune.account.ui_delete(deleted)
        async with running(box, sqlite_url) as run:  # the note counts once
            await run.until(lambda: set(run.differences()) == {deleted})


async def test_what_was_taken_for_deleted_by_hand_is_made_again_if_a_note_says_otherwise(sqlite_url: str):
    """It has read twice meanwhile, and respects what it found."""
    async with small_sandbox() as box, running(box, sqlite_url, **CALM) as run:
        await run.agrees()
        began = run.daemon.clock.now()
        withdrawn, components = sorted(ours(box))[: MIN_TOGETHER - 1], run.daemon.components
        assert components
        for pair in withdrawn:
            box.bettune.account.delete(pair)
        for _ in range(6):
            await components.read_back()
            await asyncio.sleep(5)
        assert all(components.actual[pair].respected for pair in withdrawn)
        assert not ours(box) & set(withdrawn)
        assert await leave_note(sqlite_url, LoopClock(), began=began)
        await run.agrees()
        assert ours(box)
        deleted = min(ours(box))
        box.bettune.account.ui_delete(deleted)
        for _ in range(6):
            await components.read_back()
            await asyncio.sleep(5)
        assert components.actual[deleted].respected  # the note counts once


async def test_what_a_guard_withdrew_beside_a_daemon_that_works_is_made_again(sqlite_url: str):
    sections = CALM | {"bettune": CALM["bettune"] | {"resync_every": "20s"}}
    async with small_sandbox() as box, running(box, sqlite_url, **sections) as run:
        await run.agrees()
        for pair in ours(box):
            box.bettune.account.delete(pair)
        await asyncio.sleep(60)
        await run.agrees()
        assert ours(box)


async def test_what_is_to_be_made_again_is_so_though_a_delete_of_it_is_on_its_way(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    sections = CALM | {"bettune": CALM["bettune"] | {"resync_every": "20s", "timeout": "60s"}}
    async with small_sandbox() as box, running(box, sqlite_url, **sections) as run:
        await run.agrees()
        apply, goes_on, waiting = box.bettune.faults.apply, asyncio.Event(), []

        async def hold_deletes(
            request: web.Request, respond: Callable[[], Awaitable[web.Response]]
        ) -> web.StreamResponse:
            if request.method == "DELETE":
                waiting.append(request.path)
                await goes_on.wait()
            return await apply(request, respond)

        monkeypatch.setattr(box.bettune.faults, "apply", hold_deletes)
        first, *others = sorted(ours(box))
        box.bettune.account.delete(first)
        await run.until(lambda: bool(waiting))
        for pair in others:
            box.bettune.account.delete(pair)
        components = run.daemon.components
        assert components
        await run.until(lambda: not components.actual[first].respected)
        goes_on.set()
        await run.agrees()
        assert first in ours(box)


async def test_a_note_of_a_withdrawal_creates_no_database(tmp_path: Path):
    assert not await leave_note(f"sqlite:///{tmp_path}/none.db", LoopClock())
    assert list(tmp_path.iterdir()) == []


async def test_what_a_user_deleted_during_a_short_absence_stays_deleted(sqlite_url: str):
    async with small_sandbox() as box:
        async with running(box, sqlite_url, **CALM) as run:
            await run.agrees()
            deleted = min(ours(box))
        box.bettune.account.ui_delete(deleted)
        await asyncio.sleep(60)
        async with running(box, sqlite_url, **CALM) as run:
            await run.until(lambda: set(run.differences()) == {deleted})
            await asyncio.sleep(60)
            assert set(run.differences()) == {deleted}


async def test_a_daemon_that_cannot_be_reached_counts_as_dead():
    async with guarded(url="http://127.0.0.1:9") as guard:
        await asyncio.sleep(AFTER_S)
        assert ours(guard.box) == set()


async def test_a_daemon_that_turns_the_guard_away_is_what_it_was():
    full = {"ok": False, "state": "full", "reasons": []}
    async with guarded() as guard:
        guard.daemon.report = full
        await asyncio.sleep(3600)
        assert guard.deletes == 0
        guard.daemon.report = UNREADY
        await asyncio.sleep(10)
        guard.daemon.report = full
        await asyncio.sleep(AFTER_S + 30)
        assert ours(guard.box) == set()


async def test_the_alert_says_for_how_long_and_why():
    async with guarded() as guard:
        guard.daemon.report = UNREADY
        await asyncio.sleep(AFTER_S + 30)
        (alert,) = [each for each in guard.alerts.firing if each.subject == DAEMON]
        assert alert.message.startswith("not ready for 1m15s: sport 29: no good response")


async def test_a_short_absence_is_no_failure():
    async with guarded() as guard:
        for _ in range(20):
            guard.daemon.report = UNREADY
            await asyncio.sleep(AFTER_S / 2)
            guard.daemon.report = READY
            await asyncio.sleep(10)
        assert guard.deletes == 0


async def test_it_stands_back_in_the_middle_when_the_daemon_is_ready_again():
    async with guarded(requests=6, window=20.0) as guard:
        guard.daemon.report = UNREADY
        while guard.deletes < 3:
            await asyncio.sleep(1)
        guard.daemon.report = READY
        await asyncio.sleep(6)
        before = guard.deletes
        await asyncio.sleep(600)
        assert guard.deletes == before
        assert ours(guard.box)
        assert guard.subjects == set()


async def test_a_daemon_that_stands_by_shows_that_another_works():
    async with guarded() as guard:
        guard.daemon.report = UNREADY | {"state": "standing by"}
        await asyncio.sleep(3600)
        assert guard.deletes == 0


async def test_it_never_fights_another_process_that_has_the_lease():
    async with guarded(lease_holder="pid 2 on beta") as guard:
        guard.daemon.report = UNREADY
        await asyncio.sleep(3600)
        assert guard.deletes == 0
        assert guard.subjects == {DAEMON, OTHER_WRITER}


async def test_a_hung_daemon_that_still_has_the_lease_is_no_other_process():
    async with guarded(lease_holder="pid 1 on alpha") as guard:
        await asyncio.sleep(10)
        guard.daemon.report = None
        await asyncio.sleep(AFTER_S + 30)
        assert ours(guard.box) == set()


async def test_it_never_fights_another_process_that_writes():
    async with guarded() as guard:
        guard.daemon.report = UNREADY
        pair = next(iter(ours(guard.box)))
        odds = guard.box.bettune.account.odds()[pair]
        for step in range(60):
            guard.box.bettune.account.put(pair, odds + step)
            await asyncio.sleep(20)
        assert pair in ours(guard.box)
        assert OTHER_WRITER in guard.subjects


async def test_predictions_that_return_after_the_withdrawal_are_anothers():
    async with guarded() as guard:
        guard.daemon.report = UNREADY
        await asyncio.sleep(AFTER_S + 30)
        assert ours(guard.box) == set()
        fill(guard.box)
        await asyncio.sleep(AFTER_S / 3)
        assert ours(guard.box)


async def test_an_absent_bettune_is_waited_for_and_reported():
    async with guarded() as guard:
        guard.daemon.report = UNREADY
        guard.box.bettune.faults.inject("500", seconds=1200)
        await asyncio.sleep(600)
        assert {DAEMON, WITHDRAWAL} <= guard.subjects
        await asyncio.sleep(900)
        assert ours(guard.box) == set()
        assert guard.subjects == {DAEMON}


@pytest.mark.parametrize(
    "fault",
    [{"kind": "500"}, {"kind": "403", "path": "*/search"}, {"kind": "403", "method": "DELETE"}],
    ids=["away", "refuses searches", "refuses deletes"],
)
@pytest.mark.parametrize("ends_after_s", range(600, 660, 10))
async def test_a_daemon_that_lacks_bettune_may_come_back_first(fault: dict[str, str], ends_after_s: float):
    async with guarded() as guard:
        guard.daemon.report = UNREADY | {"lacks_bettune": True}
        guard.box.bettune.faults.inject(seconds=1200, **fault)
        await asyncio.sleep(ends_after_s)
        guard.box.bettune.faults.clear()
        before = guard.deletes
        await asyncio.sleep(45)
        guard.daemon.report = READY
        await asyncio.sleep(600)
        assert guard.deletes - before <= 1


@pytest.mark.parametrize("ends_after_s", range(600, 660, 7))
async def test_after_an_outage_a_daemon_that_lacks_bettune_has_the_limit_for_a_minute(ends_after_s: float):
    """One request shows the guard that BetTune is back: lists and searches are more than is left to it."""
    async with guarded() as guard:
        guard.daemon.report = UNREADY | {"lacks_bettune": True}
        guard.box.bettune.faults.inject("500", seconds=1200)
        await asyncio.sleep(ends_after_s)
        guard.box.bettune.faults.clear()
        before = len(guard.requests)
        await asyncio.sleep(45)
        assert len(guard.requests) - before <= 1


@pytest.mark.parametrize("later_s", range(5))
async def test_a_daemon_that_is_back_is_seen_within_two_seconds(later_s: float):
    async with guarded(requests=2, window=1.0) as guard:
        guard.daemon.report = UNREADY
        while not guard.deletes:
            await asyncio.sleep(1)
        await asyncio.sleep(later_s)
        guard.daemon.report = READY
        await asyncio.sleep(2)
        before = len(guard.requests)
        await asyncio.sleep(600)
        assert len(guard.requests) == before
        assert ours(guard.box)


async def test_a_daemon_that_lacks_bettune_for_ever_is_withdrawn_for():
    async with guarded() as guard:
        guard.daemon.report = UNREADY | {"lacks_bettune": True}
        await asyncio.sleep(AFTER_S + 240)
        assert ours(guard.box) == set()


async def test_the_limit_is_kept_over_all_tries():
    async with guarded(requests=20, window=10.0) as guard:
        guard.daemon.report = UNREADY
        await asyncio.sleep(900)
        assert ours(guard.box) == set()
        assert [each for each in guard.box.bettune.request_log.violations if "429" in str(each)] == []
