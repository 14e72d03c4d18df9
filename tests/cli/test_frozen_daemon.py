"""The only daemon is frozen (SIGSTOP) while it writes, and goes on: what it had planned is old by then."""

import signal

import pytest

from syncd.simulator.oracle_check import OracleCheck
from tests.cli.test_guard import wait_until

LIMIT = {"requests": 12, "window": 2.0}
LEASE_S = 2.0


@pytest.fixture
def limited(open_limited):
    with open_limited(**LIMIT) as box:
        yield box


def is_raise(write) -> bool:
    return bool(write.before) and write.before.odds < write.after.odds


def test_it_writes_nothing_old_and_is_right_soon_after(limited, start, aside):
    clock, account = limited.world.clock, limited.bettune.account

    def wanted_differs() -> int:
        async def differences() -> int:
            return len(OracleCheck(limited).check().differences)

        return aside(differences())

    def move_all() -> None:
        async def move() -> None:
            for game in limited.world.open_games():
                limited.world.move(game, by=0.1)

        aside(move())

    daemon = start("tests.support.named_daemon", "frozen", str(LEASE_S))
    daemon.wait_for("database=")
    wait_until(lambda: wanted_differs() == 0)
    before = len(account.writes)
    move_all()
    wait_until(lambda: len(account.writes) > before)
    daemon.signal(signal.SIGSTOP)
    frozen_at = clock.monotonic()
    move_all()
    wait_until(lambda: clock.monotonic() - frozen_at > 2 * LEASE_S)
    assert wanted_differs()

    wanted = OracleCheck(limited).oracle.wanted(account.filters)
    before = len(account.writes)
    daemon.signal(signal.SIGCONT)
    woken_at = clock.monotonic()
    wait_until(lambda: wanted_differs() == 0)
    assert clock.monotonic() - woken_at < 60
    later = account.writes[before:]
    assert later
    # A raise that is old is on the safe side; what lets BetTune bet at more prices must not be old.
    bolder = [each for each in later if each.after and not is_raise(each)]
    assert [each for each in bolder if each.after.odds != wanted[each.pair]] == []
    assert limited.bettune.request_log.violations == []
