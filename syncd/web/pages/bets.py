"""The list of bets, all that BetTune will bet on: `/bets`, `/bets.csv` and `/api/v1/bets`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from aiohttp import web

from syncd.views.bet_state import BetState
from syncd.views.bets import BETS_PER_PAGE, Bet, BetQuery, BetSort
from syncd.web.addresses import from_root, same_page
from syncd.web.csv_response import Cell, send_csv
from syncd.web.json_response import json_of
from syncd.web.parameters import MAX_OFFSET, date_of, member_of, number_of, text_of, written
from syncd.web.site import Site

COLUMNS: Final = (
    (BetSort.MATCH, "Match"),
    (BetSort.KICKOFF, "Kick-off"),
    (BetSort.FILTER, "Filter"),
    (BetSort.ODDS, "Min Odds"),
    (BetSort.PRICE, "Pinnacle"),
    (BetSort.STATE, "State"),
    (BetSort.CHECKED, "Written"),
)

CSV_HEADER: Final = (
    "match_id",
    "match",
    "league",
    "kickoff",
    "filter_id",
    "filter",
    "state",
    "min_odds",
    "wanted_min_odds",
    "pinnacle_price",
    "cause",
    "reason",
    "read_at",
    "written_at",
)

TONES: Final[Mapping[BetState, str]] = {
    BetState.IN_STEP: "good",
    BetState.WAITS: "wait",
    BetState.WITHHELD: "wait",
    BetState.KEPT: "wait",
    BetState.QUARANTINED: "bad",
    BetState.IN_DOUBT: "bad",
}


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = BetsPages(site)
    return web.get("/bets", page.show), web.get("/bets.csv", page.csv), web.get("/api/v1/bets", page.data)


class BetsPages:
    """The list of bets, for people, spreadsheets and programs."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: web.Request) -> web.Response:
        """Render a page of bets. Raises `StoreError`."""
        query = query_of(request)
        found = await self._site.bets.page(query)

        def link(**changes: object) -> str:
            return same_page(request, parameters(query, **changes))

        return await self._site.page(
            request,
            "bets.html",
            topics=("bettune", "alerts", "time"),
            found=found,
            query=query,
            link=link,
            columns=COLUMNS,
            tones=TONES,
            no_price=BetState.NO_PRICE,
            per_page=BETS_PER_PAGE,
            csv=from_root(request, "bets.csv", parameters(query, offset=None)),
            json=from_root(request, "api/v1/bets", parameters(query)),
        )

    async def data(self, request: web.Request) -> web.Response:
        """Respond with a page of bets as JSON. Raises `StoreError`."""
        return json_of(await self._site.bets.page(query_of(request)))

    async def csv(self, request: web.Request) -> web.StreamResponse:
        """Send all bets that fit the query. Raises `StoreError`."""
        return await send_csv(request, "syncd-bets.csv", CSV_HEADER, self._rows(query_of(request)))

    async def _rows(self, query: BetQuery) -> AsyncIterator[list[Sequence[Cell]]]:
        async for chunk in self._site.bets.all(query):
            yield [_row(bet) for bet in chunk]


def query_of(request: web.Request) -> BetQuery:
    """Read the query from the address; what is unknown is left out."""
    return BetQuery(
        search=text_of(request, "search"),
        day=date_of(request, "day"),
        league=text_of(request, "league"),
        filter_id=number_of(request, "filter"),
        state=member_of(request, "state", BetState),
        sort=member_of(request, "sort", BetSort) or BetSort.KICKOFF,
        descending=request.query.get("order") == "desc",
        offset=number_of(request, "offset", MAX_OFFSET) or 0,
    )


def parameters(query: BetQuery, **changes: object) -> dict[str, str]:
    """Return the parameters of a query's address, with these changes; a change begins at the first page."""
    values: dict[str, object] = {
        "search": query.search,
        "day": query.day,
        "league": query.league,
        "filter": query.filter_id,
        "state": query.state,
        "sort": None if query.sort is BetSort.KICKOFF else query.sort,
        "order": "desc" if query.descending else None,
        "offset": None if changes else query.offset or None,
    }
    return written(values | changes)


def _row(bet: Bet) -> Sequence[Cell]:
    return (
        bet.match_id,
        bet.match,
        bet.league,
        bet.kickoff,
        bet.filter_id,
        bet.filter,
        bet.state,
        bet.odds,
        bet.wanted,
        bet.price,
        bet.cause,
        bet.reason,
        bet.checked_at,
        bet.written_at,
    )
