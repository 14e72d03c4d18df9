"""The filters, their rules and what they cost: `/filters` and `/api/v1/filters`."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from aiohttp import web

from syncd.config.reference import KeyRow, rule_keys
from syncd.views.bet_state import BetState
from syncd.views.filters import FilterDetails, Filters, FilterUse
from syncd.web.addresses import from_root
from syncd.web.json_response import json_of
from syncd.web.parameters import written
from syncd.web.site import Site

USE_TONES: Final[Mapping[FilterUse, str]] = {
    FilterUse.PRICED: "good",
    FilterUse.NOT_UNDERSTOOD: "bad",
    FilterUse.NOT_APPROVED: "wait",
}

SHOWN_STATES: Final = (
    BetState.WAITS,
    BetState.WITHHELD,
    BetState.QUARANTINED,
    BetState.IN_DOUBT,
    BetState.KEPT,
    BetState.BY_HAND,
    BetState.DELETED_BY_HAND,
    BetState.NO_PRICE,
)
"""The states that are counted beside those in step, in this order."""


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = FiltersPages(site)
    return web.get("/filters", page.show), web.get("/api/v1/filters", page.data)


class FiltersPages:
    """The filters, for people and programs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._filters = Filters(site.daemon, site.bets)

    async def show(self, request: web.Request) -> web.Response:
        """Render the page. Raises `StoreError`."""

        def bets_of(each: FilterDetails, state: str = "") -> str:
            return from_root(request, "bets", written({"filter": each.id, "state": state}))

        return await self._site.page(
            request,
            "filters.html",
            topics=("bettune", "alerts", "time"),
            found=await self._filters.load(),
            bets_of=bets_of,
            activity_of=lambda each: from_root(request, "activity", {"filter": str(each.id)}),
            use_tones=USE_TONES,
            shown_states=SHOWN_STATES,
            rule_keys=_rule_keys(),
            json=from_root(request, "api/v1/filters"),
        )

    async def data(self, _: web.Request) -> web.Response:
        """Respond with the filters as JSON. Raises `StoreError`."""
        return json_of(await self._filters.load())


@cache
def _rule_keys() -> list[KeyRow]:
    """The reference of `[[rules]]`, made once."""
    return rule_keys()
