"""The past of one pair for a chart: Pinnacle's price, the fair price, our Min Odds, and what happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Actual
from syncd.model.pinnacle import MATCH_PERIOD, Event
from syncd.pricing.margin import Method
from syncd.pricing.selection import Selection, SpecialSelection
from syncd.store import offer_history, price_history, writes
from syncd.store.connection import AsyncConnection
from syncd.store.writes import Write
from syncd.sync.outcome import WriteOutcome
from syncd.views.price_line import ClosedSpan, PriceAt, PriceLines, closed_spans

MAX_POINTS = 300
"""Entries of the history that a chart has pixels for."""

MAX_WRITES = 300

CARRIED_OUT = (WriteOutcome.DONE, WriteOutcome.OTHER_ODDS)


class ChartSpan(StrEnum):
    """The time that a chart shows, up to now or to the kick-off."""

    HOURS_6 = "6h"
    DAY = "24h"
    ALL = "all"

    @property
    def length(self) -> timedelta | None:
        """None: all that is stored."""
        return {"6h": timedelta(hours=6), "24h": timedelta(hours=24)}.get(self)


class OddsAt(NamedTuple):
    """Min Odds from a moment on; None: no prediction."""

    at: datetime
    odds: Decimal | None


PointT = TypeVar("PointT", PriceAt, OddsAt)


class PricePast(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the chart of a pair shows."""

    prices: tuple[PriceAt, ...]
    min_odds: tuple[OddsAt, ...]
    writes: tuple[Write, ...]
    """Those within the time that is shown, the newest first."""
    closed: tuple[ClosedSpan, ...]
    since: datetime | None
    """None: from the first entry on."""
    until: datetime
    kickoff: datetime | None
    is_thinned: bool
    """True if there were more price changes than are shown."""


class PairOfChart(NamedTuple):
    """The pair whose past is wanted, with what it is priced from."""

    pair: Pair
    actual: Actual | None
    event: Event | None
    selection: Selection | None
    method: Method


async def load_past(
    conn: AsyncConnection, lines: PriceLines, of: PairOfChart, span: ChartSpan, now: datetime
) -> PricePast:
    """Load the past of a pair. Raises `StoreError`."""
    kickoff = of.event.starts if of.event else None
    until = min(now, kickoff) if kickoff else now
    since = until - span.length if span.length else None
    sent = await writes.load_of_pair(conn, of.pair, MAX_WRITES)
    prices: Sequence[PriceAt] = _prices_of_writes(sent)
    closed: list[ClosedSpan] = []
    is_thinned = False
    if of.event and of.selection and not isinstance(of.selection, SpecialSelection):
        numbers = {MATCH_PERIOD, of.selection.period}
        entries = await price_history.load_entries(conn, of.event.id, numbers)
        chosen = price_history.thinned(entries, since, MAX_POINTS)
        is_thinned = len(chosen) > MAX_POINTS // 2 and len(chosen) < len(entries)
        turns = (await offer_history.load_event_openness(conn, [of.event.id])).get(of.event.id, ())
        periods = await price_history.load_prices(conn, [entry.id for entry in chosen])
        prices = await lines.line(of.selection, of.method, periods, turns, of.event.sport_id)
        closed = closed_spans(turns)
    return PricePast(
        prices=tuple(_from(prices, since)),
        min_odds=tuple(_from(_min_odds(sent, of.actual), since)),
        writes=tuple(each for each in sent if since is None or each.at >= since),
        closed=tuple(each for each in closed if since is None or each.end is None or each.end > since),
        since=since,
        until=until,
        kickoff=kickoff,
        is_thinned=is_thinned,
    )


def _min_odds(sent: Sequence[Write], actual: Actual | None) -> list[OddsAt]:
    """Return what BetTune had, by the writes that were carried out and by what it has now."""
    done = [each for each in reversed(sent) if each.outcome in CARRIED_OUT]
    found = [OddsAt(each.at, each.change.after) for each in done]
    if actual is None or actual.read_at is None or actual.in_doubt:
        return found
    odds = actual.odds if actual.is_active else None
    if odds != (found[-1].odds if found else None) and (not found or actual.read_at >= found[-1].at):
        found.append(OddsAt(actual.read_at, odds))
    return found


def _prices_of_writes(sent: Sequence[Write]) -> list[PriceAt]:
    """Return the prices that writes were made from: of specials, whose history is not read here."""
    return [PriceAt(each.at, each.change.source_price, None) for each in reversed(sent)]


def _from(points: Sequence[PointT], since: datetime | None) -> list[PointT]:
    """Return the points from a moment on; the one that was valid then begins there."""
    if since is None:
        return list(points)
    found: list[PointT] = []
    for point in points:
        if point.at >= since:
            found.append(point)
        else:
            found = [point._replace(at=since)]
    return found
