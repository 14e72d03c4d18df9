"""The feeds of specials against a Pinnacle in memory, into a real store."""

from datetime import timedelta
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from syncd.model.feed import Gone
from syncd.pinnacle.errors import ForbiddenError, NotFoundError
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.store import offer_history, specials
from syncd.store.schema import links
from tests.pinnacle.fakes import KICKOFF
from tests.pinnacle.feed_world import World


class SpecialsWorld(World):
    async def specials(self):
        """The specials of all events, by id."""
        async with self.store.read() as conn:
            by_event = await specials.load(conn, range(1, 40))
        return {state.special.id: state for states in by_event.values() for state in states}

    async def special_prices(self):
        """The prices of each special whose odds are not gone, by the position of the contestant."""
        return {
            number: {line.id - 10 * number: line.price for line in state.odds.lines}
            for number, state in (await self.specials()).items()
            if state.odds and not state.odds_gone
        }

    async def poll_both(self, **options):
        return [await self.poll(kind, **options) for kind in ("specials", "special_odds")]


@pytest.fixture
async def world(sqlite_store):
    return await SpecialsWorld(sqlite_store).start()


# --- what is listed ------------------------------------------------------------------------------


async def test_the_specials_of_events_are_kept_and_outrights_are_not(world):
    world.pinnacle.offer_special(1, event=7)
    world.pinnacle.offer_special(2, event=None, name="To Win The League")
    assert (await world.poll("specials")).changed == {7}
    assert set(await world.specials()) == {1}


async def test_a_snapshot_comes_first_and_then_deltas_from_its_last(world):
    world.pinnacle.offer_special(1)
    await world.poll("specials")
    last = world.pinnacle.sequence
    world.pinnacle.offer_special(1, status="I")
    world.pinnacle.offer_special(2, event=2)
    assert (await world.poll("specials")).changed == {1, 2}
    assert [since for _, since, _ in world.pinnacle.calls] == [None, last]
    assert (await world.specials())[1].special.status == "I"


async def test_a_special_missing_once_is_not_listed_and_twice_is_gone_until_it_returns(world):
    for number in (1, 2, 3):
        world.pinnacle.offer_special(number, event=number)
    await world.poll("specials")
    world.pinnacle.withdraw_special(2)
    first = await world.poll("specials", snapshot=True)
    once = (await world.specials())[2]
    await world.poll("specials", snapshot=True)
    twice = (await world.specials())[2]
    assert (first.changed, once.listed, once.gone_at) == ({2}, False, None)
    assert twice.gone_because is Gone.ABSENT
    world.pinnacle.offer_special(2, event=2)
    assert (await world.poll("specials")).changed == {2}
    assert (await world.specials())[2].listed


async def test_a_special_that_moves_to_another_event_is_news_to_both(world):
    world.pinnacle.offer_special(1, event=3)
    await world.poll("specials")
    world.pinnacle.offer_special(1, event=4)
    assert (await world.poll("specials")).changed == {3, 4}
    assert (await world.specials())[1].special.event_id == 4


async def test_a_special_that_loses_its_event_is_no_longer_listed(world):
    world.pinnacle.offer_special(1, event=3)
    await world.poll("specials")
    world.pinnacle.offer_special(1, event=None)
    assert (await world.poll("specials")).changed == {3}
    assert not (await world.specials())[1].listed
    world.pinnacle.offer_special(1, event=3)
    assert (await world.poll("specials")).changed == {3}
    assert (await world.specials())[1].listed


async def test_a_snapshot_that_lost_more_than_half_waits_for_a_second_one(world):
    for number in range(1, 6):
        world.pinnacle.offer_special(number)
        world.pinnacle.price_special(number, 1.8, 2.0)
    await world.poll_both()
    for number in (1, 2, 3):
        world.pinnacle.withdraw_special(number)
        world.pinnacle.take_down_special(number)
    world.pinnacle.sequence += 1
    assert [poll.outcome for poll in await world.poll_both(snapshot=True)] == [PollOutcome.SUSPECT] * 2
    assert all(state.listed and not state.odds_gone for state in (await world.specials()).values())
    assert all(poll.changed == {1} for poll in await world.poll_both(snapshot=True))
    assert [state.listed for state in (await world.specials()).values()] == [False] * 3 + [True] * 2


async def test_specials_past_their_cutoff_may_all_disappear_at_once(world):
    for number in (1, 2):
        world.pinnacle.offer_special(number, cutoff=world.clock.now() + timedelta(seconds=30))
        world.pinnacle.price_special(number, 1.8, 2.0)
    world.pinnacle.offer_special(3, event=None)
    await world.poll_both()
    for number in (1, 2):
        world.pinnacle.withdraw_special(number)
        world.pinnacle.take_down_special(number)
    assert all(poll.outcome.good for poll in await world.poll_both(snapshot=True))
    assert await world.special_prices() == {}


@pytest.mark.parametrize("empty", [b"", b"{}", b"null", b"[]"])
async def test_an_empty_snapshot_while_specials_are_open_is_a_failure(world, empty):
    world.pinnacle.offer_special(1)
    world.pinnacle.price_special(1, 1.8, 2.0)
    await world.poll_both()
    for _ in range(2):
        world.pinnacle.fail(empty, empty)
        assert [poll.outcome for poll in await world.poll_both(snapshot=True)] == [PollOutcome.FAILED] * 2
    (state,) = (await world.specials()).values()
    assert (state.listed, state.odds_gone) == (True, False)


# --- prices --------------------------------------------------------------------------------------


async def test_a_delivered_special_is_whole_and_others_remain(world):
    for number in (1, 2):
        world.pinnacle.offer_special(number, event=number)
        world.pinnacle.price_special(number, 1.8, 2.0)
    await world.poll_both()
    world.pinnacle.price_special(1, 1.9)
    assert (await world.poll("special_odds")).changed == {1}
    assert await world.special_prices() == {
        1: {0: Decimal("1.9")},
        2: {0: Decimal("1.8"), 1: Decimal("2.0")},
    }


async def test_a_contestant_without_price_is_withdrawn_and_no_lines_withdraw_all(world):
    for number in (1, 2):
        world.pinnacle.offer_special(number)
        world.pinnacle.price_special(number, 1.8, 2.0)
    await world.poll_both()
    world.pinnacle.price_special(1, None, 2.1)
    world.pinnacle.price_special(2)
    await world.poll("special_odds")
    assert await world.special_prices() == {1: {0: None, 1: Decimal("2.1")}, 2: {}}


async def test_odds_missing_from_a_snapshot_are_gone_until_they_return(world):
    for number in (1, 2, 3):
        world.pinnacle.offer_special(number, event=number)
        world.pinnacle.price_special(number, 1.8, 2.0)
    await world.poll_both()
    world.pinnacle.take_down_special(2)
    assert (await world.poll("special_odds", snapshot=True)).changed == {2}
    assert set(await world.special_prices()) == {1, 3}
    world.pinnacle.price_special(2, 1.8, 2.0)
    assert (await world.poll("special_odds")).changed == {2}
    assert set(await world.special_prices()) == {1, 2, 3}


async def test_odds_may_be_received_before_their_special(world):
    world.pinnacle.price_special(1, 1.8, 2.0)
    assert (await world.poll("special_odds")).changed == frozenset()
    world.pinnacle.offer_special(1, event=7)
    assert (await world.poll("specials")).changed == {7}
    assert set(await world.special_prices()) == {1}


async def test_the_same_content_again_is_neither_written_nor_news(world):
    world.pinnacle.offer_special(1)
    world.pinnacle.price_special(1, 1.8, 2.0)
    await world.poll_both()
    before = await world.specials()
    world.pinnacle.price_special(1, 1.8, 2.0)  # another line id, and nothing else
    world.pinnacle.offer_special(1)
    polls = [poll for snapshot in (False, True) for poll in await world.poll_both(snapshot=snapshot)]
    assert [poll.changed for poll in polls] == [frozenset()] * 4
    assert await world.specials() == before


async def test_invalid_odds_count_as_none_and_the_others_are_applied(world):
    for special in (1, 2):
        world.pinnacle.offer_special(special)
        world.pinnacle.price_special(special, 1.8, 2.0)
    await world.poll_both()
    world.pinnacle.price_special(1, 1.9, 1.9)
    world.pinnacle.price_special(2, -120.0, 100.0)
    with capture_logs() as logged:
        assert (await world.poll("special_odds")).outcome is PollOutcome.APPLIED
    assert await world.special_prices() == {1: {0: Decimal("1.9"), 1: Decimal("1.9")}, 2: {}}
    assert [(each["event"], each["special_id"]) for each in logged] == [("invalid_item", 2)]


@pytest.mark.parametrize("snapshot", [False, True], ids=["delta", "snapshot"])
async def test_an_invalid_special_is_not_listed_and_the_others_are_applied(world, snapshot):
    for special in (1, 2):
        world.pinnacle.offer_special(special)
    await world.poll("specials")
    world.pinnacle.offer_special(1, name=None)
    world.pinnacle.offer_special(2, name="Penalty?")
    assert (await world.poll("specials", snapshot=snapshot)).outcome is PollOutcome.APPLIED
    known = await world.specials()
    assert (known[1].listed, known[2].listed, known[2].special.name) == (False, True, "Penalty?")


async def test_a_cached_snapshot_does_not_turn_prices_back(world):
    world.pinnacle.offer_special(1)
    world.pinnacle.price_special(1, 1.8, 2.0)
    await world.poll_both()
    world.pinnacle.keep_cached("special_odds")
    world.pinnacle.price_special(1, 1.9, 1.9)
    await world.poll("special_odds")
    world.feeds["special_odds"].request_snapshot()
    outcomes = []
    for _ in range(13):
        outcomes.append((await world.poll("special_odds")).outcome)
        assert (await world.special_prices())[1][0] == Decimal("1.9")
    assert PollOutcome.KEPT in outcomes


async def test_the_history_of_a_linked_events_special_keeps_every_price(world):
    async with world.store.write() as conn:
        await conn.execute(
            links.insert().values(
                event_id=1, match_id=5, state="auto", confidence=1.0, link_json="{}", decided_at=KICKOFF
            )
        )
    for number in (1, 2):
        world.pinnacle.offer_special(number, event=number)
    await world.poll("specials")
    for price in (1.8, 1.9):
        for number in (1, 2):
            world.pinnacle.price_special(number, price)
        await world.poll("special_odds")
    async with world.store.read() as conn:
        kept = await offer_history.load_special_odds(conn, [1, 2])
    prices = {event: [each.odds.lines[0].price for each in odds] for event, odds in kept.items()}
    assert prices == {1: [Decimal("1.8"), Decimal("1.9")], 2: [Decimal("1.8")]}


# --- settled -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "because"),
    [(1, Gone.SETTLED), (2, Gone.SETTLED), (3, Gone.CANCELLED), (4, Gone.CANCELLED), (5, Gone.DELETED)],
)
async def test_a_settlement_closes_its_special(world, status, because):
    world.pinnacle.offer_special(1, event=7)
    await world.poll("specials")
    await world.poll("settled_specials")
    world.pinnacle.settle_special(1, status=status)
    assert (await world.poll("settled_specials")).changed == {7}
    assert (await world.specials())[1].gone_because is because


async def test_a_settled_special_stays_closed_while_a_cached_snapshot_still_lists_it(world):
    world.pinnacle.offer_special(1)
    await world.poll("specials")
    world.pinnacle.settle_special(1)
    await world.poll("settled_specials")
    await world.poll("specials", snapshot=True)
    assert not (await world.specials())[1].listed


async def test_an_old_settlement_received_again_does_not_close_a_revived_special(world):
    world.pinnacle.offer_special(1)
    await world.poll("specials")
    world.pinnacle.settle_special(1, status=5)
    await world.poll("settled_specials")
    world.pinnacle.offer_special(1)
    await world.poll("specials")
    assert (await world.poll("settled_specials", snapshot=True)).changed == frozenset()
    assert (await world.specials())[1].listed


async def test_the_first_settlements_received_do_not_close_a_special_that_was_put_back(world):
    world.pinnacle.settle_special(1, status=5, at=world.clock.now() - timedelta(hours=5))
    world.pinnacle.offer_special(1)
    await world.poll("specials")
    await world.poll("settled_specials")
    assert (await world.specials())[1].listed


# --- demand and pace -----------------------------------------------------------------------------


async def test_nothing_is_requested_without_demand_and_at_once_with_it(world):
    kinds = ("settled_specials", "specials", "special_odds")
    world.demand.needed = False
    for kind in kinds:
        assert world.feeds[kind].next_at() > world.clock.now() + timedelta(hours=1)
        assert (await world.feeds[kind].poll()).outcome is PollOutcome.WAITING
    assert world.pinnacle.calls == []
    world.demand.needed = True
    for kind in kinds:
        assert world.feeds[kind].next_at() <= world.clock.now()
        assert (await world.feeds[kind].poll()).outcome.good


async def test_after_a_long_time_without_demand_a_snapshot_comes_first(world):
    world.pinnacle.offer_special(1)
    await world.poll("specials")
    world.demand.needed = False
    world.clock.move(seconds=1200)
    world.demand.needed = True
    assert (await world.poll("specials")).snapshot


async def test_a_refusal_of_specials_silences_specials_only(world):
    world.pinnacle.fail(ForbiddenError("no special permission"))
    assert (await world.poll("special_odds")).outcome is PollOutcome.REFUSED
    assert (await world.feeds["specials"].poll()).outcome is PollOutcome.WAITING
    for kind in ("fixtures", "odds", "settled_specials"):
        assert (await world.feeds[kind].poll()).outcome.good


async def test_specials_that_were_there_before_are_down_and_requested_again_soon(world):
    world.pinnacle.offer_special(1)
    await world.poll_both()
    await world.start()  # it is known across a restart
    for kind in ("specials", "special_odds"):
        world.pinnacle.fail(NotFoundError("status 404"))
        poll = await world.poll(kind)
        assert (poll.outcome, poll.error) == (PollOutcome.FAILED, "status 404")
        assert poll.next_at - world.clock.now() < timedelta(minutes=2)


async def test_a_host_without_specials_gets_no_request_for_an_hour(world):
    for kind in ("settled_specials", "specials", "special_odds"):
        world.pinnacle.fail(NotFoundError("status 404"))
        poll = await world.poll(kind)
        assert poll.outcome is PollOutcome.ABSENT
        assert poll.next_at - world.clock.now() >= timedelta(minutes=59)
        assert (world.feeds[kind].state.ok_at, world.feeds[kind].optional) == (None, True)


async def test_the_two_lists_have_paces_of_their_own(world):
    await world.poll("specials")
    assert world.feeds["special_odds"].next_at() <= world.clock.now()
    assert world.feeds["specials"].next_at() - world.clock.now() >= timedelta(seconds=60)


# --- both databases ------------------------------------------------------------------------------


async def test_the_feeds_of_specials_work_on_both_databases(store):
    world = await SpecialsWorld(store).start()
    for number in (1, 2, 3):
        world.pinnacle.offer_special(number, event=number)
        world.pinnacle.price_special(number, 1.8, 2.0)
    await world.poll_both()
    world.pinnacle.take_down_special(3)
    world.pinnacle.price_special(1, 1.9)
    assert all(poll.outcome.good for poll in await world.poll_both(snapshot=True))
    assert set(await world.special_prices()) == {1, 2}
    world.pinnacle.settle_special(1)
    assert (await world.poll("settled_specials")).changed == {1}
    assert await world.special_prices() == {1: {0: Decimal("1.9")}, 2: {0: Decimal("1.8"), 1: Decimal("2.0")}}
