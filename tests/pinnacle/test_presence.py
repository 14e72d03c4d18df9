"""Events come and go: by lists of fixtures, league names and settlements."""

from datetime import timedelta

import pytest

from syncd.model.feed import Gone
from syncd.pinnacle.errors import NotFoundError
from syncd.pinnacle.feed.poll import PollOutcome
from tests.pinnacle.fakes import KICKOFF
from tests.pinnacle.feed_world import PACE, World


@pytest.fixture
async def world(sqlite_store):
    return await World(sqlite_store).start()


# --- fixtures ------------------------------------------------------------------------------------


async def test_an_event_missing_once_is_not_listed_and_twice_is_gone(world):
    for event in (1, 2, 3):
        world.pinnacle.offer(event)
    await world.poll("fixtures")
    world.pinnacle.withdraw(2)
    first = await world.poll("fixtures", snapshot=True)
    once = (await world.events())[2]
    await world.poll("fixtures", snapshot=True)
    twice = (await world.events())[2]
    assert (first.changed, once.listed, once.gone_at) == ({2}, False, None)
    assert twice.gone_because is Gone.ABSENT


async def test_a_tombstone_is_revived_when_the_event_returns(world):
    for event in (1, 2, 3):
        world.pinnacle.offer(event)
    await world.poll("fixtures")
    world.pinnacle.withdraw(2)
    for _ in range(2):
        await world.poll("fixtures", snapshot=True)
    world.pinnacle.offer(2)
    assert (await world.poll("fixtures")).changed == {2}
    assert (await world.events())[2].listed


async def test_a_moved_kickoff_and_a_changed_status_are_news(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.offer(1, starts=KICKOFF + timedelta(hours=1), status="H")
    assert (await world.poll("fixtures")).changed == {1}
    event = (await world.events())[1].event
    assert (event.starts - KICKOFF, event.status) == (timedelta(hours=1), "H")


async def test_a_new_league_name_is_news_of_its_events(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.league_names[1] = "England - Premier League Women"
    assert (await world.poll("fixtures", snapshot=True)).changed == {1}
    assert (await world.events())[1].league.name == "England - Premier League Women"


async def test_league_names_are_requested_only_while_one_is_missing(world):
    world.pinnacle.sends_names = False
    assert (await world.feeds["leagues"].poll()).outcome is PollOutcome.WAITING
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    assert (await world.poll("leagues")).changed == {1}
    assert (await world.events())[1].league.name == "England - Premier League"
    assert (await world.poll("leagues")).outcome is PollOutcome.WAITING


async def test_the_name_of_a_league_that_pinnacle_does_not_have_is_requested_at_its_pace(world):
    world.pinnacle.sends_names = False
    world.pinnacle.league_names = {2: "Another"}
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    poll = await world.poll("leagues")
    assert poll.next_at - world.clock.now() >= PACE.leagues


# --- settled -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "because"),
    [(1, Gone.SETTLED), (2, Gone.SETTLED), (3, Gone.CANCELLED), (4, Gone.CANCELLED), (5, Gone.DELETED)],
)
async def test_a_settlement_of_the_match_closes_its_event(world, status, because):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    await world.poll("settled")
    world.pinnacle.settle(1, status=status)
    assert (await world.poll("settled")).changed == {1}
    assert (await world.events())[1].gone_because is because


async def test_a_settled_half_closes_nothing(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.settle(1, number=1)
    assert (await world.poll("settled")).changed == frozenset()


async def test_a_settled_event_stays_closed_while_a_cached_snapshot_still_lists_it(world):
    world.pinnacle.offer(1)
    world.pinnacle.offer(2)
    await world.poll("fixtures")
    world.pinnacle.settle(1, status=5)
    await world.poll("settled")
    await world.poll("fixtures", snapshot=True)
    assert not (await world.events())[1].listed
    world.pinnacle.withdraw(1)
    await world.poll("fixtures", snapshot=True)
    world.pinnacle.offer(1)
    await world.poll("fixtures", snapshot=True)
    assert (await world.events())[1].listed


async def test_an_old_settlement_received_again_does_not_close_a_revived_event(world):
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    world.pinnacle.settle(1, status=5)
    await world.poll("settled")
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    assert (await world.poll("settled", snapshot=True)).changed == frozenset()
    assert (await world.events())[1].listed


async def test_the_first_settlements_received_do_not_close_an_event_that_was_put_back(world):
    world.pinnacle.settle(1, status=5, at=world.clock.now() - timedelta(hours=5))
    world.pinnacle.offer(1)
    await world.poll("fixtures")
    await world.poll("settled")
    assert (await world.events())[1].listed


async def test_a_host_without_settlements_gets_no_request_for_an_hour(world):
    world.pinnacle.fail(NotFoundError("status 404"))
    poll = await world.poll("settled")
    assert poll.outcome is PollOutcome.ABSENT
    assert poll.next_at - world.clock.now() >= timedelta(minutes=59)
