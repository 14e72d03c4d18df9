"""Whenever a write reaches BetTune, the store has its charge and its doubt already: any kill is safe."""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import running

Respond = Callable[[], Awaitable[web.StreamResponse]]


async def test_charge_and_doubt_are_committed_before_a_write_is_received(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    seen: list[tuple[int, bool]] = []
    database = Path(sqlite_url.removeprefix("sqlite:///"))

    async def apply(request: web.Request, respond: Respond) -> web.StreamResponse:
        if request.method in ("PUT", "DELETE"):
            filter_id, match_id = (int(part) for part in request.path.split("/") if part.isdigit())
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as other:
                seen.append(state_of(other, filter_id, match_id))
        return await respond()

    monkeypatch.setattr(box.bettune.faults, "apply", apply)
    async with running(box, sqlite_url) as run:
        await run.agrees()
        for game in run.box.world.open_games()[:5]:
            run.box.world.move(game, by=0.1)
            await run.agrees()
        run.box.world.halt(run.game)
        await run.agrees()
    writes = len(box.bettune.account.writes)
    assert len(seen) >= writes > 20
    assert all(in_doubt for _, in_doubt in seen)
    charged = [count for count, _ in seen]
    assert charged == sorted(charged)
    assert all(count >= number for number, count in enumerate(charged, start=1))


def state_of(connection: sqlite3.Connection, filter_id: int, match_id: int) -> tuple[int, bool]:
    """How many requests were charged, and whether the pair is in doubt."""
    (charged,) = connection.execute("SELECT count(*) FROM requests").fetchone()
    row = connection.execute(
        "SELECT in_doubt FROM predictions WHERE filter_id = ? AND match_id = ?", (filter_id, match_id)
    ).fetchone()
    return charged, bool(row and row[0])
