"""After any changes at Pinnacle and any failures, the store ends up equal to Pinnacle."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.pinnacle.errors import RateLimitedError, UnavailableError
from syncd.runtime.clock import SystemClock
from syncd.store import periods, specials
from syncd.store.engine import Store
from syncd.store.schema import metadata
from tests.pinnacle.feed_world import World

KINDS = {
    "fixtures": "fixtures",
    "odds": "odds",
    "specials": "special_fixtures",
    "special_odds": "special_odds",
}
"""The endpoint of each feed."""

event = st.integers(1, 6)
kind = st.sampled_from(list(KINDS))
price = st.sampled_from([1.5, 2.0, 2.25, 3.125])

step = st.one_of(
    st.tuples(st.just("offer"), event),
    st.tuples(st.just("price"), event, price),
    st.tuples(st.just("take down"), event),
    st.tuples(st.just("withdraw"), event),
    st.tuples(st.just("offer special"), event),
    st.tuples(st.just("price special"), event, st.lists(st.none() | price, max_size=2)),
    st.tuples(st.just("take down special"), event),
    st.tuples(st.just("withdraw special"), event),
    st.tuples(st.just("demand"), st.booleans()),
    st.tuples(st.just("cache")),
    st.tuples(st.just("poll"), kind),
    st.tuples(st.just("resync"), kind),
    st.tuples(st.just("restart")),
    st.tuples(st.just("away"), st.integers(1, 1200)),
    st.tuples(st.just("fault"), st.sampled_from(["down", "limited", "cut", "error"])),
)

FAULTS = {
    "down": UnavailableError("down"),
    "limited": RateLimitedError("slow down", retry_after_s=7.0),
    "cut": b'{"sportId": 29, "last": 5000, "leag',
    "error": b'{"code": "UNEXPECTED_ERROR", "message": "?"}',
}


async def take_step(world, kind, *rest):
    pinnacle = world.pinnacle
    match kind:
        case "offer":
            pinnacle.offer(*rest)
        case "price":
            pinnacle.price(*rest)
        case "take down":
            # A delta has a period without markets; a snapshot drops it.
            if (rest[0], 0) in pinnacle.period:
                pinnacle.price(rest[0], moneyline=None)
        case "withdraw":
            pinnacle.withdraw(*rest)
        case "offer special":
            pinnacle.offer_special(*rest)
        case "price special":
            pinnacle.price_special(rest[0], *rest[1])
        case "take down special":
            pinnacle.take_down_special(*rest)
        case "withdraw special":
            pinnacle.withdraw_special(*rest)
        case "demand":
            (world.demand.needed,) = rest
        case "cache":
            for endpoint in KINDS.values():
                pinnacle.keep_cached(endpoint)
            world.cached_until = world.clock.monotonic() + 60
        case "poll":
            await world.poll(*rest)
        case "resync":
            world.feeds[rest[0]].request_snapshot()
        case "restart":
            await world.start()
        case "away":
            world.clock.move(seconds=rest[0])
        case "fault":
            pinnacle.fail(FAULTS[rest[0]])
    if world.clock.monotonic() > world.cached_until:
        pinnacle.cached.clear()


async def recover(world):
    """Faults end, and time passes until a snapshot of each kind has been applied twice."""
    world.pinnacle.faults.clear()
    world.pinnacle.cached.clear()
    world.demand.needed = True
    for kind in KINDS:
        for _ in range(3):
            world.feeds[kind].request_snapshot()
            world.clock.move(seconds=95)
            await world.poll(kind)
            await world.poll(kind)


async def clear(store):
    """Delete every row: a new store for each history would compile all its statements again."""
    async with store.write() as conn:
        for table in reversed(metadata.sorted_tables):
            await conn.execute(table.delete())


async def run_history(store, steps):
    await clear(store)
    world = await World(store).start()
    world.cached_until = 0.0
    world.pinnacle.offer(39)
    world.pinnacle.price(39)
    for special in (1, 2, 39):
        world.pinnacle.offer_special(special)
        world.pinnacle.price_special(special, 2.0)
    for kind in KINDS:
        await world.poll(kind)
    for each in steps:
        await take_step(world, *each)
    await recover(world)
    listed = {number for number, state in (await world.events()).items() if state.listed}
    async with store.read() as conn:
        stored = await _home_prices(conn)
        by_event = await specials.load(conn, [1])
    offered = {
        key: Decimal(str(row["moneyline"]["home"])) if row["moneyline"] else None
        for key, row in world.pinnacle.period.items()
    }
    assert listed == set(world.pinnacle.fixture)
    assert stored == offered
    _assert_same_specials(by_event.get(1, ()), world.pinnacle)
    _assert_pace(world)


def _assert_same_specials(states, pinnacle):
    assert {state.special.id for state in states if state.listed} == set(pinnacle.special)
    offered = {
        number: [line["price"] and Decimal(str(line["price"])) for line in row["contestantLines"]]
        for number, row in pinnacle.special_price.items()
    }
    for state in states:
        stored = [line.price for line in state.odds.lines] if state.odds and not state.odds_gone else None
        assert stored == offered.get(state.special.id)


async def _home_prices(conn):
    known = await periods.load(conn, range(1, 40))
    return {
        (number, 0): each[0].period.moneyline and each[0].period.moneyline.home
        for number, each in known.items()
        if not each[0].gone
    }


def _assert_pace(world):
    for endpoint in KINDS.values():
        calls = [(at, since) for kind, since, at in world.pinnacle.calls if kind == endpoint]
        snapshots = [at for at, since in calls if since is None]
        for times, gap in (([at for at, _ in calls], 5), (snapshots, 60)):
            assert all(b - a >= gap for a, b in pairwise(times))


def test_the_store_ends_up_equal_to_pinnacle():
    with asyncio.Runner() as runner:
        store = runner.run(Store.open("sqlite:///:memory:", SystemClock()))

        @settings(max_examples=40)
        @given(st.lists(step, max_size=40))
        def any_history(steps):
            runner.run(run_history(store, steps))

        try:
            any_history()
        finally:
            runner.run(store.close())


def test_half_an_hour_without_changes_is_deltas_and_a_snapshot_every_five_minutes():
    async def half_an_hour():
        async with await Store.open("sqlite:///:memory:", SystemClock()) as store:
            world = await World(store).start()
            world.pinnacle.price(1, cutoff=world.clock.now() + timedelta(days=2))
            end = world.clock.monotonic() + 1790
            while world.clock.monotonic() < end:
                assert (await world.poll("odds")).outcome.good
            return [since for _, since, _ in world.pinnacle.calls]

    requests = asyncio.run(half_an_hour())
    assert requests.count(None) == 7  # one more after the first empty delta
    assert 355 <= len(requests) <= 360
