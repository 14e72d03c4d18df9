"""An alias file that breaks under a running daemon costs nothing that was known."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.app.alias_file import ALIAS_FILE, AliasFile, AliasWatch
from syncd.app.reload import Reloader
from syncd.cli.context import CommandContext
from syncd.linking.inputs import read_aliases
from syncd.matching.aliases import AliasError, Aliases
from syncd.runtime.alerts import Alert, Alerts
from tests.support.virtual_time import LoopClock

GOOD = '[teams]\n"Al-Suqoor" = "Neom SC"\n'
BREAKS: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: path.unlink(),
    "not TOML": lambda path: path.write_text("[teams"),
    "another table": lambda path: path.write_text("[clubs]\n[players]\n"),
    "UTF-16": lambda path: path.write_text(GOOD, encoding="utf-16"),
    "Latin-1": lambda path: path.write_bytes('[teams]\n"Köln" = 1\n'.encode("latin-1")),
    "a number without end": lambda path: path.write_text(f"a = {'9' * 5000}"),
    "nested without end": lambda path: path.write_text("a = " + "[" * 100_000),
    "a directory": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a device": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "a link in a circle": lambda path: (path.unlink(), path.symlink_to(path)),
    "half a file": lambda path: path.write_text(GOOD[:-6]),
    "huge": lambda path: os.truncate(path, 1 << 40),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "aliases.toml"
    found.write_text(GOOD)
    return found


class Bench:
    """An alias file, and what is reported of it."""

    def __init__(self) -> None:
        clock = LoopClock()
        alerts = Alerts(clock)
        self.reported: list[Alert] = []
        self.file = AliasFile(alerts, clock)
        self.alerts = alerts
        self.builds = 0
        alerts.subscribe(self.reported.append)

    async def look(self) -> None:
        await AliasWatch(self.file, self._count).step()

    def _count(self) -> None:
        self.builds += 1

    @property
    def is_firing(self) -> bool:
        return any(each.subject == ALIAS_FILE for each in self.alerts.firing)


def repair(path: Path, text: str = GOOD) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("break_file", BREAKS.values(), ids=BREAKS.keys())
async def test_the_last_names_stay_in_force_and_the_alert_fires_once(path, break_file):
    bench = Bench()
    good = await bench.file.read(path)
    assert good.has_team("Al-Suqoor")
    assert bench.reported == []
    break_file(path)
    await bench.look()
    for _ in range(3):
        assert await bench.file.read(path) == good
        await bench.look()
    (fired,) = [each for each in bench.reported if not each.is_update]
    assert (fired.subject, fired.notify) == (ALIAS_FILE, True)
    assert str(path) in fired.message
    assert "the names that were read before stay in force" in fired.message
    assert bench.file.in_force == good
    repair(path)
    await bench.look()
    assert [each.resolved_at is not None for each in bench.reported] == [False, True]
    assert bench.builds == 0, "the same names are in force already"


@pytest.mark.parametrize("break_file", BREAKS.values(), ids=BREAKS.keys())
async def test_a_file_that_never_could_be_read_is_reported_and_read_as_soon_as_it_is_there(path, break_file):
    break_file(path)
    bench = Bench()
    assert await bench.file.read(path) == Aliases()
    (fired,) = bench.reported
    assert "works without its names" in fired.message
    await bench.look()
    assert bench.builds == 0
    repair(path)
    await bench.look()
    await bench.look()
    assert bench.builds == 1
    assert (await bench.file.read(path)).has_team("Al-Suqoor")
    assert not bench.is_firing


async def test_names_that_were_edited_while_the_file_was_broken_come_into_force(path):
    bench = Bench()
    await bench.file.read(path)
    path.unlink()
    await bench.file.read(path)
    repair(path, '[teams]\n"Wydad AC" = 12\n')
    await bench.look()
    assert bench.builds == 1


async def test_an_edit_of_a_file_that_never_broke_waits_for_a_reload(path):
    bench = Bench()
    await bench.file.read(path)
    path.write_text("")
    await bench.look()
    assert bench.builds == 0
    assert bench.reported == []


async def test_a_file_that_an_editor_replaces_at_this_moment_fires_nothing(path):
    bench = Bench()
    await bench.file.read(path)
    path.unlink()
    bench.file.clock = ReplacedMeanwhile(path)
    await bench.look()
    assert bench.reported == []


class ReplacedMeanwhile(LoopClock):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    async def sleep(self, seconds: float) -> None:
        if seconds < 60:
            self._path.write_text(GOOD)


async def test_names_of_another_file_are_not_those_of_this_one(path, tmp_path):
    bench = Bench()
    await bench.file.read(path)
    assert await bench.file.read(tmp_path / "other.toml") == Aliases()
    assert bench.is_firing
    assert await bench.file.read(None) == Aliases()
    assert not bench.is_firing


async def test_what_a_reload_has_read_is_in_force_though_the_file_is_gone_by_now(path):
    bench = Bench()
    names = read_aliases(path)
    path.unlink()
    bench.file.keep(path, names)
    assert await bench.file.read(path) == names


@pytest.mark.parametrize("break_file", BREAKS.values(), ids=BREAKS.keys())
def test_a_reload_refuses_it_with_the_reason(path, tmp_path, break_file):
    config = tmp_path / "syncd.toml"
    config.write_text(f'[matching]\naliases = "{path}"\n')
    break_file(path)
    with pytest.raises(AliasError):
        read_aliases(path)
    plan = Reloader(None, CommandContext(config)).look()
    assert plan.problems
    assert str(path) in plan.problems[0]
    assert plan.keys == ()
