"""Nobody else may open the database, and a file that is lost under the daemon is noticed."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.runtime.clock import SystemClock
from syncd.store.address import parse
from syncd.store.database_file import opened_to_others
from syncd.store.engine import Store
from syncd.store.errors import FileLostError, LeaseHeldError
from syncd.store.lease import Lease
from syncd.store.migrate import upgrade
from tests.store.test_engine import add, stored

CLOCK = SystemClock()


@pytest.fixture
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("_usual_umask")
async def test_database_log_and_lock_are_for_this_user_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/data/syncd.db"
    await upgrade(url)
    async with await Store.open(url, CLOCK) as store:
        await Lease.acquire(store, ttl=timedelta(minutes=1))
        await add(store, 1)
        folder = tmp_path / "var" / "data"
        assert mode(folder) == mode(folder.parent) == 0o700
        assert {path.name: mode(path) for path in folder.iterdir()} == dict.fromkeys(
            ["syncd.db", "syncd.db-shm", "syncd.db-wal", "syncd.db.lock"], 0o600
        )
        assert list(opened_to_others(store.address)) == []


async def test_looser_files_are_named_and_left_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "syncd.db"
    await upgrade(f"sqlite:///{path}")
    path.chmod(0o644)
    tmp_path.chmod(0o755)
    async with await Store.open(f"sqlite:///{path}", CLOCK):
        assert mode(path) == 0o644
    assert list(opened_to_others(parse(f"sqlite:///{path}"))) == [f"{path} (0644)"]
    tmp_path.chmod(0o700)
    assert list(opened_to_others(parse(f"sqlite:///{path}"))) == []


async def test_a_locked_lock_file_that_others_can_open_is_said_to_be(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/syncd.db"
    tmp_path.chmod(0o755)
    await upgrade(url)
    async with await Store.open(url, CLOCK) as one, await Store.open(url, CLOCK) as two:
        await Lease.acquire(one, ttl=timedelta(minutes=1))
        (tmp_path / "syncd.db.lock").chmod(0o644)
        with pytest.raises(LeaseHeldError, match="other users can open it too"):
            await Lease.acquire(two, ttl=timedelta(minutes=1))


@pytest.mark.parametrize("how", ["deleted", "replaced"])
async def test_a_file_that_is_lost_takes_no_more_writes_and_is_not_read(sqlite_url: str, how: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with await Store.open(sqlite_url, CLOCK) as store:
        lease = await Lease.acquire(store, ttl=timedelta(minutes=1))
        await add(store, 1)
        aside = path.with_name("aside.db")
        path.rename(aside)
        if how == "replaced":
            shutil.copy(aside, path)
        for attempt in (stored(store), add(store, 2), lease.renew()):
            with pytest.raises(FileLostError, match=f"its file was {how} while"):
                await attempt
        assert store.health.is_away
        assert path.exists() == (how == "replaced")
        aside.replace(path)
        await add(store, 2)
        assert await stored(store) == 2
        await lease.renew()
        assert not store.health.is_away
