"""The past of syncd: `/activity`, `/activity.csv` and `/api/v1/activity`."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from aiohttp import web

from syncd.views.activity import Activities, ActivityEntry, ActivityKind, ActivityQuery
from syncd.web.addresses import from_root, same_page
from syncd.web.csv_response import Cell, send_csv
from syncd.web.json_response import json_of
from syncd.web.parameters import date_of, member_of, number_of, text_of, written
from syncd.web.site import Site

CSV_HEADER: Final = (
    "at",
    "kind",
    "outcome",
    "match_id",
    "match",
    "filter_id",
    "filter",
    "before",
    "after",
    "pinnacle_price",
    "cause",
    "text",
    "took_ms",
)


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = ActivityPages(site)
    return (
        web.get("/activity", page.show),
        web.get("/activity.csv", page.csv),
        web.get("/api/v1/activity", page.data),
    )


class ActivityPages:
    """The past, for people, spreadsheets and programs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._activities = Activities(site.daemon)

    async def show(self, request: web.Request) -> web.Response:
        """Render a page of the past. Raises `StoreError`."""
        query = query_of(request)
        found = await self._activities.page(query)

        def link(**changes: object) -> str:
            return same_page(request, parameters(query, **changes))

        return await self._site.page(
            request,
            "activity.html",
            topics=("bettune", "alerts", "time") if query.before is None and query.day is None else (),
            found=found,
            query=query,
            link=link,
            kinds=list(ActivityKind),
            csv=from_root(request, "activity.csv", parameters(query)),
            json=from_root(request, "api/v1/activity", parameters(query, before=query.before)),
        )

    async def data(self, request: web.Request) -> web.Response:
        """Respond with a page of the past as JSON. Raises `StoreError`."""
        return json_of(await self._activities.page(query_of(request)))

    async def csv(self, request: web.Request) -> web.StreamResponse:
        """Send all that fits the query. Raises `StoreError`."""
        return await send_csv(request, "syncd-activity.csv", CSV_HEADER, self._rows(query_of(request)))

    async def _rows(self, query: ActivityQuery) -> AsyncIterator[list[Sequence[Cell]]]:
        async for entries in self._activities.all(query):
            yield [_row(entry) for entry in entries]


def query_of(request: web.Request) -> ActivityQuery:
    """Read the query from the address; what is unknown is left out."""
    return ActivityQuery(
        kind=member_of(request, "kind", ActivityKind),
        filter_id=number_of(request, "filter"),
        match_id=number_of(request, "match"),
        search=text_of(request, "search"),
        day=date_of(request, "day"),
        before=number_of(request, "before"),
    )


def parameters(query: ActivityQuery, **changes: object) -> dict[str, str]:
    """Return the parameters of a query's address with these changes; it begins with the newest entry."""
    values: dict[str, object] = {
        "kind": query.kind,
        "filter": query.filter_id,
        "match": query.match_id,
        "search": query.search,
        "day": query.day,
    }
    return written(values | changes)


def _row(entry: ActivityEntry) -> Sequence[Cell]:
    return (
        entry.at,
        entry.kind,
        entry.outcome,
        entry.match_id,
        entry.match,
        entry.filter_id,
        entry.filter,
        entry.before,
        entry.after,
        entry.price,
        entry.cause,
        entry.text,
        entry.took_ms,
    )
