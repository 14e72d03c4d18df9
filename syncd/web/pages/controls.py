"""The page of commands: pause, resume, withdraw, resync, and the config read again. All of them are forms."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from aiohttp import web

from syncd.app import control
from syncd.app.reload import ReloadPlan
from syncd.store.mode import Mode
from syncd.views.controls import load_controls
from syncd.web.forms import see_other, sender_of, values_of
from syncd.web.json_response import json_of
from syncd.web.site import Site

PATH: Final = "controls"

CONFIRMATION: Final = "withdraw"
"""The word that a user types to delete every prediction."""

NOTICES: Final[Mapping[str, str]] = {
    "paused": "Paused: nothing is written until you resume.",
    "running": "Resumed.",
    "withdrawn": (
        "Withdrawing: every prediction of ours is deleted as soon as the budget allows, and none is made "
        "until you resume."
    ),
    "resync": "Everything is read again, as soon as pace and budget allow.",
    "alone": "No syncd works now: the next one applies it when it starts.",
    "reload": "The config was read again: it is applied now.",
    "other-config": "Nothing was applied: the config is another one than was shown. This is how it is now.",
    "unconfirmed": f"Nothing was done: type “{CONFIRMATION}” into the field to delete every prediction.",
}
"""Sentences after a form, by the parameter `said` of the address: no text of others can be shown."""


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = ControlsPage(site)
    return (
        web.get("/controls", page.show),
        web.post("/controls", page.act),
        web.get("/api/v1/controls", page.data),
    )


class ControlsPage:
    """Shows the mode, and carries out what users send."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._actions: Mapping[str, Callable[[web.Request], Awaitable[str]]] = {
            "pause": lambda request: self._change_mode(request, Mode.PAUSED),
            "resume": lambda request: self._change_mode(request, Mode.RUNNING),
            "withdraw": self._withdraw,
            "resync": self._resync,
            "reload": self._reload,
        }

    async def show(self, request: web.Request) -> web.Response:
        """Render the page, with the config as it is written now if asked for. Raises `StoreError`."""
        plan = self._plan(request)
        return await self._site.page(
            request,
            "controls.html",
            topics=() if plan else ("bettune", "time"),
            controls=await load_controls(self._site.daemon.store),
            has_config=self._site.reloader is not None,
            plan=plan,
            said=NOTICES.get(request.query.get("said", ""), ""),
            confirmation=CONFIRMATION,
        )

    async def data(self, _: web.Request) -> web.Response:
        """Respond with mode and commands as JSON. Raises `StoreError`."""
        return json_of(await load_controls(self._site.daemon.store))

    async def act(self, request: web.Request) -> web.Response:
        """Carry out a form, and lead back to the page. Raises `HTTPBadRequest` and `StoreError`."""
        action = self._actions.get(values_of(request).get("do", ""))
        if action is None:
            raise web.HTTPBadRequest(text="This form is of another version of syncd: open the page again.")
        said = await action(request)
        query = {"said": said} | ({"config": "1"} if said == "other-config" else {})
        return see_other(request, PATH, query)

    def _plan(self, request: web.Request) -> ReloadPlan | None:
        # Only for who may apply it: the config says more than the other pages.
        wanted = "config" in request.query and self._site.forms.may_change(request)
        return self._site.reloader.look() if self._site.reloader and wanted else None

    async def _change_mode(self, request: web.Request, new: Mode) -> str:
        done = await control.change_mode(self._site.daemon.store, new, by=sender_of(request))
        return "alone" if done is None else new.value

    async def _withdraw(self, request: web.Request) -> str:
        if values_of(request).get("confirm", "").strip().lower() != CONFIRMATION:
            return "unconfirmed"
        return await self._change_mode(request, Mode.WITHDRAWN)

    async def _resync(self, request: web.Request) -> str:
        done = await control.request_resync(self._site.daemon.store, by=sender_of(request))
        return "alone" if done is None else "resync"

    async def _reload(self, request: web.Request) -> str:
        by, reloader = sender_of(request), self._site.reloader
        if reloader is None or reloader.apply_shown(by=by) is None:
            return "other-config"
        await control.record_reload(self._site.daemon.store, by=by)
        return "reload"
