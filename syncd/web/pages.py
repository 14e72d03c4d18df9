"""The page: the same status as `/api/v1/status`, rendered on the server, and refreshed in place."""

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from zlib import crc32

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store.mode import Mode
from syncd.sync.freshness import PRICED_FROM
from syncd.views.status import live_status
from syncd.views.status_values import Status
from syncd.web import formatting

DAY = 24 * 3600
WRITES = 25
"""So many on the page; `/api/v1/status` has more."""

TYPES = {"style.css": "text/css", "refresh.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Mood(NamedTuple):
    """The one word on top of the page, and its colour."""

    word: str
    tone: str
    """`good`, `wait` or `bad`."""


class Pages:
    """Everything that is HTML, and what belongs to it."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._templates = templates()

    async def dashboard(self, _: web.Request) -> web.Response:
        """The page."""
        status = await live_status(self._daemon)
        return self._page("dashboard.html", 200, **_seen(status, self._daemon.settings))

    async def static(self, request: web.Request) -> web.Response:
        """The style, the script and the icon; their addresses change with their content."""
        name = request.match_info["name"]
        if name not in TYPES:
            raise web.HTTPNotFound
        headers = {"Cache-Control": f"public, max-age={DAY}"}
        return web.Response(body=asset(name), content_type=TYPES[name], charset="utf-8", headers=headers)

    def problem(self, text: str, code: int, *, ask_for_token: bool = False) -> web.Response:
        """A page that says what is wrong, and asks for the token where that is it."""
        return self._page("problem.html", code, text=text, ask_for_token=ask_for_token)

    def _page(self, name: str, code: int, **values: Any) -> web.Response:
        text = self._templates.get_template(name).render(**values)
        return web.Response(text=text, status=code, content_type="text/html")


def _seen(status: Status, settings: Settings) -> dict[str, Any]:
    return {
        "status": status,
        "live": status.live,
        "now": status.at,
        "mood": mood(status),
        "stale_after_s": settings.safety.stale_after.total_seconds(),
        "priced_from": PRICED_FROM,
        "bettune": settings.bettune,
        "several_sports": len(settings.pinnacle.sports) > 1,
        "shown_writes": WRITES,
        "past_troubles": [each for each in status.recent_troubles if each.resolved_at],
    }


def mood(status: Status) -> Mood:
    """What matters most now."""
    if status.live is None:
        working = status.lease is not None and status.lease.held
        return Mood("standing by" if working else "not working", "wait" if working else "bad")
    if any(each.notify for each in status.troubles):
        return Mood("needs a person", "bad")
    if status.mode is not Mode.RUNNING:
        return Mood(status.mode, "wait")
    if status.stale or not status.live.planned:
        return Mood("starting", "wait")
    return Mood("trouble", "wait") if status.troubles else Mood("working", "good")


@cache
def asset(name: str) -> bytes:
    """A file that goes to the browser as it is."""
    return files("syncd.web").joinpath("static", name).read_bytes()


def address_of(name: str) -> str:
    """The address of an asset, another one for each content."""
    return f"/static/{name}?v={crc32(asset(name)):08x}"


def templates() -> Environment:
    """The templates: whatever they print is escaped, and what they misspell is an error."""
    environment = Environment(
        loader=PackageLoader("syncd.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own = (
        formatting.age,
        formatting.ago,
        formatting.moment,
        formatting.odds,
        formatting.plain,
        formatting.count,
    )
    environment.filters |= {each.__name__: each for each in own}
    environment.globals["asset"] = address_of
    return environment
