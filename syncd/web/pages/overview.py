"""The first page: whether all is well, what is wrong, and what syncd does now. Also as `/api/v1/status`."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from syncd.config.settings import Settings
from syncd.store import alerts
from syncd.sync.freshness import PRICED_FROM
from syncd.views.status_values import Status
from syncd.web.forms import see_other, sender_of, values_of
from syncd.web.json_response import json_response, json_text
from syncd.web.shared_status import Rendered
from syncd.web.site import Site

SHOWN_WRITES = 25
"""Recent writes on the page; `/api/v1/status` has more."""


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = OverviewPage(site)
    return (
        web.get("/", page.show),
        web.post("/alerts", page.see),
        web.get("/api/v1/status", page.data),
    )


class OverviewPage:
    """The status for people, and for programs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._json: Rendered[bytes] = Rendered(json_text)

    async def show(self, request: web.Request) -> web.Response:
        """Render the page. Raises `StoreError`."""
        status = await self._site.status.get()
        return await self._site.page(
            request,
            "overview.html",
            topics=("feeds", "bettune", "alerts", "time"),
            status=status,
            **_values(status, self._site.daemon.settings),
        )

    async def see(self, request: web.Request) -> web.Response:
        """Record that a user knows of an alert: it is quiet until it is resolved. Raises `StoreError`."""
        store, subject = self._site.daemon.store, values_of(request).get("subject", "")
        async with store.write() as conn:
            await alerts.mark_seen(conn, subject, store.clock.now(), by=sender_of(request))
        await self._site.status.forget()
        return see_other(request, "")

    async def data(self, _: web.Request) -> web.Response:
        """Respond with the status as JSON. Raises `StoreError`."""
        return json_response(self._json.of(await self._site.status.get()))


def _values(status: Status, settings: Settings) -> dict[str, Any]:
    return {
        "live": status.live,
        "stale_after_s": settings.safety.stale_after.total_seconds(),
        "priced_from": PRICED_FROM,
        "bettune": settings.bettune,
        "several_sports": len(settings.pinnacle.sports) > 1,
        "shown_writes": SHOWN_WRITES,
        "resolved_alerts": [each for each in status.recent_alerts if each.resolved_at],
    }
