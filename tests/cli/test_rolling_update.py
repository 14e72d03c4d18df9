"""A rolling update on PostgreSQL: two whole daemons, of which the first is stopped, killed or frozen."""

import json
import signal
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from syncd.model.bettune import Pair
from syncd.simulator.oracle_check import OracleCheck
from syncd.simulator.request_log import ReceivedRequest
from syncd.simulator.sandbox import Sandbox
from tests.cli.conftest import Daemon
from tests.cli.test_guard import wait_until
from tests.support.ports import free_port

PACE_S = 0.5
LEASE_S = 2.0
WORKS = "database="
"""In the log once a daemon has the lease and works."""

LIMIT = {"requests": 30, "window": 2.0}


class Update:
    """The sandbox, and the daemons as it sees them: each names itself in its requests."""

    def __init__(self, box: Sandbox, start, aside) -> None:
        self.box, self._start, self._aside = box, start, aside
        self._ports: dict[str, int] = {}

    def start(self, name: str) -> Daemon:
        self._ports[name] = free_port()
        command = ("tests.support.named_daemon", name, str(LEASE_S))
        return self._start(*command, SYNCD_WEB__PORT=str(self._ports[name]))

    def ready(self, name: str, state: str) -> bool:
        """Whether `/readyz` of this daemon responds with 200 and this state."""
        try:
            with urlopen(f"http://127.0.0.1:{self._ports[name]}/readyz", timeout=5) as response:
                return json.load(response)["state"] == state
        except (HTTPError, OSError):
            return False

    def requests(self, name: str) -> list[ReceivedRequest]:
        logs = (self.box.pinnacle.request_log, self.box.bettune.request_log)
        return [each for log in logs for each in log.requests if each.agent == name]

    def sent_by(self, name: str) -> int:
        """The number of its requests, once all that it had sent has arrived."""
        before = -1
        while (count := len(self.requests(name))) != before:
            before = count
            time.sleep(0.5)
        return count

    def move_all(self) -> None:
        async def move() -> None:
            for game in self.box.world.open_games():
                self.box.world.move(game, by=0.1)

        self._aside(move())

    def agrees(self) -> bool:
        async def differences() -> int:
            return len(OracleCheck(self.box).check().differences)

        return self._aside(differences()) == 0

    def put_late(self, pairs: set[Pair]) -> None:
        """Carry out what was on its way when its daemon was gone."""

        async def put() -> None:
            for pair in pairs:
                self.box.bettune.account.put(pair, 2)

        self._aside(put())


@pytest.fixture
def update(open_box, start, aside, write_config, postgres_url, monkeypatch):
    paces = {
        f"SYNCD_PINNACLE__PACE__{name}_{kind}": f"{PACE_S}s"
        for name in ("FIXTURES", "ODDS", "SETTLED", "SPECIALS")
        for kind in ("SNAPSHOT", "DELTA")
    }
    values = paces | {
        "SYNCD_BETTUNE__TIMEOUT": "1s",
        "SYNCD_BETTUNE__LIMIT__REQUESTS": str(LIMIT["requests"]),
        "SYNCD_BETTUNE__LIMIT__WINDOW": f"{LIMIT['window']}s",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with open_box(bettune=LIMIT) as box:
        write_config(box, url=postgres_url)
        yield Update(box, start, aside)


def gaps(box: Sandbox) -> list[float]:
    """Seconds between each two requests of one path to Pinnacle that two daemons sent."""
    last: dict[str, ReceivedRequest] = {}
    found = []
    for each in box.pinnacle.request_log.requests:
        before = last.get(each.path)
        if before and before.agent != each.agent:
            found.append(each.seconds - before.seconds)
        last[each.path] = each
    return found


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP], ids=lambda each: each.name)
def test_the_new_daemon_takes_over_whatever_ends_the_old_one(update: Update, end: signal.Signals):
    box = update.box
    old = update.start("old")
    old.wait_for(WORKS)
    wait_until(lambda: update.agrees() and update.ready("old", "working"))
    new = update.start("new")
    wait_until(lambda: update.ready("new", "standing by"))
    assert update.requests("new") == []

    update.move_all()
    hang = box.bettune.faults.inject("hang", method="PUT", hang_for=30)
    wait_until(lambda: hang.times == 0)
    old.signal(end)
    if end is signal.SIGTERM:
        assert old.ends() == 0
    sent = update.sent_by("old")
    update.move_all()
    new.wait_for(WORKS)
    if end is signal.SIGSTOP:
        old.signal(signal.SIGCONT)
        old.wait_for("lease_lost")
        wait_until(lambda: update.ready("old", "standing by"))
    wait_until(lambda: update.agrees() and update.ready("new", "working"))

    written = {each.pair for each in box.bettune.account.writes if each.after}
    assert "takeover_readback" not in new.log
    update.put_late({*sorted(written)[:3]})
    new.wait_for("takeover_readback")
    wait_until(update.agrees)

    assert len(update.requests("old")) == sent
    assert box.bettune.request_log.violations == []
    assert box.pinnacle.too_early() == []
    assert min(gaps(box)) >= PACE_S - 0.05
    assert "Traceback" not in old.log + new.log
