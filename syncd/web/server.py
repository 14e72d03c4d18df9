"""The web server beside the daemon: routes, errors in the shape that was asked for, and the port."""

import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings, WebSettings
from syncd.store.errors import StoreError
from syncd.views.status import live_status
from syncd.web.auth import STATIC, Authenticator, Handler, TokenNeededError, harden
from syncd.web.health import Health, liveness, readiness
from syncd.web.metrics import Metrics
from syncd.web.pages import Pages

log = structlog.get_logger(__name__)

API = "/api/"
LET_GO = 1.0
"""Seconds that open requests have when the daemon stops."""

FAULT = "syncd failed here; its log tells more"

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (only to show an address that can be opened)


class WebError(Exception):
    """The server cannot listen where the config says; the message says what to do."""


@asynccontextmanager
async def serve(daemon: Daemon, settings: Settings) -> AsyncIterator[str]:
    """Serve until the context ends; gives the address of the page.

    To be started before the lease is held, so that a daemon that stands by can be asked too.
    Raises `WebError`.
    """
    runner = web.AppRunner(make_app(daemon, settings.web), access_log=None, shutdown_timeout=LET_GO)
    await runner.setup()
    try:
        address = await _listen(runner, settings.web)
        log.info("web_started", address=address)
        yield address
    finally:
        await runner.cleanup()


def make_app(daemon: Daemon, bound: WebSettings) -> web.Application:
    """The application; `bound` is where it listens, which a reload does not change."""
    site, pages, metrics = _Site(daemon), Pages(daemon), Metrics(daemon)
    door = Authenticator(bound, lambda: daemon.settings.web)
    app = web.Application(middlewares=[_errors(pages), door.guard])
    app.on_response_prepare.append(harden)
    app.router.add_get("/", pages.dashboard)
    app.router.add_get(STATIC + "{name}", pages.static)
    app.router.add_get("/healthz", site.healthz)
    app.router.add_get("/readyz", site.readyz)
    app.router.add_get("/metrics", metrics.scrape)
    app.router.add_get(API + "v1/status", site.status)
    return app


class _Site:
    """What is told in JSON."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    async def healthz(self, _: web.Request) -> web.Response:
        return _told(liveness(self._daemon))

    async def readyz(self, _: web.Request) -> web.Response:
        return _told(readiness(self._daemon))

    async def status(self, _: web.Request) -> web.Response:
        return _json(await live_status(self._daemon))


def _told(health: Health) -> web.Response:
    return _json(health, status=200 if health.ok else 503)


def _json(value: object, status: int = 200) -> web.Response:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return web.Response(body=body + b"\n", status=status, content_type="application/json")


def _errors(pages: Pages) -> Middleware:
    """Errors in JSON below /api/, else as a page or a line of text; never a traceback."""

    @web.middleware
    async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _answer(request, error, pages)
        except StoreError as error:
            return _answer(request, web.HTTPServiceUnavailable(text=str(error)), pages)
        except Exception:
            log.exception("web_failed", path=request.path)
            return _answer(request, web.HTTPInternalServerError(text=FAULT), pages)

    return errors


def _answer(request: web.Request, error: web.HTTPException, pages: Pages) -> web.Response:
    # aiohttp's own texts repeat the code and nothing else.
    own = error.text and not error.text.startswith(str(error.status))
    text = error.text if own and error.text else error.reason
    if request.path.startswith(API):
        reply = _json({"error": text}, error.status)
    elif request.path == "/":
        reply = pages.problem(text, error.status, ask_for_token=isinstance(error, TokenNeededError))
    else:
        reply = web.Response(text=f"{text}\n", status=error.status)
    for name in ("WWW-Authenticate", "Allow"):
        if name in error.headers:
            reply.headers[name] = error.headers[name]
    return reply


async def _listen(runner: web.AppRunner, where: WebSettings) -> str:
    try:
        await web.TCPSite(runner, where.host, where.port).start()
    except OSError as error:
        raise WebError(_why_not(error, where)) from None
    port: int = runner.addresses[0][1]
    return str(URL.build(scheme="http", host=ANY.get(where.host, where.host), port=port, path="/"))


def _why_not(error: OSError, where: WebSettings) -> str:
    if isinstance(error, socket.gaierror):
        return f"web.host: this machine does not know the name {where.host}"
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port {where.port} of {where.host} is in use by another program: stop that one, "
                "or choose another web.port (0 takes a free one)"
            )
        case errno.EADDRNOTAVAIL:
            return f"web.host: {where.host} is not an address of this machine; 127.0.0.1 always is"
        case errno.EACCES | errno.EPERM:
            return f"this user may not listen at port {where.port}: choose a web.port from 1024 on"
        case _:
            return f"cannot listen at {where.host}, port {where.port}: {error.strerror or error}"
