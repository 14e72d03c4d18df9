"""`syncd guard` as a process beside a daemon that is killed, and `syncd withdraw --now`."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.bettune import patient_sender, withdrawal
from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from tests.cli.conftest import WRITTEN
from tests.support.ports import free_port


@pytest.fixture(autouse=True)
def quick_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawal, "CONFIRM_AFTER_S", 0.01)
    monkeypatch.setattr(patient_sender, "FIRST_BACKOFF_S", 0.01)


@pytest.fixture
def port() -> int:
    return free_port()


def test_systemd_sees_that_the_guard_lives(write_config, box: Sandbox, port: int, tmp_path: Path):
    write_config(box, port=port, more=f'[guard]\nurl = "http://127.0.0.1:{port}"')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        environment = os.environ | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        with subprocess.Popen(
            [sys.executable, "-m", "syncd", "guard"], stderr=subprocess.DEVNULL, env=environment
        ) as process:
            try:
                assert [manager.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            finally:
                process.terminate()
            assert process.wait(30) == 0


@pytest.fixture
def guard(write_config, box: Sandbox, port: int, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A guard that acts after two seconds, without a database and without Pinnacle's password."""
    write_config(box, port=port, more=f'[guard]\nurl = "http://127.0.0.1:{port}"\nafter = "2s"')
    lacking = {"SYNCD_STORE__URL": f"sqlite:///{tmp_path}/none/none.db", "SYNCD_PINNACLE__PASSWORD": ""}
    with (tmp_path / "guard.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "syncd", "guard"], stderr=log, text=True, env=os.environ | lacking
        )
    yield process
    process.kill()
    process.wait()


def fill(box: Sandbox) -> set[Pair]:
    """Predictions of long ago in each filter; returns those that the rules name."""
    account = box.bettune.account
    pairs = {
        Pair(each.id, game.match.id) for each in account.filters for game in box.world.games if game.match
    }
    for pair in pairs:
        account.put(pair, 2)
    named = {each.id for each in account.filters if each.name.startswith("Pinnacle")}
    return {pair for pair in pairs if pair.filter_id in named}


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def wait_until(reached, seconds: float = 45) -> None:
    give_up = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_a_killed_daemon_leaves_nothing_behind(start, guard, box: Sandbox, tmp_path: Path):
    daemon = start()
    daemon.wait_for("started", WRITTEN)
    daemon.signal(signal.SIGKILL)
    wait_until(lambda: not box.bettune.account.predictions())
    assert "guard.daemon" in (tmp_path / "guard.log").read_text()
    assert not (tmp_path / "none").exists()
    guard.send_signal(signal.SIGTERM)
    assert guard.wait(10) == 0


def test_a_frozen_daemon_leaves_nothing_behind(start, guard, box: Sandbox):
    daemon = start()
    daemon.wait_for("started", WRITTEN)
    wait_until(lambda: len(box.bettune.account.predictions()) > 4)
    daemon.signal(signal.SIGSTOP)
    wait_until(lambda: not box.bettune.account.predictions())


def test_withdraw_now_needs_no_database(call, write_config, box: Sandbox, tmp_path: Path):
    write_config(box, url=f"sqlite:///{tmp_path}/none/none.db")
    ours = fill(box)
    result = call("withdraw", "--now")
    assert result.exit_code == 0, result.output
    assert f"{len(ours)} of {len(ours)} predictions withdrawn" in result.stdout
    assert not ours & box.bettune.account.predictions().keys()
    assert box.bettune.account.predictions()
    assert not (tmp_path / "none").exists()
    assert "No prediction" in call("withdraw", "--now").stdout


def test_withdraw_now_leaves_a_daemon_that_is_ready_and_never_waits_for_one_that_hangs(
    call, start, write_config, box: Sandbox, port: int
):
    write_config(box, port=port)
    daemon = start()
    daemon.wait_for("started", WRITTEN)
    wait_until(lambda: is_ready(port))
    result = call("withdraw", "--now")
    assert result.exit_code == 1
    assert "nothing was deleted" in result.stderr
    assert box.bettune.account.predictions()
    daemon.signal(signal.SIGSTOP)
    assert call("withdraw", "--now").exit_code == 0
    assert not box.bettune.account.predictions()


def test_withdraw_now_says_what_could_not_be_deleted(call, write_config, box: Sandbox):
    write_config(box)
    ours = fill(box)
    box.bettune.faults.inject("400", method="DELETE", seconds=60)
    result = call("withdraw", "--now")
    assert result.exit_code == 1
    assert f"0 of {len(ours)} predictions withdrawn; BetTune refused to delete {len(ours)}." in result.stdout


@pytest.mark.parametrize("command", [["withdraw", "--now"], ["guard"]])
def test_both_need_the_token_and_a_rule(call, write_config, box: Sandbox, command: list[str]):
    write_config(box, token="")
    result = call(*command)
    assert result.exit_code == 2
    assert "bettune.token is not set" in result.stderr


def test_a_refused_token_is_said(call, write_config, box: Sandbox):
    write_config(box, token="another-token")
    result = call("withdraw", "--now")
    assert result.exit_code == 1
    assert "No prediction has been found or withdrawn. Then: filters: 401 invalid_token" in result.stderr


def test_withdraw_now_names_a_filter_that_cannot_be_read(call, write_config, box: Sandbox):
    write_config(box)
    fill(box)
    box.bettune.faults.inject("400", path="*/search", seconds=60)
    result = call("withdraw", "--now")
    assert result.exit_code == 1
    for each in box.bettune.account.filters:
        assert (f"filter {each.id} ({each.name})" in result.stdout) == each.name.startswith("Pinnacle")
