"""What a hostile network, a restart and a user do to it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.bettune.errors import ForbiddenError
from syncd.bettune.gateway import Area
from syncd.linking import decisions
from syncd.model.bettune import Pair
from syncd.model.link import LinkState
from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox
from syncd.store import commands, links, mode, predictions
from syncd.store.errors import BusyError
from syncd.store.mode import Mode
from tests.end_to_end.running import (
    CALM,
    PACE,
    Running,
    asking_every,
    broken_rules,
    running,
    small_sandbox,
)


def moved(run: Running) -> None:
    """Every price of the game moves by far more than a rounding."""
    before = run.box.oracle().price(run.game, "Home")
    while run.box.oracle().price(run.game, "Home") == before:
        run.box.world.move(run.game, by=0.1)


@pytest.mark.parametrize("kind", ["lost", "reset", "500", "503", "hang", "garbled", "html", "cut"])
async def test_a_write_whose_answer_goes_wrong_is_made_good(run: Running, kind: str):
    run.box.bettune.faults.inject(kind, method="PUT", times=2, hang_for=4.0)
    moved(run)
    await run.agrees()
    assert broken_rules(run.box) == []


@pytest.mark.parametrize("kind", ["500", "html", "garbled", "cut", "broken_gzip", "american", "301", "empty"])
async def test_a_wrong_answer_of_pinnacle_changes_nothing_and_passes(run: Running, kind: str):
    before = run.box.bettune.account.odds()
    run.box.pinnacle.faults.inject(kind, path="*/odds", times=3)
    run.box.pinnacle.faults.inject(kind, path="*/fixtures", times=3)
    await run.until(lambda: len(run.box.pinnacle.faults.injected) >= 6)
    assert run.box.bettune.account.odds() == before
    moved(run)
    await run.agrees()


@pytest.mark.parametrize("status", ["429", "503"])
@pytest.mark.parametrize("wait", ["86400", "Fri, 31 Dec 2100 23:59:59 GMT", "99999999999999999999", "901"])
async def test_a_wait_of_pinnacles_that_cannot_be_meant_costs_a_pace(run: Running, status: str, wait: str):
    run.box.pinnacle.faults.inject(status, times=1, path="*/odds", retry_after=wait)
    await run.until(lambda: bool(run.box.pinnacle.faults.injected))
    run.box.world.move(run.game, by=0.1)
    await run.agrees(within=2)


async def test_429_of_bettune_stops_everything_until_retry_after(run: Running):
    run.box.bettune.faults.inject("429", times=1, retry_after="4")
    moved(run)
    await run.until(lambda: bool(run.box.bettune.faults.injected))
    await asyncio.sleep(2 * PACE)  # for what was on its way already
    calls = len(run.box.bettune.request_log.requests)
    await asyncio.sleep(3)
    assert len(run.box.bettune.request_log.requests) == calls
    await run.agrees()


async def test_a_refused_token_stops_writing_until_it_is_taken_again(run: Running, monkeypatch):
    monkeypatch.setattr("syncd.runtime.gate.FIRST_PAUSE", timedelta(seconds=2))
    run.box.bettune.faults.inject("401", path="*/prediction", seconds=3.2)
    moved(run)
    await run.until(lambda: _troubled(run, "bettune.refused"))
    await run.agrees()
    assert not _troubled(run, "bettune.refused")
    refused = [each for each in run.box.bettune.request_log.requests if each.method == "PUT"]
    assert len(refused) < 30


async def test_a_feed_that_goes_stale_withdraws_everything_and_comes_back(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url, safety={"stale_after": "3s"}) as run:
        await run.agrees()
        box.pinnacle.faults.inject("500", seconds=6)
        await run.until(lambda: not box.bettune.account.predictions())
        await run.agrees()
        assert box.bettune.account.predictions()


async def test_a_halved_snapshot_is_doubted(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        before = box.bettune.account.odds()
        box.pinnacle.faults.inject("halved", path="*/fixtures", times=1)
        assert run.daemon.components
        run.daemon.components.signals.invalidate(snapshots=True)
        await run.until(lambda: bool(box.pinnacle.faults.injected))
        await asyncio.sleep(6 * PACE)
        assert box.bettune.account.odds().keys() >= before.keys()
        await run.agrees()


async def test_a_restart_writes_nothing_that_stands_already(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url) as run:
        await run.agrees()
    box.bettune.account.writes.clear()
    async with running(box, sqlite_url) as run:
        await run.until(
            lambda: bool(run.daemon.components and run.daemon.components.planner.planned_once.is_set())
        )
        await run.until(lambda: bool(run.daemon.components and run.daemon.components.idle))
        assert box.bettune.account.writes == []
        assert broken_rules(box) == []


async def test_an_empty_database_adopts_what_stands_and_removes_what_should_not(sqlite_url: str):
    async with small_sandbox(extent=Extent(leagues=3, rounds=1)) as box:
        found = next(each for each in box.bettune.account.filters if each.name == "Pinnacle Home")
        unlinked = next(g.match for g in box.world.games if g.match and g.main is None)
        box.bettune.account.put(Pair(found.id, unlinked.id), Decimal("3.3"))
        async with running(box, sqlite_url) as run:
            await run.agrees()
        assert Pair(found.id, unlinked.id) not in box.bettune.account.odds()


async def test_what_a_user_did_while_nothing_ran_is_respected(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        game = run.game
    assert game.match
    edited = Pair(run.filter("Pinnacle Home").id, game.match.id)
    deleted = Pair(run.filter("Pinnacle Over 2.5").id, game.match.id)
    box.bettune.account.ui_set(edited, Decimal("9.9"))
    box.bettune.account.ui_delete(deleted)
    box.world.move(game, by=0.3)
    async with running(box, sqlite_url) as run:
        await run.until(
            lambda: bool(run.daemon.components and run.daemon.components.planner.planned_once.is_set())
        )
        await run.until(lambda: bool(run.daemon.components and run.daemon.components.idle))
        await run.until(lambda: run.differences().keys() <= {deleted})
        assert box.bettune.account.odds()[edited] == Decimal("9.9")
        assert deleted not in box.bettune.account.odds()


async def test_an_edit_by_hand_makes_it_theirs(run: Running):
    assert run.game.match
    game, pair = run.game, Pair(run.filter("Pinnacle Home").id, run.game.match.id)
    run.box.bettune.account.ui_set(pair, Decimal("9.9"))
    await _order(run, "resync")
    await run.until(
        lambda: bool(run.daemon.components) and run.daemon.components.actual[pair].owner == "theirs"
    )
    run.box.world.move(game, by=0.3)
    await run.agrees()
    assert run.box.bettune.account.odds()[pair] == Decimal("9.9")


@pytest.mark.parametrize("manual_delete", ["respect", "restore"])
async def test_a_deletion_by_hand_is_respected_or_restored(box: Sandbox, sqlite_url: str, manual_delete: str):
    async with running(box, sqlite_url, safety={"manual_delete": manual_delete}) as run:
        await run.agrees()
        assert run.game.match
        pair = Pair(run.filter("Pinnacle Home").id, run.game.match.id)
        run.box.bettune.account.ui_delete(pair)
        await _order(run, "resync")
        await run.until(
            lambda: (
                bool(run.daemon.components)
                and (run.daemon.components.actual[pair].respected or pair in box.bettune.account.odds())
            )
        )
        assert (pair in box.bettune.account.odds()) == (manual_delete == "restore")


async def test_pause_withdraw_and_resume_are_applied(run: Running):
    await _set_mode(run, Mode.PAUSED)
    await run.until(lambda: bool(run.daemon.components and run.daemon.components.mode.paused))
    writes = len(run.box.bettune.account.writes)
    moved(run)
    await asyncio.sleep(6 * PACE)
    assert len(run.box.bettune.account.writes) == writes
    await _set_mode(run, Mode.WITHDRAWN)
    await run.until(lambda: not run.box.bettune.account.predictions())
    await _set_mode(run, Mode.RUNNING)
    await run.agrees()


async def test_on_stop_withdraw_takes_everything_back(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url, safety={"on_stop": "withdraw"}) as run:
        await run.agrees()
        await run.stop()
        assert not box.bettune.account.predictions()


def _troubled(run: Running, subject: str) -> bool:
    return any(each.subject == subject for each in run.daemon.alerts.firing)


async def _order(run: Running, verb: str) -> None:
    async with run.daemon.store.write() as conn:
        await commands.request(conn, verb, run.daemon.clock.now())


async def _set_mode(run: Running, wanted: Mode) -> None:
    async with run.daemon.store.write() as conn:
        await mode.save(conn, wanted, run.daemon.clock.now())


async def test_a_crash_between_sending_and_noting_is_read_back_at_the_next_start(
    box: Sandbox, sqlite_url: str
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        assert run.daemon.components
        box.bettune.faults.inject("hang", method="PUT", times=2, hang_for=0.8)
        moved(run)
        await run.until(lambda: bool(box.bettune.faults.injected))
        async with run.daemon.store.read() as conn:
            foreseen = await predictions.load_all(conn)
        assert any(each.in_doubt for each in foreseen.values())
        assert not any(each.in_doubt for each in run.daemon.components.actual.values())
        await run.agrees()


async def test_a_search_that_is_too_long_for_bettune_is_asked_in_parts(sqlite_url: str):
    options = {"requests": 5000, "window": 1.0, "max_searched": 3}
    async with small_sandbox(bettune=options) as box, running(box, sqlite_url) as run:
        await run.agrees()
        assert run.daemon.components
        assert run.daemon.components.queue.reads.chunk_size <= 3


async def test_a_closed_gate_for_reads_delays_no_delete(run: Running):
    game = run.game
    run.box.bettune.faults.inject("403", path="*/search", seconds=120)
    run.box.bettune.faults.inject("lost", method="PUT", times=1)
    moved(run)
    await run.until(lambda: _troubled(run, "bettune.refused"))
    other = next(each for each in run.box.world.open_games() if each is not game and run.odds(each))
    run.box.world.halt(other)
    await run.until(lambda: run.odds(other) is None)


async def test_lists_that_were_refused_while_none_was_due_are_soon_tried_again(sqlite_url: str):
    sections = CALM | {"bettune": {"filters_every": "2h", "matches_every": "2h"}}
    async with small_sandbox() as box, running(box, sqlite_url, **sections) as run:
        await run.agrees()
        components = run.daemon.components
        assert components
        box.bettune.faults.inject("403", path="*/matches", seconds=7200)
        with pytest.raises(ForbiddenError):
            # As when a day is read for evidence.
            await components.gateway.call(
                Area.CATALOGUE, lambda: components.gateway.client.matches(run.daemon.clock.now().date())
            )
        assert _troubled(run, "bettune.refused")
        await asyncio.sleep(90)
        assert not _troubled(run, "bettune.refused")


async def test_a_users_link_outlives_its_event(run: Running):
    game, store = run.game, run.daemon.store
    assert game.main
    assert game.match
    await decisions.link(store, game.main.id, game.match.id)
    run.box.world.delete(game)
    await run.until(lambda: run.odds(game) is None)
    async with store.read() as conn:
        link = (await links.load_for_events(conn, [game.main.id]))[game.main.id]
    assert link.state is LinkState.CONFIRMED


async def test_a_feed_goes_on_after_the_store_was_busy_for_a_moment(run: Running, monkeypatch):
    assert run.daemon.components
    feed = next(each.feed for each in run.daemon.components.pollers if each.feed.kind == "odds")
    poll, failures = feed.poll, [BusyError("another process writes")]

    async def sometimes_busy():
        if failures:
            raise failures.pop()
        return await poll()

    monkeypatch.setattr("syncd.app.polling.POLL_AT_LATEST_AFTER_S", 0.2)
    monkeypatch.setattr(feed, "poll", sometimes_busy)
    await run.until(lambda: not failures)
    moved(run)
    await run.agrees()


@pytest.mark.parametrize("status", ["ALL_BETTING_CLOSED", "ALL_LIVE_BETTING_CLOSED"])
async def test_while_pinnacle_has_closed_betting_nothing_is_active(
    box: Sandbox, sqlite_url: str, status: str
):
    sections = asking_every(1)
    sections["pinnacle"]["pace"]["betting_status"] = "1s"
    async with running(box, sqlite_url, **sections) as run:
        await run.agrees()
        box.pinnacle.betting_status = status
        await run.until(lambda: not box.bettune.account.predictions(), within=5)
        await asyncio.sleep(30)
        assert not box.bettune.account.predictions()
        box.pinnacle.betting_status = "ALL_BETTING_ENABLED"
        await run.agrees(within=5)
        assert box.bettune.account.predictions()
