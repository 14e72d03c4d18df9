"""The web server inside the daemon: middlewares, errors as JSON, page or text, and the port.

It must never hurt the work: `connections`, `listener`, `requests` and `shared_status` say what it may take.
"""

import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

from syncd.app.daemon import Daemon
from syncd.app.reload import Reloader
from syncd.config.settings import Settings, WebSettings
from syncd.runtime.alerts import Alerts
from syncd.store.errors import StoreError
from syncd.views.bets import Bets
from syncd.views.live_status import live_status
from syncd.views.shared import FRESH_S
from syncd.web.addresses import API_PREFIX, EVENTS_PATH, STATIC_PREFIX, is_page
from syncd.web.auth import Authenticator, Handler, TokenNeededError, add_security_headers
from syncd.web.connections import CONNECTIONS, DESCRIPTORS, Connection, Crowd, Limits
from syncd.web.forms import MAX_FORM, Forms
from syncd.web.guesses import TOKENS, Guesses
from syncd.web.health import HealthReport, liveness, readiness
from syncd.web.json_response import json_of
from syncd.web.listener import Listener, bind
from syncd.web.live import LiveEvents
from syncd.web.metrics_endpoint import MetricsEndpoint
from syncd.web.repeated_alert import RepeatedAlert
from syncd.web.requests import Turnstile
from syncd.web.routes import page_routes
from syncd.web.shared_status import SharedStatus
from syncd.web.site import Site
from syncd.web.static_files import serve_static

log = structlog.get_logger(__name__)

DEFAULT_LIMITS = Limits()
SHUTDOWN_TIMEOUT_S = 1.0
"""Time that open requests have when the daemon stops."""

INTERNAL_ERROR_TEXT = "internal error of syncd; see its log"

OPENABLE_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (only to show an address that can be opened)


class WebError(Exception):
    """The server cannot listen where the config says; the message says what to do."""


@asynccontextmanager
async def serve(
    daemon: Daemon,
    settings: Settings,
    limits: Limits = DEFAULT_LIMITS,
    *,
    reloader: Reloader | None = None,
) -> AsyncIterator[str]:
    """Serve until the context ends; gives the address of the page. Raises `WebError`.

    `reloader` reads the config again; without one the page offers no reload.

    Start it before the lease is taken, so that a daemon that stands by serves its health too.
    """
    async with serving(
        make_app(daemon, settings.web, reloader=reloader), daemon.alerts, settings.web, limits
    ) as address:
        log.info("web_started", address=address)
        yield address


@asynccontextmanager
async def serving(
    app: web.Application, alerts: Alerts, config: WebSettings, limits: Limits
) -> AsyncIterator[str]:
    """Serve an application until the context ends; gives the address of its page. Raises `WebError`."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT_S)
    await runner.setup()
    try:
        async with _listening(runner, alerts, config, limits) as address:
            yield address
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _listening(
    runner: web.AppRunner, alerts: Alerts, config: WebSettings, limits: Limits
) -> AsyncIterator[str]:
    """Accept connections until the context ends; gives the address of the page. Raises `WebError`."""
    server = cast("web.Server", runner.server)  # it is there after `setup`
    try:
        sockets = await bind(config.host, config.port)
    except OSError as error:
        raise WebError(_listen_problem(error, config)) from None
    too_many, too_few = RepeatedAlert(alerts, CONNECTIONS), RepeatedAlert(alerts, DESCRIPTORS)
    crowd = Crowd(too_many, limits)
    listener = Listener(sockets, crowd, too_few, lambda: Connection(server, crowd))
    listener.start()
    try:
        yield _address(config, sockets[0].getsockname()[1])
    finally:
        listener.close()
        too_many.close()
        too_few.close()


def _address(config: WebSettings, port: int) -> str:
    host = OPENABLE_HOSTS.get(config.host, config.host)
    return str(URL.build(scheme="http", host=host, port=port, path="/"))


def make_app(
    daemon: Daemon, bound: WebSettings, *, fresh_s: float = FRESH_S, reloader: Reloader | None = None
) -> web.Application:
    """Make the application; `bound` is where it listens, which a reload does not change."""
    status = SharedStatus(lambda: live_status(daemon), fresh_s=fresh_s)
    probes, metrics, events = _Probes(daemon), MetricsEndpoint(daemon, status), LiveEvents(daemon)
    wrong_tokens = RepeatedAlert(daemon.alerts, TOKENS, notify=True)
    guesses = Guesses(wrong_tokens, daemon.clock.monotonic)
    authenticator = Authenticator(bound, lambda: daemon.settings.web, guesses)
    forms = Forms(authenticator, os.urandom(32))
    bets = Bets(daemon, fresh_s=fresh_s)
    site = Site(daemon, status, forms, bets, reloader)
    app = web.Application(
        middlewares=[
            _errors(site),
            Turnstile(daemon.clock).middleware,
            authenticator.middleware,
            forms.middleware,
        ],
        client_max_size=MAX_FORM,
    )

    async def clean_up(_: web.Application) -> None:
        wrong_tokens.close()
        await status.close()
        await bets.close()

    app.on_shutdown.append(events.close)
    app.on_cleanup.append(clean_up)
    app.on_response_prepare.append(add_security_headers)
    app.router.add_get(STATIC_PREFIX + "{name}", serve_static)
    app.router.add_get("/healthz", probes.healthz)
    app.router.add_get("/readyz", probes.readyz)
    app.router.add_get("/metrics", metrics.scrape)
    app.router.add_get(EVENTS_PATH, events.stream)
    app.add_routes(page_routes(site))
    return app


class _Probes:
    """The endpoints for programs that watch this one."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    async def healthz(self, _: web.Request) -> web.Response:
        return health_response(liveness(self._daemon))

    async def readyz(self, _: web.Request) -> web.Response:
        return health_response(readiness(self._daemon))


def health_response(health: HealthReport) -> web.Response:
    """Return a report as the response of `/healthz` or `/readyz`."""
    return json_of(health, status=200 if health.ok else 503)


def _errors(site: Site) -> Middleware:
    """Respond to errors with JSON below /api/, else with a page or a line of text; never a traceback."""

    @web.middleware
    async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _error_response(request, error, site)
        except StoreError as error:
            return _error_response(request, web.HTTPServiceUnavailable(text=str(error)), site)
        except Exception:
            log.exception("web_failed", path=request.path)
            return _error_response(request, web.HTTPInternalServerError(text=INTERNAL_ERROR_TEXT), site)

    return errors


def _error_response(request: web.Request, error: web.HTTPException, site: Site) -> web.Response:
    # aiohttp's default texts only repeat the status code.
    own = error.text and not error.text.startswith(str(error.status))
    text = error.text if own and error.text else error.reason
    if request.path.startswith(API_PREFIX):
        response = json_of({"error": text}, error.status)
    elif is_page(request.path):
        ask_for_token = isinstance(error, TokenNeededError)
        response = site.problem(request, text, error.status, ask_for_token=ask_for_token)
    else:
        response = web.Response(text=f"{text}\n", status=error.status)
    for name in ("WWW-Authenticate", "Allow", "Retry-After"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


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
