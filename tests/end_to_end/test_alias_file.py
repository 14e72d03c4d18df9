"""The alias file breaks under a running daemon, which has to build its components again."""

import asyncio
from pathlib import Path

import pytest

from syncd.app.alias_file import ALIAS_FILE, LOOK_EVERY_S
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import CALM, Running, running

GOOD = '[teams]\n"Al-Suqoor" = "Neom SC"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "aliases.toml"
    found.write_text(GOOD)
    return found


def deletes(run: Running) -> list[object]:
    return [write for write in run.box.bettune.account.writes if write.after is None]


def is_firing(run: Running) -> bool:
    return any(each.subject == ALIAS_FILE for each in run.daemon.alerts.firing)


async def build_again(run: Running) -> None:
    before = run.daemon.components
    run.daemon.reload(run.daemon.settings)
    await run.until(lambda: run.daemon.components not in (None, before))


def move_all(run: Running) -> None:
    for game in run.box.world.open_games():
        run.box.world.move(game, by=0.1)


async def test_what_is_known_goes_on_and_nothing_is_withdrawn(box: Sandbox, sqlite_url: str, path: Path):
    async with running(box, sqlite_url, matching={"aliases": str(path)}, **CALM) as run:
        await run.agrees()
        known = run.daemon.components.aliases
        assert known.has_team("Al-Suqoor")
        path.unlink()
        path.mkdir()
        await build_again(run)
        assert run.daemon.components.aliases == known
        assert is_firing(run)
        move_all(run)
        await run.agrees()
        assert deletes(run) == []
        path.rmdir()
        path.write_text(GOOD)
        await run.until(lambda: not is_firing(run), 2 * LOOK_EVERY_S)


async def test_a_start_without_it_works_and_reads_it_as_soon_as_it_is_there(
    box: Sandbox, sqlite_url: str, path: Path
):
    path.write_text("[teams")
    async with running(box, sqlite_url, matching={"aliases": str(path)}, **CALM) as run:
        await run.agrees()
        assert is_firing(run)
        path.write_text(GOOD)
        await run.until(lambda: not is_firing(run), 2 * LOOK_EVERY_S)
        await run.until(lambda: run.daemon.alias_file.in_force.has_team("Al-Suqoor"))
        await run.agrees()
        assert deletes(run) == []


async def test_a_daemon_that_stood_by_has_what_it_read_at_its_start(
    box: Sandbox, postgres_url: str, path: Path
):
    section = {"aliases": str(path)}
    async with running(box, postgres_url, matching=section) as first:
        await first.agrees()
        async with running(box, postgres_url, matching=section) as second:
            await second.until(lambda: bool(second.daemon.lease_holder))
            path.unlink()
            await first.stop()
            await second.until(lambda: second.daemon.components is not None)
            assert second.daemon.components.aliases.has_team("Al-Suqoor")
            await asyncio.sleep(0)
