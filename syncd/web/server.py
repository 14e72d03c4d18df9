"""The web server inside the daemon: routes, errors as JSON, page or text, and the port."""

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
from syncd.web.auth import STATIC_PREFIX, Authenticator, Handler, TokenNeededError, add_security_headers
from syncd.web.health import HealthReport, liveness, readiness
from syncd.web.metrics_endpoint import MetricsEndpoint
from syncd.web.pages import Pages

log = structlog.get_logger(__name__)

API_PREFIX = "/api/"
SHUTDOWN_TIMEOUT_S = 1.0
"""Time that open requests have when the daemon stops."""

INTERNAL_ERROR_TEXT = "internal error of syncd; see its log"

OPENABLE_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (only to show an address that can be opened)


class WebError(Exception):
    """The server cannot listen where the config says; the message says what to do."""


@asynccontextmanager
async def serve(daemon: Daemon, settings: Settings) -> AsyncIterator[str]:
    """Serve until the context ends; gives the address of the page. Raises `WebError`.

    Start it before the lease is taken, so that a daemon that stands by serves its health too.
    """
    runner = web.AppRunner(
        make_app(daemon, settings.web), access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT_S
    )
    await runner.setup()
    try:
        address = await _listen(runner, settings.web)
        log.info("web_started", address=address)
        yield address
    finally:
        await runner.cleanup()


def make_app(daemon: Daemon, bound: WebSettings) -> web.Application:
    """Make the application; `bound` is where it listens, which a reload does not change."""
    endpoints, pages, metrics = _JsonEndpoints(daemon), Pages(daemon), MetricsEndpoint(daemon)
    authenticator = Authenticator(bound, lambda: daemon.settings.web)
    app = web.Application(middlewares=[_errors(pages), authenticator.middleware])
    app.on_response_prepare.append(add_security_headers)
    app.router.add_get("/", pages.dashboard)
    app.router.add_get(STATIC_PREFIX + "{name}", pages.static)
    app.router.add_get("/healthz", endpoints.healthz)
    app.router.add_get("/readyz", endpoints.readyz)
    app.router.add_get("/metrics", metrics.scrape)
    app.router.add_get(API_PREFIX + "v1/status", endpoints.status)
    return app


class _JsonEndpoints:
    """The endpoints that respond with JSON."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    async def healthz(self, _: web.Request) -> web.Response:
        return _health(liveness(self._daemon))

    async def readyz(self, _: web.Request) -> web.Response:
        return _health(readiness(self._daemon))

    async def status(self, _: web.Request) -> web.Response:
        return _json(await live_status(self._daemon))


def _health(health: HealthReport) -> web.Response:
    return _json(health, status=200 if health.ok else 503)


def _json(value: object, status: int = 200) -> web.Response:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return web.Response(body=body + b"\n", status=status, content_type="application/json")


def _errors(pages: Pages) -> Middleware:
    """Respond to errors with JSON below /api/, else with a page or a line of text; never a traceback."""

    @web.middleware
    async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _error_response(request, error, pages)
        except StoreError as error:
            return _error_response(request, web.HTTPServiceUnavailable(text=str(error)), pages)
        except Exception:
            log.exception("web_failed", path=request.path)
            return _error_response(request, web.HTTPInternalServerError(text=INTERNAL_ERROR_TEXT), pages)

    return errors


def _error_response(request: web.Request, error: web.HTTPException, pages: Pages) -> web.Response:
    # aiohttp's default texts only repeat the status code.
    own = error.text and not error.text.startswith(str(error.status))
    text = error.text if own and error.text else error.reason
    if request.path.startswith(API_PREFIX):
        response = _json({"error": text}, error.status)
    elif request.path == "/":
        response = pages.problem(text, error.status, ask_for_token=isinstance(error, TokenNeededError))
    else:
        response = web.Response(text=f"{text}\n", status=error.status)
    for name in ("WWW-Authenticate", "Allow"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


async def _listen(runner: web.AppRunner, config: WebSettings) -> str:
    try:
        await web.TCPSite(runner, config.host, config.port).start()
    except OSError as error:
        raise WebError(_listen_problem(error, config)) from None
    port: int = runner.addresses[0][1]
    return str(
        URL.build(scheme="http", host=OPENABLE_HOSTS.get(config.host, config.host), port=port, path="/")
    )


def _listen_problem(error: OSError, config: WebSettings) -> str:
    if isinstance(error, socket.gaierror):
        return f"web.host: this machine does not know the name {config.host}"
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port {config.port} of {config.host} is in use by another program: stop that one, "
                "or choose another web.port (0 takes a free one)"
            )
        case errno.EADDRNOTAVAIL:
            return f"web.host: {config.host} is not an address of this machine; 127.0.0.1 always is"
        case errno.EACCES | errno.EPERM:
            return f"this user may not listen at port {config.port}: choose a web.port from 1024 on"
        case _:
            return f"cannot listen at {config.host}, port {config.port}: {error.strerror or error}"
