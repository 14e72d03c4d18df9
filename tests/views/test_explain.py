"""The explanation of one price while others move with it."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.model.bettune import Filter, Named, Pair
from syncd.model.change import Actual, Owner
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Moneyline, Period
from syncd.runtime.alerts import Alert
from syncd.store import alerts, catalogue, events, links, periods, predictions, rows
from syncd.store.engine import Store
from syncd.store.feeds import filter_key
from syncd.store.lease import Lease
from syncd.store.periods import NewPeriodContent
from syncd.sync.interruptions import SLACK
from syncd.sync.plausibility import AWAITING, MASS
from syncd.sync.preview import preview
from syncd.views.explain import Explanation, explain_pair, summary
from tests.web.fixtures import HOME, HOUR, PATHS, SECOND, event, feed, match, save_feed, settings_of

SETTINGS = settings_of()
COUNT = 12
FALLEN = f"{COUNT} of {COUNT} prices fell by more than 35% at once"


async def collapse(store: Store) -> None:
    """Many of our predictions are 2.24, and Pinnacle now has 1.25 for all of them."""
    now = store.clock.now()
    await put_feeds(store, snapshot_age=HOUR)
    games = range(COUNT)
    prices = Moneyline(home=Decimal("1.25"), draw=Decimal("6.5"), away=Decimal("12.0"))
    text = periods.encode(Period(number=0, moneyline=prices))
    listed = [match(100 + game, at=now + 3 * HOUR) for game in games]
    async with store.write() as conn:
        await events.save(conn, [event(10 + game, at=now + 3 * HOUR) for game in games])
        await periods.save(
            conn,
            [
                NewPeriodContent(10 + game, 0, 29, 7, text, has_prices=True, has_moneyline=True)
                for game in games
            ],
            now - SECOND,
        )
        await links.save(conn, [link(game) for game in games], now)
        await catalogue.replace_days(conn, {now.date(): listed}, now)
        await catalogue.replace_filters(
            conn,
            [
                Filter(
                    id=HOME,
                    name="Pinnacle Home",
                    sport=Named(1, "Football"),
                    bet_type="Home",
                    status="approved",
                )
            ],
            now,
        )
    await put_actual(store, games, "2.24")


def link(game: int) -> Link:
    return Link(event_id=10 + game, match_id=100 + game, state=LinkState.AUTO, confidence=0.99)


async def put_actual(store: Store, games: Iterable[int], odds: str) -> None:
    async with store.write() as conn:
        ours = [Actual(pair=Pair(HOME, 100 + game), owner=Owner.OURS, odds=Decimal(odds)) for game in games]
        await rows.write(conn, map(predictions.row, ours))


async def put_feeds(store: Store, snapshot_age: timedelta, age: timedelta = SECOND / 2) -> None:
    now = store.clock.now()
    for kind in PATHS:
        state = feed(kind, ok_at=now - age, polled_at=now - age, snapshot_at=now - snapshot_age)
        await save_feed(store, SETTINGS, state, filter_key(SETTINGS.pinnacle.leagues))


async def fire_alert(store: Store, age: timedelta) -> None:
    alert = Alert(subject=MASS, message="withheld", fired_at=store.clock.now() - age)
    async with store.write() as conn:
        await alerts.record_firing(conn, alert)


async def explained(store: Store) -> Explanation:
    return await explain_pair(store, SETTINGS, str(HOME), "103")


def waits_for_the_mass(found: Explanation) -> bool:
    return found.next_change is None and found.waits == (f"withheld: {FALLEN}",) and FALLEN in summary(found)


async def test_a_price_of_a_withheld_mass_waits_for_the_mass_as_the_plan_says(store: Store):
    await collapse(store)
    found = await explained(store)
    assert waits_for_the_mass(found)
    assert "to be written next" not in summary(found)
    planned = await preview(store, SETTINGS)
    assert planned.plan.changes == ()
    assert {each.reason for each in planned.plan.withheld} == {FALLEN}


async def test_a_price_that_falls_alone_is_written_next(store: Store):
    await collapse(store)
    await put_actual(store, [game for game in range(COUNT) if game != 3], "1.25")
    found = await explained(store)
    assert found.next_change is not None
    assert "to be written next" in summary(found)


@pytest.mark.parametrize("late_by", [-SECOND, timedelta(0)])
async def test_a_lower_waits_while_the_response_of_a_running_daemon_is_overdue(
    store: Store, late_by: timedelta
):
    await collapse(store)
    await put_actual(store, range(COUNT), "1.3")
    await put_feeds(store, HOUR, age=SETTINGS.pinnacle.pace.of_prices["odds"] + SLACK + late_by)
    assert (await explained(store)).next_change is not None, "no daemon polls: the pass will"
    lease = await Lease.acquire(store, ttl=HOUR)
    found = await explained(store)
    assert (found.next_change is None) is (late_by >= timedelta(0))
    assert any(AWAITING in reason for reason in found.waits) is (late_by >= timedelta(0))
    await lease.release()


async def test_a_snapshot_since_the_daemon_saw_the_mass_lifts_it(store: Store):
    await collapse(store)
    lease = await Lease.acquire(store, ttl=HOUR)
    await fire_alert(store, timedelta(0))
    assert waits_for_the_mass(await explained(store))
    await put_feeds(store, snapshot_age=timedelta(0))
    found = await explained(store)
    assert found.next_change is not None
    assert "to be written next" in summary(found)
    assert len((await preview(store, SETTINGS)).plan.changes) == COUNT
    await lease.release()


@pytest.mark.parametrize("is_running", [True, False], ids=["another daemon", "no daemon"])
async def test_an_alert_that_an_earlier_daemon_left_lifts_nothing(store: Store, is_running: bool):
    await collapse(store)
    await fire_alert(store, HOUR / 2)
    await put_feeds(store, snapshot_age=timedelta(0))
    lease = await Lease.acquire(store, ttl=HOUR)
    if not is_running:
        await lease.release()
    assert waits_for_the_mass(await explained(store))
    if is_running:
        await lease.release()
