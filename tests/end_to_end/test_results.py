"""Links are proven by the results of their games, from the settlement to the alert, over HTTP and SQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest

from syncd.app import commands, daemon, polling, tasks
from syncd.linking import decisions
from syncd.matching import results
from syncd.matching.results import VerdictKind
from syncd.simulator.endings import FinalScore, Goals, draw_score
from syncd.simulator.fixture_list import Extent
from syncd.simulator.game import GamePhase, SimulatedGame
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.sandbox import Sandbox
from syncd.store import links, verifications
from syncd.store.engine import Store
from tests.end_to_end.running import PACES, Running, broken_rules, running, small_sandbox
from tests.support.virtual_time import LoopClock

SECOND = timedelta(seconds=1)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections come within a second, and results are compared all the time."""
    monkeypatch.setattr(results, "MAY_BE_CORRECTED_S", 1.0)
    monkeypatch.setattr(tasks, "COMPARE_RESULTS_EVERY", SECOND)


async def counts(url: str) -> dict[VerdictKind, int]:
    async with await Store.open(url, LoopClock()) as store, store.read() as conn:
        return await verifications.count(conn)


async def linked(url: str) -> dict[int, int]:
    async with await Store.open(url, LoopClock()) as store, store.read() as conn:
        found = await links.load_all(conn)
    return {event: link.match_id for event, link in found.items() if link.state.carries_predictions}


def firing(run: Running) -> set[str]:
    return {each.subject for each in run.daemon.alerts.firing if each.subject.startswith("result.")}


def both(box: Sandbox) -> list[SimulatedGame]:
    return [game for game in box.world.games if game.linkable and game.phase is not GamePhase.OVER]


async def plant(run: Running, one: SimulatedGame, other: SimulatedGame) -> int:
    """Link an event to the match of another game by hand; return the event."""
    assert one.main
    assert other.match
    await decisions.link(run.daemon.store, one.main.id, other.match.id, force=True)
    return one.main.id


async def test_right_links_agree_and_a_wrong_one_by_hand_is_found(box: Sandbox, store_url: str, quick: None):
    async with running(box, store_url) as run:
        await run.agrees()
        one, other, *rest = both(box)
        wrong = await plant(run, one, other)
        await run.until(lambda: run.daemon.components.relinker.idle)
        for number, game in enumerate((one, other, *rest[:6])):
            box.world.finish(game, FinalScore(Goals(number % 4, (number * 3) % 5)))
        await run.until(lambda: firing(run) == {f"result.{wrong}"}, within=300)
        await run.daemon.clock.sleep(3)  # the alert is fired before its transaction ends
    found = await counts(store_url)
    assert found[VerdictKind.DIFFERS] == 1
    assert found[VerdictKind.AGREED] == 6
    assert broken_rules(box) == []


async def test_daemons_that_stop_and_start_in_between_lose_no_result(
    box: Sandbox, store_url: str, quick: None
):
    async with running(box, store_url) as run:
        await run.agrees()
        games = both(box)[:6]
        wrong = await plant(run, games[0], games[1])
        await run.until(lambda: run.daemon.components.relinker.idle)
    # It ends while no daemon runs, and a correction comes while another one does not.
    for number, game in enumerate(games):
        box.world.finish(game, FinalScore(Goals(number, 1 + number % 2)))
    box.world.settle_again(games[4], Goals(9, 9))
    async with running(box, store_url) as run:
        await run.until(lambda: run.daemon.components is not None)
        await run.daemon.clock.sleep(0.4)
    box.world.settle_again(games[4], Goals(4, 1))
    async with running(box, store_url) as run:
        await run.until(lambda: firing(run) == {f"result.{wrong}"}, within=300)
        await run.daemon.clock.sleep(3)
        assert firing(run) == {f"result.{wrong}"}
    found = await counts(store_url)
    assert found[VerdictKind.AGREED] == 4
    assert found[VerdictKind.WAITING] == 0


SLOW = dict.fromkeys((*PACES, "betting_status", "inrunning"), "15m") | {"resnapshot": "1h"}


@pytest.fixture
async def slow(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """Some games of one day, and tasks that do not work each second of it."""
    monkeypatch.setattr(daemon, "DAEMON_LEASE_TTL", timedelta(hours=1))
    monkeypatch.setattr(commands, "READ_EVERY_S", 600.0)
    monkeypatch.setattr(polling, "POLL_AT_LATEST_AFTER_S", 600.0)
    options = {
        "extent": Extent(leagues=2, rounds=1, traps=False),
        "pinnacle": {"pace": equal_pace(60.0)},
        "bettune": {"requests": 60, "window": 60.0},
    }
    async with small_sandbox(**options) as box:
        yield box


async def play_on(box: Sandbox, rng: Random, until: timedelta) -> None:
    """Let games kick off and end by the clock for so long."""
    clock, world = LoopClock(), box.world
    end = clock.now() + until
    while clock.now() < end:
        await clock.sleep(600)
        for game in world.games:
            if game.phase is GamePhase.AHEAD and game.kickoff <= clock.now():
                world.kick_off(game)
            elif game.phase is GamePhase.LIVE and game.kickoff + timedelta(minutes=110) <= clock.now():
                world.finish(game, FinalScore(draw_score(rng, game.rates)))


async def test_a_day_that_is_over_is_read_sparingly_until_every_link_is_proven(
    slow: Sandbox, sqlite_url: str
):
    sections = {
        "pinnacle": {"pace": SLOW},
        "bettune": {
            "limit": {"requests": 60, "window": "60s"},
            "filters_every": "30m",
            # Not read again before midnight, so that results are known the next day only.
            "matches_every": "20h",
            "resync_every": "8h",
            "horizon": "1d",
        },
        "matching": {"evidence": "3d"},
        "safety": {"stale_after": "2h"},
    }
    start = LoopClock().now()
    async with running(slow, sqlite_url, **sections) as run:
        await play_on(slow, Random(3), timedelta(hours=16))
        found = await counts(sqlite_url)
        assert firing(run) == set()
    played = [game for game in slow.world.games if game.linkable]
    assert found[VerdictKind.AGREED] == len(played) >= 8
    assert found[VerdictKind.WAITING] == found[VerdictKind.DIFFERS] == 0
    days = [request.query["date"] for request in slow.bettune.request_log.requests if "date" in request.query]
    tomorrow = start.date() + timedelta(days=1)
    yesterdays = [
        request
        for request in slow.bettune.request_log.requests
        if request.query.get("date") == str(start.date()) and request.at.date() == tomorrow
    ]
    assert 1 <= len(yesterdays) <= 2
    # The days after the horizon are evidence: each is read four times a day.
    assert 3 <= days.count(str(start.date() + timedelta(days=3))) <= 4
    assert broken_rules(slow) == []
