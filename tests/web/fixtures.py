"""A store with a little of everything, and a daemon over it that works by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from syncd.app.components import open_components
from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match, Named, Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner
from syncd.model.feed import EventState, FeedState
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event, League, Moneyline, Period
from syncd.runtime.alerts import Alert
from syncd.store import (
    alerts,
    catalogue,
    events,
    facts,
    feeds,
    links,
    periods,
    predictions,
    requests,
    rows,
    writes,
)
from syncd.store.engine import Store
from syncd.store.feeds import FeedKey, filter_key
from syncd.store.lease import Lease
from syncd.store.periods import NewPeriodContent

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)

HOSTILE = "<script>alert('x')</script>"
SECRETS = ("pinnacle-s3cret", "bettune-s3cret", "web-s3cret", "notify-s3cret")

HOME, OVER, BY_HAND = 1, 2, 3
PATHS = {"fixtures": "/v1/fixtures", "odds": "/v2/odds"}


class HandClock:
    """A clock that only moves by hand."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOW).total_seconds()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def settings_of(**sections: Any) -> Settings:
    tree: dict[str, Any] = {
        "pinnacle": {"username": "me", "password": SECRETS[0]},
        "bettune": {"token": SECRETS[1]},
        "web": {"port": 0},
        "rules": [{"filter": "Pinnacle*"}],
        "notify": {"urls": [f"tgram://{SECRETS[3]}/chat"]},
    }
    return Settings.of(tree | sections)


def match(match_id: int, home: str = "Ruch Chorzów", at: datetime = NOW + 3 * HOUR) -> Match:
    return Match(
        id=match_id,
        date=at,
        finished=False,
        country=Named(1, "Poland"),
        tournament=Named(1, "I Liga"),
        season=Named(1, "2025"),
        home=Named(match_id, home),
        away=Named(match_id + 1, "Odra Opole"),
    )


def event(event_id: int, *, status: str = "O", at: datetime = NOW + 3 * HOUR) -> EventState:
    return EventState(
        event=Event(
            id=event_id, sport_id=29, league_id=7, home="Ruch", away="Odra", starts=at, status=status
        ),
        league=League(id=7, sport_id=29, name="Poland - I Liga"),
        seen_at=NOW,
        changed_at=NOW,
    )


def change(pair: Pair, **fields: Any) -> Change:
    defaults: dict[str, Any] = {
        "kind": Kind.RAISE,
        "before": Decimal("2.100000"),
        "after": Decimal("2.150000"),
        "cause": Cause.PRICED,
        "reason": "moneyline home",
    }
    return Change(pair=pair, **(defaults | fields))


def feed(kind: str, age: timedelta = SECOND, **fields: Any) -> FeedState:
    known: dict[str, Any] = {
        "cursor": 4711,
        "ok_at": NOW - age,
        "polled_at": NOW - age,
        "snapshot_at": NOW - HOUR,
    }
    return FeedState(kind=kind, sport_id=29, path=PATHS[kind], **(known | fields))


async def save_feed(store: Store, settings: Settings, state: FeedState, leagues: str = "") -> None:
    key = FeedKey(settings.pinnacle.base_url, state.path, state.sport_id, leagues)
    async with store.write() as conn:
        await feeds.save(conn, key, state)


async def fill(store: Store, settings: Settings) -> None:
    """Three matches, four events of which one is open, two filters with a rule, and their past."""
    for kind in PATHS:
        await save_feed(store, settings, feed(kind), filter_key(settings.pinnacle.leagues))
    async with store.write() as conn:
        await _fill_pinnacle(conn)
        await _fill_bettune(conn)
        await _fill_past(conn)


async def _fill_pinnacle(conn: Any) -> None:
    await events.save(conn, [event(10), event(11, status="H"), event(12, at=NOW - HOUR), event(13)])
    text = periods.encode(Period(number=0, moneyline=Moneyline(home=Decimal("2.15"))))
    contents = [
        NewPeriodContent(event_id, 0, 29, 7, text, has_prices=True, has_moneyline=True)
        for event_id in (10, 11, 12)
    ]
    await periods.save(conn, contents, NOW)
    await links.save(
        conn,
        [
            Link(event_id=10, match_id=100, state=LinkState.AUTO, confidence=0.99),
            Link(event_id=11, match_id=101, state=LinkState.REVIEW, confidence=0.6),
        ],
        NOW,
    )


async def _fill_bettune(conn: Any) -> None:
    listed = [match(100), match(101, HOSTILE), match(102, at=NOW + timedelta(days=30))]
    await catalogue.replace_days(conn, {NOW.date(): listed}, NOW)
    sport = Named(1, "Football")
    named = [(HOME, "Pinnacle Home", "Home"), (OVER, "Pinnacle odd", HOSTILE), (BY_HAND, "Mine", "Home")]
    await catalogue.replace_filters(
        conn,
        [
            Filter(id=number, name=name, sport=sport, bet_type=bet_type, status="approved")
            for number, name, bet_type in named
        ],
        NOW,
    )
    await facts.put(conn, facts.MATCHES_READ_AT, NOW - 60 * SECOND, NOW)
    await facts.put(conn, facts.FILTERS_READ_AT, NOW - 30 * SECOND, NOW)
    ours = {"pair": Pair(HOME, 100), "owner": Owner.OURS, "odds": Decimal("2.150000")}
    actuals = [
        Actual(**ours),
        Actual(pair=Pair(BY_HAND, 100), owner=Owner.THEIRS, odds=Decimal(3)),
        Actual(pair=Pair(OVER, 100), owner=Owner.NOBODY, respected=True),
        Actual(
            pair=Pair(OVER, 101),
            owner=Owner.NOBODY,
            quarantined_until=NOW + HOUR,
            error="400 odds_invalid",
        ),
    ]
    await rows.write(conn, map(predictions.row, actuals))


async def _fill_past(conn: Any) -> None:
    await rows.write(
        conn, [writes.row(change(Pair(HOME, 100)), at=NOW - 10 * SECOND, outcome="done", took_ms=40)]
    )
    rejected = change(Pair(OVER, 101), kind=Kind.DELETE, after=None, cause=Cause.EVENT_HALTED)
    await rows.write(
        conn, [writes.row(rejected, at=NOW - 5 * SECOND, outcome="rejected", error=f"400 {HOSTILE}")]
    )
    counted = [
        requests.counted(number, NOW - age * SECOND) for number, age in enumerate((5, 10, 90), start=1)
    ]
    await rows.write(conn, counted)
    over = Alert(subject="bettune.away", message=f"no response: {HOSTILE}", fired_at=NOW - HOUR)
    await alerts.record_firing(conn, over)
    await alerts.record_resolved(conn, over.subject, NOW - HOUR / 2)


@asynccontextmanager
async def at_work(store: Store, settings: Settings) -> AsyncIterator[Daemon]:
    """A daemon that holds the lease and has planned; nothing in it moves by itself."""
    daemon = Daemon(settings, store, store.clock)
    lease = await Lease.acquire(store, ttl=HOUR, holder="pid 1 on test")
    async with open_components(settings, store, store.clock, daemon.alerts) as components:
        daemon.components, daemon.lease_holder = components, lease.holder
        components.gateway.ok_at = NOW
        components.planner.planned_once.set()
        try:
            yield daemon
        finally:
            await daemon.supervisor.stop()
    await lease.release()


async def price(store: Store) -> None:
    """Give the open event the prices of a whole market."""
    prices = Moneyline(home=Decimal("2.15"), draw=Decimal("3.4"), away=Decimal("3.6"))
    text = periods.encode(Period(number=0, moneyline=prices))
    content = NewPeriodContent(10, 0, 29, 7, text, has_prices=True, has_moneyline=True)
    async with store.write() as conn:
        await periods.save(conn, [content], NOW - SECOND)


async def plan(daemon: Daemon) -> None:
    """Have a daemon at work plan what is in the store."""
    assert daemon.components
    daemon.components.signals.invalidate(everything=True)
    await daemon.components.planner.step()
