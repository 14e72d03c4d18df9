"""What is refused to one sport, and what to the account; whose clock is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.pinnacle.errors import BadPayloadError, ForbiddenError, UnauthorizedError
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.pinnacle.feed.server_clock import ServerClock
from syncd.pinnacle.feed.sport_gate import SportGate
from syncd.runtime.gate import Gate
from tests.pinnacle.fakes import HandClock
from tests.pinnacle.feed_world import World

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def gates():
    account = Gate()
    return SportGate(account, Gate()), SportGate(account, Gate())


def test_a_sport_that_is_refused_closes_its_own_gate_alone():
    esports, soccer = gates()
    esports.refused(esports.admit(NOW), NOW, of_sport=True)
    assert esports.admit(NOW) is None
    assert esports.opens_at(NOW) == NOW + timedelta(seconds=30)
    assert soccer.admit(NOW) is not None


def test_an_account_that_is_refused_closes_all_and_one_probe_opens_all():
    esports, soccer = gates()
    esports.refused(esports.admit(NOW), NOW, of_sport=False)
    assert soccer.admit(NOW) is None
    probe = soccer.admit(NOW + MINUTE)
    assert esports.admit(NOW + MINUTE) is None
    soccer.succeeded(probe)
    assert esports.admit(NOW + MINUTE) is not None


def test_a_refused_sport_does_not_keep_the_account_closed():
    esports, soccer = gates()
    esports.refused(esports.admit(NOW), NOW, of_sport=False)
    esports.refused(esports.admit(NOW + MINUTE), NOW + MINUTE, of_sport=True)
    assert soccer.admit(NOW + MINUTE) is not None


@pytest.mark.parametrize(
    ("code", "of_sport"),
    [
        ("SPORT_ACCESS_DENIED", True),
        ("ESPORTS_NOT_PERMITTED", True),
        ("NO_API_ACCESS", False),
        ("ACCOUNT_INACTIVE", False),
        ("INVALID_CREDENTIALS", False),
        ("INVALID_AUTHORIZATION_HEADER", False),
        ("99", False),
        ("", False),
    ],
)
def test_a_code_says_what_is_refused(code, of_sport):
    assert ForbiddenError("no", code=code).of_sport == of_sport


@pytest.mark.parametrize(
    ("error", "shut"),
    [
        (ForbiddenError("no", code="SPORT_ACCESS_DENIED"), False),
        (ForbiddenError("no", code="ACCOUNT_INACTIVE"), True),
        (UnauthorizedError("no", code="INVALID_CREDENTIALS"), True),
    ],
)
async def test_one_sports_refusal_leaves_the_account_s_gate_open(sqlite_store, error, shut):
    world = await World(sqlite_store).start()
    world.pinnacle.fail(error)
    assert (await world.poll("odds")).outcome is PollOutcome.REFUSED
    assert world.gate.is_closed == shut
    assert (await world.feeds["fixtures"].poll()).outcome is PollOutcome.WAITING


# --- the server's clock --------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-60, -11, 11, 60 * 24 * 365 * 10])
def test_a_server_s_clock_that_is_far_off_is_refused(minutes):
    with pytest.raises(BadPayloadError, match="clock"):
        ServerClock(HandClock()).check(minutes * MINUTE)


async def test_a_response_with_an_absurd_date_is_not_fresh(sqlite_store):
    world = await World(sqlite_store).start()
    world.pinnacle.price(1)
    await world.poll("odds")
    fresh_at = world.feeds["odds"].state.ok_at
    world.pinnacle.price(1, 2.5)
    world.pinnacle.server_time = world.clock.now() - timedelta(hours=1)
    poll = await world.poll("odds")
    assert (poll.outcome, world.feeds["odds"].state.ok_at) == (PollOutcome.FAILED, fresh_at)
    assert "behind" in poll.error


@pytest.mark.parametrize("minutes", [-9, 0, 9])
def test_a_few_minutes_are_believed(minutes):
    ServerClock(HandClock()).check(minutes * MINUTE)


@pytest.mark.parametrize("hours", [-72, -1, 1, 72, 87_600])
def test_a_clock_of_ours_that_was_set_is_seen_by_the_steady_one(hours):
    clock = HandClock()
    server = ServerClock(clock)
    server.check(2 * MINUTE)
    clock.move(seconds=120)
    clock.jumped += timedelta(hours=hours)
    server.check(2 * MINUTE - timedelta(hours=hours))
    with pytest.raises(BadPayloadError):
        server.check(timedelta(minutes=20) - timedelta(hours=hours))
    clock.jumped -= timedelta(hours=hours)
    server.check(2 * MINUTE)


def test_a_machine_that_slept_has_a_steady_clock_that_stood_still():
    clock = HandClock()
    server = ServerClock(clock)
    server.check(timedelta(0))
    clock.jumped += timedelta(hours=8)
    server.check(timedelta(0))
