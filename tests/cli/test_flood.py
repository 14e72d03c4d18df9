"""1,300 connections to a daemon with 1,024 file descriptors: it works on as before."""

import re
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest

from syncd.simulator.fixture_list import Extent
from syncd.simulator.random_events import BRISK
from tests.support.ports import free_port

DESCRIPTORS, SOCKETS = 1024, 1300

WRITE = re.compile(r"\] (delete|raise|lower|create) \S+ → ")

LIMITED = f"""
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_NOFILE, ({DESCRIPTORS}, {DESCRIPTORS}))
sys.argv = ["syncd", "run"]
runpy.run_module("syncd", run_name="__main__")
"""

FLOOD = f"""
import resource, socket, sys
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
opened = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20) for _ in range({SOCKETS})]
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def flood():
    """Opens the connections to a port, and holds them until the end of the test."""
    running = []

    def begin(port):
        client = subprocess.Popen(
            [sys.executable, "-c", FLOOD, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(client)
        assert client.stdout.readline() == "open\n"

    yield begin
    for client in running:
        client.communicate()


def writes_in(box, seconds):
    account = box.bettune.account
    before = len(account.writes)
    time.sleep(seconds)
    return len(account.writes) - before


@pytest.mark.timeout(150)
@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_NOFILE)[1] < SOCKETS + 100, reason="needs more file descriptors"
)
def test_idle_connections_neither_slow_the_writes_nor_fill_the_log(
    open_box, write_config, tmp_path, flood, call
):
    with socket.create_server(("127.0.0.1", free_port())) as found:
        port = found.getsockname()[1]
    with (
        open_box(extent=Extent(leagues=4, rounds=1, traps=False), tempo=BRISK) as box,
        (tmp_path / "log").open("w") as log,
    ):
        write_config(box, port=port)
        daemon = subprocess.Popen([sys.executable, "-c", LIMITED], stderr=log, stdout=log)
        try:
            give_up = time.monotonic() + 20
            while len(box.bettune.account.writes) < 10 and time.monotonic() < give_up:
                time.sleep(0.1)
            before = writes_in(box, 5)
            flood(port)
            assert call("health").stdout == "working\n"
            during = writes_in(box, 5)
            assert during > before / 3, (before, during)
            assert "web.connections" in call("status").output
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(15) == 0
        finally:
            daemon.kill()
            daemon.wait()
    text = (tmp_path / "log").read_text()
    reported = [line for line in text.splitlines() if "alert_firing" in line and "web." in line]
    assert len(reported) == 1
    assert "Traceback" not in text
    assert len([line for line in text.splitlines() if not WRITE.search(line)]) < 60
