"""What Pinnacle itself says of danger: its betting status, and the matches in play."""

import json
from datetime import timedelta

import pytest

from syncd.model.feed import Gone
from syncd.pinnacle.errors import ForbiddenError, NotFoundError, UnavailableError
from syncd.pinnacle.feed.factory import feeds_of_account
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.store import betting_status
from tests.pinnacle.fakes import KICKOFF
from tests.pinnacle.feed_world import World


@pytest.fixture
async def world(sqlite_store):
    world = await World(sqlite_store).start()
    made = feeds_of_account(client=world.pinnacle, store=sqlite_store, clock=world.clock, pace=world.pace)
    world.feeds |= {feed.kind: feed for feed in made}
    for event in (1, 2):
        world.pinnacle.offer(event)
    world.pinnacle.offer(11, liveStatus=1, parentId=1)
    await world.poll("fixtures")
    return world


async def after(world, kind, answer):
    is_ready = isinstance(answer, Exception | bytes)
    world.pinnacle.fail(answer if is_ready else json.dumps(answer).encode())
    return await world.poll(kind)


async def closed(world, host=None):
    async with world.store.read() as conn:
        return await betting_status.closed(conn, host or world.pinnacle.base_url, world.clock.now())


async def gone_because(world):
    return {event: state.gone_because for event, state in (await world.events()).items()}


def playing(*events, state=1):
    rows = [{"id": event, "state": state, "elapsed": 3} for event in events]
    return {"sports": [{"id": 29, "leagues": [{"id": 1, "events": rows}]}]}


# --- the betting status --------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["ALL_BETTING_CLOSED", "ALL_LIVE_BETTING_CLOSED"])
async def test_a_status_that_closes_betting_concerns_every_event(world, status):
    assert (await after(world, "betting_status", {"status": status})).changed == {1, 2, 11}
    assert await closed(world) == status
    assert await closed(world, "https://another.test") == ""
    assert (await after(world, "betting_status", {"status": status})).changed == frozenset()
    assert (await after(world, "betting_status", {"status": "ALL_BETTING_ENABLED"})).changed == {1, 2, 11}
    assert await closed(world) == ""


@pytest.mark.parametrize("answer", [{"status": "SOME"}, {"status": 5}, {}, [], UnavailableError("down")])
async def test_what_is_no_status_leaves_the_known_one(world, answer):
    await after(world, "betting_status", {"status": "ALL_BETTING_CLOSED"})
    await after(world, "betting_status", answer)
    assert await closed(world) == "ALL_BETTING_CLOSED"


async def test_a_status_is_not_believed_for_ever(world):
    await after(world, "betting_status", {"status": "ALL_BETTING_CLOSED"})
    world.clock.move(seconds=3601)
    assert await closed(world) == ""


@pytest.mark.parametrize("kind", ["betting_status", "inrunning"])
@pytest.mark.parametrize("error", [NotFoundError("404"), ForbiddenError("403", code="NO_API_ACCESS")])
async def test_a_host_without_it_is_asked_again_in_an_hour(world, kind, error):
    assert (await after(world, kind, error)).outcome is PollOutcome.ABSENT
    assert world.feeds[kind].next_at() - world.clock.now() >= timedelta(minutes=59)
    assert not world.gate.is_closed


# --- matches in play -----------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [1, 11])
async def test_a_match_in_play_is_closed_whatever_its_kick_off(world, listed):
    assert (await after(world, "inrunning", playing(listed))).changed == {1}
    assert await gone_because(world) == {1: Gone.IN_PLAY, 2: None, 11: None}
    world.pinnacle.offer(1, status="I")
    await world.poll("fixtures")
    await world.poll("fixtures", snapshot=True)
    assert (await gone_because(world))[1] is Gone.IN_PLAY
    assert (await after(world, "inrunning", playing(listed))).changed == frozenset()


@pytest.mark.parametrize("answer", [playing(), playing(2), {"sports": []}, b""])
async def test_a_match_that_is_still_to_come_is_revived_when_two_answers_do_not_list_it(world, answer):
    await after(world, "inrunning", playing(1))
    assert 1 not in (await after(world, "inrunning", answer)).changed
    assert (await gone_because(world))[1] is Gone.IN_PLAY
    assert (await after(world, "inrunning", answer)).changed == {1}
    assert (await gone_because(world))[1] is None


async def test_answers_that_do_not_list_a_match_count_only_in_a_row(world):
    for events in ([1], [], [1], []):
        await after(world, "inrunning", playing(*events))
    await after(world, "inrunning", UnavailableError("down"))
    assert (await gone_because(world))[1] is Gone.IN_PLAY
    await after(world, "inrunning", playing())
    assert (await gone_because(world))[1] is None


@pytest.mark.parametrize("state", [0, 99])
@pytest.mark.parametrize("listed", [1, 11])
async def test_a_match_in_play_that_is_listed_in_another_state_stays_closed(world, state, listed):
    await after(world, "inrunning", playing(1))
    for _ in range(3):
        await after(world, "inrunning", playing(listed, state=state))
    assert (await gone_because(world))[1] is Gone.IN_PLAY


async def test_a_match_that_is_listed_twice_has_begun_if_it_has_once(world):
    begun, other = playing(1), playing(1, state=0)
    for sports in (begun["sports"] + other["sports"], other["sports"] + begun["sports"]):
        await after(world, "inrunning", {"sports": sports})
        assert (await gone_because(world))[1] is Gone.IN_PLAY


async def test_a_match_that_was_played_stays_closed(world):
    await after(world, "inrunning", playing(1))
    world.clock.move(seconds=(KICKOFF - world.clock.now()).total_seconds())
    for _ in range(3):
        await after(world, "inrunning", playing())
    assert (await gone_because(world))[1] is Gone.IN_PLAY


async def test_a_match_in_play_is_settled_like_any_other(world):
    await after(world, "inrunning", playing(1))
    world.pinnacle.settle(1)
    await world.poll("settled")
    assert (await gone_because(world))[1] is Gone.SETTLED


async def test_a_state_that_is_none_closes_nothing(world):
    assert (await after(world, "inrunning", playing(1, state=0))).changed == frozenset()
