"""The first page: whether all is well, what is wrong, and what syncd does now. Also as `/api/v1/status`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from aiohttp import web

from syncd.config.settings import Settings
from syncd.store import alerts
from syncd.store.activity import ActivityBucket
from syncd.sync.freshness import PRICED_FROM
from syncd.views.activity import BUCKET, Activities
from syncd.views.alert_advice import advice_on
from syncd.views.status_values import FeedStatus, Status
from syncd.web.charts.activity_chart import activity_chart, lag_chart
from syncd.web.charts.plot import LOW_NARROW, LOW_WIDE
from syncd.web.forms import see_other, sender_of, values_of
from syncd.web.json_response import json_response, json_text
from syncd.web.shared_status import Rendered
from syncd.web.site import Site

SHOWN_WRITES = 25
"""Recent writes on the page; `/api/v1/status` has more."""

LEAST_BUCKETS = 12
"""The charts show an hour, even if nothing happened at its beginning."""


class Calls(NamedTuple):
    """Requests to Pinnacle since the process started."""

    total: int
    next: FeedStatus | None
    """The feed that is requested next; None if none is due."""


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
        self._activities = Activities(site.daemon)
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
            **_charts(await self._activities.buckets()),
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


def _charts(found: Sequence[ActivityBucket]) -> dict[str, Any]:
    """Draw the last hours, for a screen and for a phone, and list them for those who see no picture."""
    known = [each for each in found if each.done or each.failed or each.price_changes]
    if known:
        found = found[min(found.index(known[0]), len(found) - LEAST_BUCKETS) :]
    sizes = {"wide": LOW_WIDE, "narrow": LOW_NARROW}
    charts = {
        name: (
            activity_chart(found, every=BUCKET, name=f"activity-{name}", size=size),
            lag_chart(found, every=BUCKET, name=f"lag-{name}", size=size),
        )
        for name, size in sizes.items()
    }
    return {"charts": charts if known else {}, "hours": known[::-1]}


def _values(status: Status, settings: Settings) -> dict[str, Any]:
    return {
        "live": status.live,
        "advice_on": advice_on,
        "calls": _calls(status),
        "stale_after_s": settings.safety.stale_after.total_seconds(),
        "priced_from": PRICED_FROM,
        "bettune": settings.bettune,
        "several_sports": len(settings.pinnacle.sports) > 1,
        "shown_writes": SHOWN_WRITES,
        "resolved_alerts": [each for each in status.recent_alerts if each.resolved_at],
    }


def _calls(status: Status) -> Calls | None:
    """Sum up the calls of all feeds; None where another process makes them."""
    counted = [each for each in status.feeds if each.calls is not None]
    if not counted:
        return None
    due = [each for each in counted if each.next_at is not None]
    soonest = min(due, key=lambda each: each.next_at or status.at, default=None)
    return Calls(sum(each.calls or 0 for each in counted), soonest)
