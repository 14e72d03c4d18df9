"""The paths of all pages: each module of `web/pages` gives its own."""

from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import web

from syncd.web.pages import activity, bets, controls, filters, match, overview, review
from syncd.web.site import Site

PAGE_ROUTES: Final[Sequence[Callable[[Site], Sequence[web.RouteDef]]]] = (
    overview.routes,
    bets.routes,
    match.routes,
    review.routes,
    activity.routes,
    filters.routes,
    controls.routes,
)


def page_routes(site: Site) -> list[web.RouteDef]:
    """Return the routes of every page, and let the navigation know which there are."""
    found = [route for routes in PAGE_ROUTES for route in routes(site)]
    site.paths = frozenset(route.path for route in found if route.method == "GET")
    return found
