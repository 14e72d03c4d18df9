"""An event whose names share nothing with its match's is linked once Pinnacle has translated them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from syncd.linking.link_details import load_links
from syncd.simulator.clubs import Club, SimulatedCompetition
from syncd.simulator.fixture_list import GameDraft
from syncd.simulator.game import SimulatedGame
from syncd.simulator.goals import GoalRates
from syncd.simulator.pinnacle_dialects import PinnacleResource, equal_pace
from syncd.simulator.sandbox import Sandbox
from syncd.store.engine import Store
from tests.end_to_end.running import PACES, broken_rules, running, small_sandbox
from tests.support.virtual_time import LoopClock

SLOW_S = 20.0
SLOW = {
    "pinnacle": {"pace": dict.fromkeys(PACES, "20s") | {"resnapshot": "5m", "translations": "1m"}},
    "bettune": {"filters_every": "1m", "matches_every": "1m", "resync_every": "1h"},
}
EAGLES = Club("White Eagles", "Białe Orły", {"pl-PL": "Białe Orły"})
LEAGUE = SimulatedCompetition(
    "Poland - Ekstraklasa", "Poland", "Ekstraklasa", 2, (EAGLES, Club("Legia Warsaw", "Legia Warszawa"))
)


def add_game(box: Sandbox) -> SimulatedGame:
    return box.world.add(
        GameDraft(
            competition=LEAGUE,
            home=LEAGUE.clubs[0],
            away=LEAGUE.clubs[1],
            kickoff=box.world.now().replace(microsecond=0) + timedelta(hours=30),
            rates=GoalRates(1.5, 1.2),
        )
    )


def asked(box: Sandbox) -> int:
    return sum(call.path.endswith("translations") for call in box.pinnacle.request_log.requests)


@asynccontextmanager
async def slow_sandbox(**pinnacle: Any) -> AsyncIterator[Sandbox]:
    """The names are looked at once a minute: nothing here has to move faster than every few seconds."""
    async with small_sandbox(pinnacle={"pace": equal_pace(SLOW_S), **pinnacle}) as box:
        yield box


async def reason(url: str, game: SimulatedGame) -> str:
    """Return the evidence for the home names of this game's link."""
    async with await Store.open(url, LoopClock()) as store:
        found = {each.link.event_id: each.link for each in await load_links(store)}
    assert game.main
    return found[game.main.id].evidence[0].text


async def test_a_translated_name_is_linked_and_priced(sqlite_url: str):
    async with slow_sandbox() as box:
        game = add_game(box)
        async with running(box, sqlite_url, **SLOW) as run:
            await run.until(lambda: asked(box) == 1, 200, every=1)
            await run.until(lambda: bool(run.odds(game)), 60, every=1)
            await run.agrees()
            await asyncio.sleep(200)
            assert asked(box) == 1
        assert 'Pinnacle\'s own translation, "Białe Orły"' in await reason(sqlite_url, game)
        assert broken_rules(box) == []


async def test_a_host_without_translations_is_asked_rarely(sqlite_url: str):
    async with slow_sandbox(gone=frozenset({PinnacleResource.TRANSLATIONS})) as box:
        game = add_game(box)
        async with running(box, sqlite_url, **SLOW) as run:
            await asyncio.sleep(200)
            assert asked(box) == 1
            assert not run.odds(game)
            assert [each.subject for each in run.daemon.alerts.firing] == []
        assert "nothing in common" in await reason(sqlite_url, game)


async def test_nothing_is_asked_while_every_event_has_its_match(sqlite_url: str):
    async with slow_sandbox() as box, running(box, sqlite_url, **SLOW) as run:
        await run.agrees()
        await asyncio.sleep(200)
        assert asked(box) == 0
