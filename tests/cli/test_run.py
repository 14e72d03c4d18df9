"""The daemon as a process: signals, commands that reach it, and a second one beside it."""

import json
import signal
import socket
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from syncd.cli.main import show_crash
from syncd.runtime import logs
from tests.cli.conftest import PATIENCE_S, WRITTEN
from tests.support.ports import free_port
from tests.support.postgres_proxy import PostgresProxy


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def daemon(start, write_config, box, port):
    """A daemon that has written its first prediction to the sandbox."""
    write_config(box, port=port)
    running = start()
    running.wait_for("started", WRITTEN)
    return running


def test_it_creates_its_database_works_and_ends_with_0(call, daemon, box, port):
    assert call("health").stdout == "working\n"
    assert "pid" in call("status").stdout
    daemon.signal(signal.SIGTERM)
    assert daemon.ends() == 0
    assert len(box.bettune.account.predictions()) > 0
    assert "Traceback" not in daemon.log


def test_the_log_for_people_has_one_line_for_a_write_with_names(call, daemon):
    daemon.signal(signal.SIGTERM)
    assert daemon.ends() == 0
    written = [line.split("] ", 1)[1].split("  ", 1) for line in daemon.log.splitlines() if " → " in line]
    listed = [
        (each["filter"], each["match"]) for each in json.loads(call("log", "--limit", 0, "--json").stdout)
    ]
    assert sorted(names for _, names in written) == sorted(", ".join(each) for each in listed)
    assert "filter_id=" not in daemon.log


def test_commands_are_done_when_they_return(call, daemon, box):
    for command in ("pause", "resume", "withdraw"):
        assert "The running syncd has applied it." in call(command).stdout
    assert "The running syncd reads everything again" in call("resync").stdout
    give_up = time.monotonic() + PATIENCE_S
    while box.bettune.account.predictions() and time.monotonic() < give_up:
        time.sleep(0.05)
    assert box.bettune.account.predictions() == {}
    for verb in ("pause", "resume", "withdraw", "resync"):
        assert f"verb={verb}" in daemon.log
    assert "command_unknown" not in daemon.log


def test_beside_it_a_second_one_is_refused_and_check_sends_no_request_to_bettune(call, daemon):
    second = call("run")
    assert second.exit_code == 1
    assert "Another syncd (pid" in second.stderr
    shown = call("check").stdout
    assert "the running syncd has no alert about it" in shown


def test_a_broken_config_is_rejected_at_sighup_and_the_old_one_stays(daemon, write_config, box, port, call):
    write_config(box, port=port, more="colour = 1")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("config_rejected", "web.colour")
    write_config(box, port=port, more='[bet_types]\n"Home" = "total 2.6 over"')
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("config_rejected", "bet_types.Home")
    write_config(box, port=port + 1, filter="Nothing*")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("config_reloaded", "restart_needed", "web.port")
    write_config(box, port=port)
    assert call("health").exit_code == 0


def test_systemd_is_notified(start, write_config, box, tmp_path):
    write_config(box)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_S)
        running = start(NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert manager.recv(100) == b"READY=1"
        running.signal(signal.SIGINT)
        assert manager.recv(100) == b"STOPPING=1"
        assert running.ends() == 0


def test_systemd_sees_signs_of_life(start, write_config, box, tmp_path):
    write_config(box)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(15)
        running = start(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="300000")
        assert manager.recv(100) == b"READY=1"
        assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        running.signal(signal.SIGTERM)
        assert running.ends() == 0


def test_the_traceback_of_a_bug_shows_no_secret(capsys):
    logs.set_up(secrets=["hunter2hunter2"])
    try:
        int("hunter2hunter2\x1b[2J")
    except ValueError as error:
        show_crash(type(error), error, error.__traceback__)
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "hunter2" not in shown
    assert "\x1b" not in shown


def status_of(port, path):
    """The status and the text of a page of the daemon."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}") as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_a_database_that_comes_later_is_waited_for(
    start, write_config, box, port, aside, empty_postgres_url, call
):
    proxy = PostgresProxy(empty_postgres_url)
    write_config(box, port=port, url=proxy.url)
    running = start()
    running.wait_for("subject=store")
    assert status_of(port, "/healthz")[0] == 200
    code, text = status_of(port, "/readyz")
    assert (code, "cannot be reached" in text) == (503, True)
    aside(proxy.__aenter__())
    try:
        running.wait_for("alert_resolved", "started", WRITTEN)
        assert running.log.count("alert_firing") == 1
        running.signal(signal.SIGTERM)
        assert running.ends() == 0
    finally:
        aside(proxy.__aexit__())
    assert "Traceback" not in running.log


def test_while_it_waits_it_stops_in_an_orderly_way(start, write_config, box):
    write_config(box, url=f"postgresql://me@127.0.0.1:{free_port()}/syncd")
    running = start()
    running.wait_for("subject=store")
    running.signal(signal.SIGTERM)
    assert running.ends() == 0


def test_a_database_that_does_not_exist_ends_it_at_once(write_config, box, call, aside, empty_postgres_url):
    proxy = PostgresProxy(empty_postgres_url)
    aside(proxy.__aenter__())
    try:
        write_config(box, url=proxy.url_of("another"))
        result = call("run")
    finally:
        aside(proxy.__aexit__())
    assert (result.exit_code, "no database of this name" in result.stderr) == (1, True)
