"""The page: the same status as `/api/v1/status`, rendered on the server and refreshed in place."""

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from zlib import crc32

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.runtime.printable import one_line
from syncd.store.mode import Mode
from syncd.sync.freshness import PRICED_FROM
from syncd.views import formatting
from syncd.views.status_values import Status
from syncd.web.shared_status import Rendered, SharedStatus

STATIC_MAX_AGE_S = 24 * 3600
SHOWN_WRITES = 25
"""Recent writes on the page; `/api/v1/status` has more."""

STATIC_TYPES = {"style.css": "text/css", "refresh.js": "text/javascript", "icon.svg": "image/svg+xml"}

FILTERS = (
    formatting.age,
    formatting.ago,
    formatting.code_text,
    formatting.count,
    formatting.odds,
    formatting.precise_moment,
)


class Badge(NamedTuple):
    """The one text on top of the page, and its colour."""

    text: str
    tone: str
    """`good`, `wait` or `bad`."""


class Pages:
    """The HTML pages and their static files."""

    def __init__(self, daemon: Daemon, status: SharedStatus) -> None:
        self._daemon = daemon
        self._templates = templates()
        self._status = status
        self._rendered: Rendered[str] = Rendered(self._status_text)

    async def status_page(self, _: web.Request) -> web.Response:
        """Render the page. Raises `StoreError`."""
        text = self._rendered.of(await self._status.get())
        return web.Response(text=text, content_type="text/html")

    async def static(self, request: web.Request) -> web.Response:
        """Serve the style, the script or the icon, whose addresses change with their content.

        Raises `HTTPNotFound` for any other name.
        """
        name = request.match_info["name"]
        if name not in STATIC_TYPES:
            raise web.HTTPNotFound
        headers = {"Cache-Control": f"public, max-age={STATIC_MAX_AGE_S}"}
        return web.Response(
            body=asset(name), content_type=STATIC_TYPES[name], charset="utf-8", headers=headers
        )

    def problem(self, text: str, code: int, *, ask_for_token: bool = False) -> web.Response:
        """Render a page that says what is wrong, with a form for the token if one is needed."""
        template = self._templates.get_template("problem.html")
        page = template.render(text=text, ask_for_token=ask_for_token)
        return web.Response(text=page, status=code, content_type="text/html")

    def _status_text(self, status: Status) -> str:
        template = self._templates.get_template("status.html")
        return template.render(**_status_values(status, self._daemon.settings))


def _status_values(status: Status, settings: Settings) -> dict[str, Any]:
    return {
        "status": status,
        "live": status.live,
        "now": status.at,
        "badge": badge(status),
        "stale_after_s": settings.safety.stale_after.total_seconds(),
        "priced_from": PRICED_FROM,
        "bettune": settings.bettune,
        "several_sports": len(settings.pinnacle.sports) > 1,
        "shown_writes": SHOWN_WRITES,
        "resolved_alerts": [each for each in status.recent_alerts if each.resolved_at],
    }


def badge(status: Status) -> Badge:
    """Choose what matters most now."""
    if status.live is None:
        another_works = status.lease is not None and status.lease.is_held
        return Badge("standing by", "wait") if another_works else Badge("not working", "bad")
    if any(each.notify for each in status.alerts):
        return Badge("needs attention", "bad")
    if status.mode is not Mode.RUNNING:
        return Badge(status.mode, "wait")
    if status.stale or not status.live.planned:
        return Badge("starting", "wait")
    return Badge("alert", "wait") if status.alerts else Badge("working", "good")


@cache
def asset(name: str) -> bytes:
    """Load a static file."""
    return files("syncd.web").joinpath("static", name).read_bytes()


def asset_address(name: str) -> str:
    """Make the address of a static file, which changes with its content."""
    return f"/static/{name}?v={crc32(asset(name)):08x}"


def _safe_to_show(value: object) -> object:
    """Without what a browser applies to the text around it: direction marks and the like."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def templates() -> Environment:
    """Load the templates: all that they print is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("syncd.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe_to_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {each.__name__: each for each in FILTERS}
    environment.globals["asset"] = asset_address
    return environment
