"""`syncd backup` and `syncd restore-backup`, as a user calls them."""

import asyncio
import signal
from pathlib import Path

from syncd.runtime.clock import SystemClock
from syncd.store import mode
from syncd.store.engine import Store
from syncd.store.mode import Mode
from tests.cli.conftest import WRITTEN


def test_what_is_gone_since_the_backup_is_made_again(call, config, box, write_config, tmp_path: Path):
    assert call("once").exit_code == 0
    made = box.bettune.account.odds()
    done = call("backup", tmp_path / "backup.db")
    assert done.exit_code == 0, done.output
    for pair in made:  # as the database that was lost had done, before it was lost
        box.bettune.account.delete(pair)
    write_config(box, url=f"sqlite:///{tmp_path}/other/syncd.db")
    done = call("restore-backup", tmp_path / "backup.db")
    assert done.exit_code == 0, done.output
    assert "put back; syncd last worked on it" in done.stdout
    assert call("once").exit_code == 0
    assert box.bettune.account.odds().keys() == made.keys()


def test_beside_a_daemon_it_backs_up_and_puts_nothing_back(call, config, box, start, tmp_path: Path):
    daemon = start()
    daemon.wait_for(WRITTEN)
    assert call("backup", tmp_path / "backup.db").exit_code == 0
    refused = call("restore-backup", tmp_path / "backup.db", "--force")
    assert refused.exit_code == 1
    assert "another syncd" in refused.stderr
    daemon.signal(signal.SIGTERM)
    assert daemon.ends() == 0
    refused = call("restore-backup", tmp_path / "backup.db")
    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr
    assert "--force" in refused.stderr
    assert call("restore-backup", tmp_path / "backup.db", "--force").exit_code == 0


def test_a_mode_that_keeps_syncd_from_writing_is_said(call, config, box, tmp_path: Path):
    assert call("withdraw").exit_code == 0
    assert call("backup", tmp_path / "backup.db").exit_code == 0
    assert call("resume").exit_code == 0
    done = call("restore-backup", tmp_path / "backup.db", "--force")
    assert "syncd resume" in done.stdout

    async def load() -> Mode:
        url = f"sqlite:///{tmp_path}/data/syncd.db"
        async with await Store.open(url, SystemClock()) as store, store.read() as conn:
            return await mode.load(conn)

    assert asyncio.run(load()) is Mode.WITHDRAWN


def test_without_a_database_or_a_file_nothing_is_made(call, config, tmp_path: Path):
    refused = call("backup", tmp_path / "backup.db")
    assert refused.exit_code == 1
    assert "no database" in refused.stderr
    assert not (tmp_path / "backup.db").exists()
    assert call("restore-backup", tmp_path / "backup.db").exit_code == 1
