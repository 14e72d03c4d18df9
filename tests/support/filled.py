"""A database as large as a busy weekend: matches, filters, linked events with prices, and our predictions."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from syncd.config.settings import Settings
from syncd.model.bettune import Filter, Match, Named, Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner
from syncd.model.feed import EventState, FeedState
from syncd.model.link import Evidence, Link, LinkState
from syncd.model.pinnacle import Event, League, Moneyline, Period, TotalLine
from syncd.store import catalogue, events, feeds, links, periods, predictions, rows, schema, writes
from syncd.store.engine import Store
from syncd.store.feeds import FeedKey, filter_key
from syncd.store.periods import NewPeriodContent

FIRST_EVENT = 1_000_000
BET_TYPES = ("Home", "Draw", "Away", "Over 2.50 goals", "Under 2.50 goals")
CITIES = ("Łódź", "Århus", "München", "Kraków", "Şanlıurfa", "Zürich", "Leeds", "Lyon", "Porto", "Brno")
FORMS = ("United", "City", "Rovers", "FC", "Athletic", "Sport", "Union", "Town", "1909", "Olympia")


def team(number: int) -> str:
    """One of a few thousand names."""
    return f"{CITIES[number % 10]} {FORMS[number // 10 % 10]} {number // 100}"


def match_of(number: int, now: datetime) -> Match:
    """The match of this number; they kick off over the next three days."""
    kickoff = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return Match(
        id=number,
        date=kickoff + timedelta(minutes=15 * (number % 270)),
        finished=False,
        country=Named(number % 60, f"Country {number % 60}"),
        tournament=Named(number % 180, f"League {number % 180}"),
        season=Named(1, "2026"),
        home=Named(2 * number, team(2 * number)),
        away=Named(2 * number + 1, team(2 * number + 1)),
    )


def prices(number: int, step: int = 0) -> Period:
    """The prices of a match, which move with each step."""
    home = Decimal("1.80") + Decimal(number % 50 + step) / 100
    return Period(
        number=0,
        moneyline=Moneyline(home=home, draw=Decimal("3.61"), away=Decimal("4.42")),
        totals=(TotalLine(points=Decimal("2.5"), over=home, under=Decimal("1.98")),),
    )


async def fill_large(store: Store, settings: Settings, *, matches: int = 5_000, written: int = 0) -> None:
    """Fill an empty store with so many matches, each linked and with a prediction of each filter."""
    now = store.clock.now()
    numbers = range(1, matches + 1)
    listed: dict[object, list[Match]] = {}
    for number in numbers:
        found = match_of(number, now)
        listed.setdefault(found.date.date(), []).append(found)
    async with store.write() as conn:
        await catalogue.replace_days(conn, listed, now)  # type: ignore[arg-type]
        await catalogue.replace_filters(conn, _filters(), now)
        for kind, path in (("fixtures", "/v1/fixtures"), ("odds", "/v2/odds")):
            key = FeedKey(settings.pinnacle.base_url, path, 29, filter_key(settings.pinnacle.leagues))
            state = FeedState(kind=kind, sport_id=29, path=path, ok_at=now, polled_at=now, snapshot_at=now)
            await feeds.save(conn, key, state)
        await events.save(conn, [_event(match_of(number, now), now) for number in numbers])
        await periods.save(conn, [_content(number) for number in numbers], now)
        await links.save(conn, [_link(number, now) for number in numbers], now)
        await rows.upsert(
            conn, predictions.predictions, (_row(number, of, now) for number in numbers for of in _ids())
        )
        await rows.insert(conn, writes.writes, (_write(number, now, written) for number in range(written)))


def _ids() -> range:
    return range(1, len(BET_TYPES) + 1)


def _filters() -> list[Filter]:
    sport = Named(1, "Football")
    return [
        Filter(id=number, name=f"Pinnacle {bet_type}", sport=sport, bet_type=bet_type, status="approved")
        for number, bet_type in zip(_ids(), BET_TYPES, strict=True)
    ]


def _event(match: Match, now: datetime) -> EventState:
    return EventState(
        event=Event(
            id=FIRST_EVENT + match.id,
            sport_id=29,
            league_id=match.tournament.id,
            home=match.home.name,
            away=match.away.name,
            starts=match.date,
            status="O",
        ),
        league=League(id=match.tournament.id, sport_id=29, name=match.tournament.name),
        seen_at=now,
        changed_at=now,
    )


def _content(number: int) -> NewPeriodContent:
    text = periods.encode(prices(number))
    return NewPeriodContent(
        FIRST_EVENT + number, 0, 29, number % 180, text, has_prices=True, has_moneyline=True
    )


def _link(number: int, now: datetime) -> Link:
    evidence = (Evidence(kind="home", text="the same name", weight=4.2),)
    return Link(
        event_id=FIRST_EVENT + number,
        match_id=number,
        state=LinkState.AUTO,
        confidence=0.9991,
        evidence=evidence,
        decided_at=now,
    )


def _row(number: int, filter_id: int, now: datetime) -> dict[str, object]:
    odds = (Decimal("1.80") + Decimal(number % 50) / 100).quantize(Decimal("0.000001"))
    actual = Actual(pair=Pair(filter_id, number), owner=Owner.OURS, odds=odds, read_at=now)
    return dict(predictions.row(actual).values)


def _write(number: int, now: datetime, of: int) -> dict[str, object]:
    change = Change(
        kind=list(Kind)[number % 4],
        pair=Pair(number % 5 + 1, number % 5_000 + 1),
        before=Decimal("2.100000"),
        after=None if number % 4 == 0 else Decimal("2.150000"),
        cause=Cause.PRICED,
        reason="moneyline home: Pinnacle's own market; Pinnacle's price: 2.15",
        event_id=FIRST_EVENT + number % 5_000 + 1,
        source_price=Decimal("2.15"),
    )
    at = now - timedelta(seconds=of - number)
    return dict(
        writes.row(change, at=at, outcome="rejected" if number % 997 == 0 else "done", took_ms=80).values
    )


def weekend() -> datetime:
    """A moment for clocks that stand still."""
    return datetime(2026, 4, 3, 12, tzinfo=UTC)


async def fill_past(
    store: Store, number: int, *, steps: int = 400, every: timedelta = timedelta(minutes=4)
) -> None:
    """Give a match a past: prices that moved, a suspension, and writes that followed."""
    now, event_id = store.clock.now(), FIRST_EVENT + number
    begin = now - steps * every
    past, sent = [], []
    before: Decimal | None = None
    for step in range(steps):
        at, drift = begin + step * every, round(30 * math.sin(step / 25) + 8 * math.sin(step / 3))
        text = periods.encode(prices(number, drift))
        past.append({"event_id": event_id, "number": 0, "at": at, "period_json": text})
        after = (Decimal("1.80") + Decimal(number % 50 + drift) / 100).quantize(Decimal("0.000001"))
        if step % 9 == 0 and after != before:
            kind = Kind.CREATE if before is None else Kind.RAISE if after > before else Kind.LOWER
            change = Change(
                kind=kind,
                pair=Pair(1, number),
                before=before,
                after=after,
                cause=Cause.PRICED,
                reason=f"moneyline home: Pinnacle's own market; Pinnacle's price: {after.normalize()}",
                event_id=event_id,
                source_price=after,
            )
            outcome = "rejected" if step == 9 * 20 else "done"
            sent.append(dict(writes.row(change, at=at + timedelta(seconds=3), outcome=outcome).values))
            before = after if outcome == "done" else before
    closed = begin + steps // 2 * every
    turns = [(closed, False), (closed + 6 * every, True)]
    async with store.write() as conn:
        await rows.insert(conn, schema.price_history, past)
        await rows.insert(conn, schema.writes, sent)
        await rows.insert(
            conn,
            schema.event_openness,
            ({"event_id": event_id, "at": at, "open": is_open} for at, is_open in turns),
        )
