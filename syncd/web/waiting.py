"""The web server of a process that waits for its database: it is alive, and not ready."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from syncd.app.blind_start import BlindStart
from syncd.config.settings import Settings
from syncd.web.auth import add_security_headers
from syncd.web.health import HealthReport
from syncd.web.server import DEFAULT_LIMITS, health_response, serving


@asynccontextmanager
async def serve_waiting(start: BlindStart, settings: Settings) -> AsyncIterator[None]:
    """Serve `/healthz` and `/readyz` until the context ends. Raises `WebError`."""
    app = web.Application()
    app.on_response_prepare.append(add_security_headers)

    async def healthz(_: web.Request) -> web.Response:
        return health_response(HealthReport(ok=True, state="starting"))

    async def readyz(_: web.Request) -> web.Response:
        reasons = tuple(f"{each.subject}: {each.message}" for each in start.alerts.firing)
        return health_response(HealthReport(ok=False, state="starting", reasons=reasons))

    async def others(_: web.Request) -> web.Response:
        return web.Response(text="syncd waits for its database: see /readyz\n", status=503)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/{path:.*}", others)
    async with serving(app, start.alerts, settings.web, DEFAULT_LIMITS):
        yield
