"""Counts of what the store holds, made by the database."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import exists, func, select

from syncd.config.settings import Settings
from syncd.model.change import Kind, Owner
from syncd.model.horizon import horizon
from syncd.model.link import LinkState
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.store.connection import AsyncConnection
from syncd.store.predicates import EVENT_IS_LISTED, PREDICTION_IS_ACTIVE, event_takes_bets
from syncd.store.schema import events, links, matches, periods, predictions, requests, writes


class EventCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The number of Pinnacle's events in the polled sports."""

    listed: int
    open: int
    """Those not kicked off, not halted, and with odds on the whole match."""


class PredictionCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The number of predictions at BetTune, as far as known, and of pairs in a special state."""

    active: int = 0
    """Ours, by which BetTune bets."""
    theirs: int = 0
    """Made or edited by hand: never changed by syncd."""
    respected: int = 0
    """Ours that a user deleted by hand, and that syncd does not make again."""
    quarantined: int = 0
    """BetTune rejected the last write: not tried again for a while."""
    in_doubt: int = 0
    """The result of the last write is unknown: to be read back."""


async def count_events(conn: AsyncConnection, sports: Collection[int], now: datetime) -> EventCounts:
    """Count the events that are listed, and those of them that are open."""
    priced = exists().where(
        periods.c.event_id == events.c.id, periods.c.number == MATCH_PERIOD, periods.c.gone.is_(False)
    )
    is_open = event_takes_bets(now) & priced
    query = select(func.count(), func.count().filter(is_open)).where(
        events.c.sport_id.in_(sports), EVENT_IS_LISTED
    )
    listed, open_ = (await conn.execute(query)).one()
    return EventCounts(listed=listed, open=open_)


async def count_matches(conn: AsyncConnection, settings: Settings, now: datetime) -> int:
    """Count the matches that BetTune lists within the horizon."""
    days = horizon(now, settings.bettune.horizon)
    query = select(func.count()).where(
        matches.c.gone_at.is_(None), matches.c.date >= days.start, matches.c.date < days.end
    )
    return int((await conn.execute(query)).scalar_one())


async def count_links(conn: AsyncConnection, settings: Settings, now: datetime) -> dict[LinkState, int]:
    """Count the links to matches of the horizon, by state."""
    days = horizon(now, settings.bettune.horizon)
    query = (
        select(links.c.state, func.count().label("number"))
        .join(matches, matches.c.id == links.c.match_id)
        .where(matches.c.gone_at.is_(None), matches.c.date >= days.start, matches.c.date < days.end)
        .group_by(links.c.state)
    )
    return dict.fromkeys(LinkState, 0) | {
        LinkState(row.state): row.number for row in await conn.execute(query)
    }


async def count_predictions(conn: AsyncConnection, now: datetime) -> tuple[PredictionCounts, dict[int, int]]:
    """Count the predictions by owner and state; and those of ours that are active, by filter id."""
    columns = predictions.c
    query = select(
        columns.filter_id,
        func.count().filter(PREDICTION_IS_ACTIVE).label("active"),
        func.count().filter(columns.owner == Owner.THEIRS).label("theirs"),
        func.count().filter(columns.respected.is_(True)).label("respected"),
        func.count().filter(columns.quarantined_until > now).label("quarantined"),
        func.count().filter(columns.in_doubt.is_(True)).label("in_doubt"),
    ).group_by(columns.filter_id)
    rows = [row._mapping for row in await conn.execute(query)]
    totals = {name: sum(row[name] for row in rows) for name in PredictionCounts.__struct_fields__}
    return PredictionCounts(**totals), {row["filter_id"]: row["active"] for row in rows}


async def count_requests(conn: AsyncConnection, since: datetime) -> int:
    """Count the requests to BetTune that the budget was charged for after this moment."""
    query = select(func.count()).select_from(requests).where(requests.c.counted_at > since)
    return int((await conn.execute(query)).scalar_one())


WriteCounts = Counter[tuple[Kind, str]]
"""The number of writes, by kind and outcome."""


async def writes_after(conn: AsyncConnection, last: int, since: datetime) -> tuple[int, WriteCounts]:
    """Count the writes with an id above `last`, from `since` on; returns the greatest id with the counts.

    Continuing from an id keeps a scrape as cheap after months as on the first day.
    """
    query = (
        select(
            writes.c.kind,
            writes.c.outcome,
            func.count().label("number"),
            func.max(writes.c.id).label("greatest"),
        )
        .where(writes.c.id > last, writes.c.at >= since)
        .group_by(writes.c.kind, writes.c.outcome)
    )
    rows = (await conn.execute(query)).all()
    counted = Counter({(Kind(row.kind), str(row.outcome)): int(row.number) for row in rows})
    return max((row.greatest for row in rows), default=last), counted
