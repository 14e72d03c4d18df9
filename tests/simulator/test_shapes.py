"""The simulated responses have the keys and types of recorded ones."""

from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from syncd.simulator.sandbox import Sandbox
from tests.support.sandbox import DECIMAL, SMALL, HandClock, pinnacle_client

SPORADIC = {"homePitcher", "awayPitcher", "parentId"}


def shape(document: Any) -> dict[str, str]:
    """Every path in the document with its JSON type; int and float are both `number`."""
    found: dict[str, str] = {}

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for inner in value:
                walk(inner, f"{path}[]")
        else:
            found[path] = "number" if type(value) in (int, float) else type(value).__name__

    walk(document, "")
    return {path: kind for path, kind in found.items() if path.rpartition(".")[2] not in SPORADIC}


async def simulated(session: aiohttp.ClientSession, clock: HandClock, path: str) -> dict[str, str]:
    async with Sandbox(clock=clock, extent=SMALL, preset="ps3838") as sandbox:
        return shape((await pinnacle_client(session, sandbox)(path, **DECIMAL)).json)


async def test_fixtures_have_the_recorded_shape(session, clock: HandClock, shared_dir: Path):
    recorded = (shared_dir / "recordings/ps3838-2025-03-31/fixtures_29.json").read_bytes()
    assert await simulated(session, clock, "/v3/fixtures") == shape(msgspec.json.decode(recorded))


async def test_odds_have_the_recorded_shape(session, clock: HandClock, shared_dir: Path):
    recorded = (shared_dir / "recordings/ps3838-2025-03-31/odds_29_league_1977_decimal.json").read_bytes()
    ours = await simulated(session, clock, "/v3/odds")
    live_only = {path for path in ours if "Score" in path or "RedCards" in path}
    assert {p: kind for p, kind in ours.items() if p not in live_only} == shape(msgspec.json.decode(recorded))


async def test_leagues_have_the_recorded_shape(session, clock: HandClock, shared_dir: Path):
    recorded = (shared_dir / "recordings/ps3838-2025-04-02/leagues_29.json").read_bytes()
    assert await simulated(session, clock, "/v3/leagues") == shape(msgspec.json.decode(recorded))
