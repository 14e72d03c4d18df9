"""`syncd withdraw --now` beside a daemon that works, both as a user calls them."""

import json
import signal

import pytest

from syncd.simulator.oracle_check import OracleCheck
from tests.cli.test_guard import wait_until

LIMIT = {"requests": 60, "window": 3.0}


@pytest.fixture
def limited(open_limited):
    with open_limited(**LIMIT) as box:
        yield box


def test_everything_comes_back_and_nothing_is_taken_for_deleted_by_hand(limited, start, call, aside):
    def agrees() -> bool:
        async def differences() -> int:
            return len(OracleCheck(limited).check().differences)

        return aside(differences()) == 0

    account, log = limited.bettune.account, limited.bettune.request_log
    daemon = start()
    daemon.wait_for("database=")
    wait_until(agrees)
    # Each of the two keeps the limit, and not both together: what the start sent must not count any more.
    wait_until(lambda: limited.world.clock.monotonic() - log.requests[-1].seconds > LIMIT["window"])
    active = len(account.predictions())

    result = call("withdraw", "--now")
    assert result.exit_code == 0, result.output
    assert f"{active} of {active} predictions withdrawn" in result.stdout
    daemon.wait_for("withdrawn_beside")
    wait_until(lambda: agrees() and len(account.predictions()) == active)

    daemon.signal(signal.SIGTERM)
    assert daemon.ends() == 0
    again = start()
    again.wait_for("database=")
    wait_until(agrees)
    status = json.loads(call("status", "--json").stdout)
    assert status["counts"]["predictions"]["respected"] == 0
    assert log.violations == []
