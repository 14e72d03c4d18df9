"""One match: `/matches/ID` and `/api/v1/matches/ID`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from aiohttp import web

from syncd.model.change import Owner
from syncd.store.schema import HIGHEST_ID
from syncd.store.writes import Write
from syncd.sync.outcome import WriteOutcome
from syncd.views.bet_state import BetState
from syncd.views.formatting import code_text, counted, odds
from syncd.views.match_page import MatchDetails, MatchViews
from syncd.views.price_past import ChartSpan, PricePast
from syncd.views.results import verdict_text
from syncd.views.rule_text import price_text
from syncd.web.addresses import from_root, same_page
from syncd.web.charts.plot import NARROW, WIDE, Size
from syncd.web.charts.price_chart import price_chart
from syncd.web.charts.values import Line, Mark, Point, Span
from syncd.web.json_response import json_of
from syncd.web.pages.bets import TONES
from syncd.web.parameters import member_of, number_of
from syncd.web.site import Site

MAX_MARKS: Final = 80
MAX_TABLE_ROWS: Final = 100
SHOWN_WRITES: Final = 12

OWNER_TEXTS: Final = {
    Owner.OURS: "ours",
    Owner.THEIRS: "set by hand, never changed by syncd",
    Owner.NOBODY: "no prediction",
    Owner.UNKNOWN: "not read yet",
}

SPAN_TEXTS: Final = {ChartSpan.HOURS_6: "6 hours", ChartSpan.DAY: "24 hours", ChartSpan.ALL: "All"}

TEXTS: Final[Mapping[str, Any]] = {
    "spans": SPAN_TEXTS,
    "tones": TONES,
    "no_price": BetState.NO_PRICE,
    "owner_texts": OWNER_TEXTS,
    "verdict_text": verdict_text,
    "price_text": price_text,
}
"""The words and functions of the template."""


class TableRow(NamedTuple):
    """A moment at which one of the lines changed, with all three from then on."""

    at: datetime
    price: Decimal | None
    fair: Decimal | None
    min_odds: Decimal | None


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = MatchPages(site)
    return web.get("/matches/{match_id}", page.show), web.get("/api/v1/matches/{match_id}", page.data)


class MatchPages:
    """A match, for people and for programs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._views = MatchViews(site.daemon, site.bets)

    async def show(self, request: web.Request) -> web.Response:
        """Render a match. Raises `HTTPNotFound` if it is not known, and `StoreError`."""
        found = await self._load(request)
        chosen, span = _chosen(found), span_of(request)

        def link(filter_id: int | None = chosen, shown: ChartSpan = span) -> str:
            return same_page(request, parameters(filter_id, shown))

        return await self._site.page(
            request,
            "match.html",
            topics=("feeds", "bettune", "alerts", "time"),
            rules=self._site.daemon.settings.rules,
            chosen=chosen,
            span=span,
            link=link,
            **TEXTS,
            **_values(found),
            **_addresses(request, found, span),
        )

    async def data(self, request: web.Request) -> web.Response:
        """Respond with a match as JSON. Raises `HTTPNotFound` if it is not known, and `StoreError`."""
        return json_of(await self._load(request))

    async def _load(self, request: web.Request) -> MatchDetails:
        text = request.match_info["match_id"]
        match_id = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
        found = None
        if 0 < match_id <= HIGHEST_ID:
            found = await self._views.load(match_id, number_of(request, "filter"), span_of(request))
        if found is None:
            raise web.HTTPNotFound(text="No match of BetTune's with this id is known.")
        return found


def _chosen(found: MatchDetails) -> int | None:
    return found.explanation.pair.filter_id if found.explanation else None


def _values(found: MatchDetails) -> dict[str, Any]:
    """Return what the page shows of the match."""
    past = found.past
    return {
        "found": found,
        "explained": found.explanation,
        "past": past,
        "charts": {"wide": chart_of(found, "wide", WIDE), "narrow": chart_of(found, "narrow", NARROW)},
        "rows": table_of(past) if past else [],
        "writes": past.writes[:SHOWN_WRITES] if past else (),
    }


def _addresses(request: web.Request, found: MatchDetails, span: ChartSpan) -> dict[str, Any]:
    """Return the addresses of the same match elsewhere."""
    path = f"api/v1/matches/{found.match.id}"
    return {
        "json": from_root(request, path, parameters(_chosen(found), span)),
        "bets": from_root(request, "bets", {"search": found.match.title}),
        "activity": from_root(request, "activity", {"match": str(found.match.id)}),
    }


def span_of(request: web.Request) -> ChartSpan:
    """Return the time that the chart shows."""
    return member_of(request, "span", ChartSpan) or ChartSpan.ALL


def parameters(filter_id: int | None, span: ChartSpan) -> dict[str, Any]:
    """Return the parameters of the page's address."""
    chosen = {} if filter_id is None else {"filter": str(filter_id)}
    return chosen if span is ChartSpan.ALL else chosen | {"span": span.value}


def chart_of(found: MatchDetails, name: str, size: Size) -> str | None:
    """Draw the past of the chosen pair; None if there is nothing to draw."""
    past, explained = found.past, found.explanation
    if past is None or explained is None:
        return None
    lines = (
        Line("Pinnacle", [Point(each.at, each.price) for each in past.prices]),
        Line("Fair", [Point(each.at, each.fair) for each in past.prices]),
        Line("Min Odds", [Point(each.at, each.odds) for each in past.min_odds]),
    )
    first = min((point.at for line in lines for point in line.points), default=past.until)
    return price_chart(
        lines,
        until=past.until,
        title=f"{explained.filter.name}: prices of {found.match.title}",
        text=_in_words(past),
        name=name,
        size=size,
        marks=list(_marks(past, first)),
        spans=[
            Span(max(each.start, first), min(each.end or past.until, past.until), "closed", "no bets taken")
            for each in past.closed
            if max(each.start, first) < min(each.end or past.until, past.until)
        ],
    )


def _marks(past: PricePast, first: datetime) -> Iterator[Mark]:
    for write in past.writes[:MAX_MARKS]:
        change = write.change
        kind = change.kind.value if write.outcome == WriteOutcome.DONE else "failed"
        value = change.before if change.after is None else change.after
        if value is not None and write.at >= first:
            yield Mark(write.at, kind, _write_text(write), value)
    if past.kickoff and first <= past.kickoff <= past.until:
        yield Mark(past.kickoff, "kickoff", "kick-off")


def _write_text(write: Write) -> str:
    change = write.change
    text = f"{write.at:%H:%M:%S} UTC: {change.kind}, {odds(change.before)} → {odds(change.after)}"
    return text if write.outcome == WriteOutcome.DONE else f"{text}, {code_text(write.outcome)}"


def _in_words(past: PricePast) -> str:
    """Say what the chart shows, for those who do not see it."""
    parts = []
    for name, values in (
        ("Pinnacle's price", [each.price for each in past.prices]),
        ("fair price", [each.fair for each in past.prices]),
        ("Min Odds", [each.odds for each in past.min_odds]),
    ):
        known = [value for value in values if value is not None]
        if known:
            now = odds(values[-1]) if values[-1] is not None else "none"
            parts.append(f"{name} from {odds(min(known))} to {odds(max(known))}, now {now}")
    return "; ".join([*parts, counted(len(past.writes), "write")]) + "."


def table_of(past: PricePast) -> list[TableRow]:
    """Return the last changes of the three lines, the newest first: the chart as a table."""
    changes: list[tuple[datetime, dict[str, Any]]] = [
        *((each.at, {"price": each.price, "fair": each.fair}) for each in past.prices),
        *((each.at, {"min_odds": each.odds}) for each in past.min_odds),
    ]
    row = TableRow(past.until, None, None, None)
    rows: list[TableRow] = []
    for at, values in sorted(changes, key=lambda each: each[0]):
        row = row._replace(at=at, **values)
        if rows and rows[-1].at == at:
            rows.pop()
        rows.append(row)
    return rows[::-1][:MAX_TABLE_ROWS]
