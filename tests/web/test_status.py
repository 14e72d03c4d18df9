"""The status, from the store alone and from the daemon."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from syncd.app.daemon import Daemon
from syncd.bettune.budget import LEARNT_LIMIT
from syncd.bettune.rate_limit import RateLimit
from syncd.bettune.window import Urgency
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Cause, Kind, Wanted
from syncd.model.feed import EVERY_SPORT, FeedState
from syncd.model.link import LinkState
from syncd.runtime.alerts import Alert
from syncd.store import alerts, facts, rows, writes
from syncd.store.engine import Store
from syncd.store.lease import Lease
from syncd.store.mode import Mode
from syncd.store.mode import save as put_mode
from syncd.sync.plausibility import Withheld
from syncd.views.counts import EventCounts, PredictionCounts
from syncd.views.live_status import live_status
from syncd.views.status import load_status
from syncd.web.metrics import samples
from tests.web.fixtures import (
    HOME,
    HOSTILE,
    HOUR,
    NOW,
    OVER,
    SECOND,
    HandClock,
    change,
    feed,
    fill,
    save_feed,
)

CLOCK = HandClock()


async def test_the_database_counts_what_it_holds(store: Store, settings: Settings) -> None:
    await fill(store, settings)
    counts = (await load_status(store, settings, CLOCK)).counts
    assert counts.events == EventCounts(listed=4, open=1)
    assert counts.matches == 2
    assert counts.links == {LinkState.AUTO: 1, LinkState.CONFIRMED: 0, LinkState.REVIEW: 1}
    assert counts.predictions == PredictionCounts(active=1, theirs=1, respected=1, quarantined=1, in_doubt=0)


async def test_a_quarantined_pair_has_names_and_the_error(store: Store, settings: Settings) -> None:
    await fill(store, settings)
    (pair,) = (await load_status(store, settings, CLOCK)).quarantined
    assert (pair.pair, pair.filter, pair.until) == (Pair(OVER, 101), "Pinnacle odd", NOW + HOUR)
    assert pair.error == "400 odds_invalid"


async def test_an_empty_database_has_a_status_too(store: Store, settings: Settings) -> None:
    status = await load_status(store, settings, CLOCK)
    assert (status.mode, status.lease, status.feeds, status.live) == (Mode.RUNNING, None, (), None)
    assert status.counts.predictions == PredictionCounts()
    assert status.stale == {29: "no good response from Pinnacle yet"}


async def test_the_budget_is_counted_by_the_limit_that_was_learnt(filled: Store, settings: Settings) -> None:
    assert (await load_status(filled, settings, CLOCK)).bettune.used == 2
    async with filled.write() as conn:
        await facts.put(conn, LEARNT_LIMIT, RateLimit(100, 120.0), NOW)
        await facts.put(conn, facts.LIMITED_UNTIL, NOW + SECOND, NOW)
    bettune = (await load_status(filled, settings, CLOCK)).bettune
    assert (bettune.used, bettune.limit, bettune.window_s) == (3, 100, 120.0)
    assert bettune.limited_until == NOW + SECOND
    assert (bettune.matches_age_s, bettune.filters_age_s) == (60, 30)


async def test_feeds_of_an_earlier_config_are_left_out(filled: Store, settings: Settings) -> None:
    await save_feed(filled, settings, feed("odds", 0 * SECOND), leagues="1,2,3")
    await save_feed(filled, settings, msgspec.structs.replace(feed("odds", HOUR), path="/v1/odds"))
    status = await load_status(filled, settings, CLOCK)
    assert sorted((each.state.kind, each.age_s) for each in status.feeds) == [("fixtures", 1), ("odds", 1)]
    assert status.stale == {}


async def test_filters_have_their_rule_and_what_their_bet_type_means(
    filled: Store, settings: Settings
) -> None:
    home, odd, mine = (await load_status(filled, settings, CLOCK)).filters
    assert (home.rule, home.selection, home.active) == ("Pinnacle*", "moneyline home", 1)
    assert odd.problem
    assert not odd.selection
    assert (mine.rule, mine.active) == ("", 0)


async def test_writes_come_with_names_the_newest_first(filled: Store, settings: Settings) -> None:
    async with filled.write() as conn:
        await rows.write(conn, [writes.row(change(Pair(77, 88)), at=NOW, outcome="done")])
    last, rejected, raised = (await load_status(filled, settings, CLOCK)).recent_writes
    assert (raised.filter, raised.match) == ("Pinnacle Home", "Ruch Chorzów v Odra Opole")
    assert rejected.match.startswith(HOSTILE)
    assert (last.filter, last.match) == ("filter 77", "match 88")


async def test_beside_the_daemon_the_status_names_the_lease_holder_and_the_mode(
    filled: Store, settings: Settings, clock: HandClock
) -> None:
    lease = await Lease.acquire(filled, ttl=HOUR, holder="pid 7")
    async with filled.write() as conn:
        await put_mode(conn, Mode.PAUSED, NOW)
        await alerts.record_firing(conn, Alert(subject="sync.mass", message="withheld", fired_at=NOW))
    status = await load_status(filled, settings, clock)
    assert status.mode is Mode.PAUSED
    assert [each.subject for each in status.alerts] == ["sync.mass"]
    assert status.lease
    assert (status.lease.holder, status.lease.is_held) == ("pid 7", True)
    clock.at += timedelta(hours=2)
    expired = (await load_status(filled, settings, clock)).lease
    assert expired
    assert not expired.is_held
    await lease.release()


async def test_the_daemon_adds_what_waits_what_is_withheld_and_what_has_no_price(daemon: Daemon) -> None:
    assert daemon.components
    components, pair = daemon.components, Pair(HOME, 100)
    components.queue.update([pair], [change(pair)], NOW)
    components.queue.reads.add([Pair(OVER, 100)], Urgency.CREATE)
    components.planner.withheld[pair] = Withheld(change=change(pair, kind=Kind.LOWER), reason="fell too far")
    components.planner.wanted._values[pair] = Wanted(pair=pair, cause=Cause.EVENT_HALTED)
    components.budget.pause(30)
    status = await live_status(daemon)
    live = status.live
    assert live
    assert live.queue == {Kind.DELETE: 0, Kind.RAISE: 1, Kind.LOWER: 0, Kind.CREATE: 0}
    assert (live.reads_pending, live.withheld_count, live.no_price) == (1, 1, {Cause.EVENT_HALTED: 1})
    assert live.withheld[0].match == "Ruch Chorzów v Odra Opole"
    assert status.bettune.limited_until == NOW + 30 * SECOND


async def test_while_it_stands_by_the_alerts_of_both_are_shown(filled: Store, settings: Settings) -> None:
    async with filled.write() as conn:
        await alerts.record_firing(conn, Alert(subject="bettune.away", message="no response", fired_at=NOW))
    daemon = Daemon(settings, filled, CLOCK)
    daemon.alerts.fire("lease", "standing by: another works")
    status = await live_status(daemon)
    assert [each.subject for each in status.alerts] == ["lease", "bettune.away"]
    assert status.live is None


async def test_the_status_survives_json(daemon: Daemon) -> None:
    text = msgspec.json.encode(await live_status(daemon))
    decoded = msgspec.json.decode(text)
    assert decoded["recent_writes"][1]["write"]["change"]["after"] == str(Decimal("2.150000"))


async def test_the_feeds_about_every_sport_are_listed_and_make_no_sport_stale(
    store: Store, settings: Settings
) -> None:
    for kind in ("betting_status", "inrunning"):
        state = FeedState(kind=kind, sport_id=EVERY_SPORT, path=f"v1/{kind}", ok_at=NOW - HOUR)
        await save_feed(store, settings, state)
    status = await load_status(store, settings, CLOCK)
    assert [(each.state.kind, each.state.sport_id) for each in status.feeds] == [
        ("betting_status", EVERY_SPORT),
        ("inrunning", EVERY_SPORT),
    ]
    assert status.stale.keys() == {29}
    stale = [each.labels for each in samples(status) if each.name == "syncd_feed_stale"]
    assert stale == [("29",)]
