"""`syncd sandbox`: what it prints lets every command work in a second terminal."""

import json
import re
import signal
from pathlib import Path

import pytest

from syncd.store.filelock import FileLock


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "box"


def begin(start, folder, *options):
    sandbox = start("syncd", "sandbox", "--dir", str(folder), "--leagues", "3", "--pace", "1", *options)
    sandbox.wait_for("syncd status")
    return sandbox


def test_the_printed_config_serves_the_commands_and_prices_move(start, call, folder, monkeypatch):
    sandbox = begin(start, folder, "--speed", "20")
    printed = re.search(r"SYNCD_CONFIG=(\S+)", sandbox.log)
    monkeypatch.setenv("SYNCD_CONFIG", printed[1])
    assert Path(printed[1]) == folder / "syncd.toml"
    assert call("check").exit_code == 0
    assert call("once").exit_code == 0
    first = json.loads(call("status", "--json").stdout)
    assert first["counts"]["predictions"]["active"] > 20
    assert first["counts"]["predictions"]["theirs"] == 1
    for _ in range(20):
        changes = json.loads(call("plan", "--json").stdout)["changes"]
        if {each["kind"] for each in changes} & {"raise", "lower"}:
            break
    else:
        pytest.fail("no price has moved")
    sandbox.signal(signal.SIGINT)
    assert sandbox.ends() == 0
    assert (folder / "syncd.db").exists()


def test_the_same_folder_begins_again_and_a_second_sandbox_is_refused(start, call, folder, monkeypatch):
    sandbox = begin(start, folder)
    refused = call("sandbox", "--dir", folder)
    assert refused.exit_code == 1
    assert "another sandbox" in refused.stderr
    sandbox.signal(signal.SIGTERM)
    assert sandbox.ends() == 0
    (folder / "syncd.db").write_bytes(b"of the world before")
    begin(start, folder)
    monkeypatch.setenv("SYNCD_CONFIG", str(folder / "syncd.toml"))
    assert call("db", "current").exit_code == 0


@pytest.mark.parametrize("name", ["syncd.toml", "syncd.db"])
def test_the_files_of_a_user_are_never_replaced(call, folder, name):
    folder.mkdir()
    (folder / name).write_text("mine")
    refused = call("sandbox", "--dir", folder)
    assert refused.exit_code == 1
    assert "choose --dir" in refused.stderr
    assert (folder / name).read_text() == "mine"


def test_the_database_of_a_syncd_that_still_runs_is_not_replaced(start, call, folder):
    sandbox = begin(start, folder)
    sandbox.signal(signal.SIGTERM)
    assert sandbox.ends() == 0
    lock = FileLock.take(folder / "syncd.db.lock", "pid 1")
    refused = call("sandbox", "--dir", folder)
    lock.release()
    assert refused.exit_code == 1
    assert "stop it first" in refused.stderr
