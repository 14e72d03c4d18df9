"""The simulated Pinnacle as an HTTP server, strict about its documents."""

import gzip
from base64 import b64encode
from collections.abc import Mapping
from email.utils import format_datetime
from hmac import compare_digest
from typing import Any

import msgspec
from aiohttp import web

from syncd.runtime.clock import Clock
from syncd.simulator.faults import FaultInjector, FaultKind
from syncd.simulator.pinnacle_dialects import NATIVE, Dialect, DocumentShape, PinnacleResource
from syncd.simulator.pinnacle_documents import FEED_RESOURCES, PinnacleDocuments
from syncd.simulator.pinnacle_lookups import LOOKUPS
from syncd.simulator.pinnacle_markets import Document
from syncd.simulator.pinnacle_query import KNOWN_PARAMETERS, InvalidQueryError, parse_feed_query
from syncd.simulator.rate_limits import Spacing, SpacingChecker
from syncd.simulator.request_log import ReceivedRequest, RequestLog
from syncd.simulator.world_state import WorldState

SMALLEST_GZIP = 256
"""Bytes; a shorter body is not compressed."""

ERROR_BODIES = {
    FaultKind.TOO_MANY: ("TOO_MANY_REQUESTS", "Notice of Excessive Request Activity"),
    FaultKind.SERVER_ERROR: ("UNEXPECTED_ERROR", "Unexpected error"),
    FaultKind.UNAVAILABLE: ("UNEXPECTED_ERROR", "Service unavailable"),
    FaultKind.BAD_REQUEST: ("INVALID_REQUEST_DATA", "Invalid request"),
    FaultKind.CONFLICT: ("UNEXPECTED_ERROR", "Conflict"),
    FaultKind.UNAUTHORIZED: ("INVALID_CREDENTIALS", "Authorization failed, invalid credentials"),
    FaultKind.FORBIDDEN: ("ACCOUNT_INACTIVE", "Account is not active"),
}
"""Code and message of injected error responses."""

_json = msgspec.json.Encoder(decimal_format="number")


class PinnacleServer:
    """Pinnacle over one world, in one dialect. `request_log`: every request and every broken rule."""

    def __init__(
        self,
        state: WorldState,
        *,
        dialect: Dialect = NATIVE,
        username: str = "demo",
        password: str = "demo",  # noqa: S107 - of a simulated account
        pace: Mapping[PinnacleResource, Spacing] | None = None,
        snapshot_cache: float = 0.0,
        date_from: Clock | None = None,
        retry_after: int | None = None,
        empty_status: int = 200,
        gone: frozenset[PinnacleResource] = frozenset(),
    ) -> None:
        """`pace` None: that of the dialect; `gone`: resources that no longer exist (404).

        `date_from` None: the `Date` header shows the time of the world.
        """
        self.state = state
        self.dialect = dialect
        self.pace = dialect.pace if pace is None else pace
        self.snapshot_cache = snapshot_cache
        self.retry_after = retry_after
        self.empty_status = empty_status
        self.gone = gone
        self.betting_status = "ALL_BETTING_ENABLED"
        self.request_log = RequestLog(state.clock)
        self.faults = FaultInjector(state.clock, ERROR_BODIES)
        self._date = date_from or state.clock
        self._secret = b"Basic " + b64encode(f"{username}:{password}".encode())
        self._spacing = SpacingChecker(state.clock)
        self._documents = PinnacleDocuments(state, dialect)
        self._cursors: dict[PinnacleResource, set[int]] = {}
        self._cache: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, Document | None]] = {}

    def app(self) -> web.Application:
        """The application, to be served on any address."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    def too_early(self) -> list[str]:
        """The requests that were too early, as text; empty if the client keeps the pace."""
        found = [v for v in self.request_log.violations if v.rule == "too_early"]
        return [f"{v.at:%H:%M:%S} {v.path} {v.detail}" for v in found]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        query = {name.lower(): ",".join(request.query.getall(name)) for name in request.query}
        received = self.request_log.record(request, query)
        resource, shape = self.dialect.paths.get(request.path.strip("/").lower(), (None, DocumentShape.PLAIN))
        refusal = self._refusal(request, received, resource)
        if refusal is None and resource is not None:
            served = resource

            async def respond() -> web.Response:
                return self._respond(request, received, served, shape)

            response = await self.faults.apply(request, respond)
        else:
            response = refusal or _error(404, "NOT_FOUND", "No such resource")
        received.status = response.status
        if not response.prepared:
            response.headers["Date"] = format_datetime(self._date.now(), usegmt=True)
        return response

    # --- refusals

    def _refusal(
        self, request: web.Request, received: ReceivedRequest, resource: PinnacleResource | None
    ) -> web.Response | None:
        refusal = self._denied(request, received)
        if refusal is not None:
            return refusal
        if resource is None or resource in self.gone:
            self.request_log.record_violation("no_such_path", received)
            return _error(404, "NOT_FOUND", "No such resource")
        if unknown := set(received.query) - KNOWN_PARAMETERS:
            self.request_log.record_violation("unknown_parameter", received, ", ".join(sorted(unknown)))
        spacing = self.pace.get(resource)
        if spacing is None:
            return None
        early = self._spacing.too_early(
            (resource, received.query.get("sportid")), spacing, delta=received.is_delta
        )
        if early:
            self.request_log.record_violation("too_early", received, f"{early:.3f} s too early")
            return self._too_many()
        return None

    def _denied(self, request: web.Request, received: ReceivedRequest) -> web.Response | None:
        given = request.headers.get("Authorization", "")
        if not given:
            self.request_log.record_violation("no_credentials", received)
            return _error(401, "INVALID_AUTHORIZATION_HEADER", "HTTP Authorization header is missing")
        if not compare_digest(given.encode(), self._secret):
            self.request_log.record_violation("wrong_credentials", received)
            return _error(401, "INVALID_CREDENTIALS", "Authorization failed, invalid credentials")
        if request.method != "GET":
            self.request_log.record_violation("wrong_method", received)
            return _error(405, "METHOD_NOT_ALLOWED", "Only GET")
        if "application/json" not in request.headers.get("Accept", ""):
            self.request_log.record_violation("no_accept", received)
            return _error(406, "ACCEPT_TYPE_NOT_SUPPORTED", "Accept: application/json is needed")
        if not request.headers.get("User-Agent"):
            self.request_log.record_violation("no_user_agent", received)
        return None

    def _too_many(self) -> web.Response:
        response = _error(429, "TOO_MANY_REQUESTS", "Notice of Excessive Request Activity")
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response

    # --- the response

    def _respond(
        self,
        request: web.Request,
        received: ReceivedRequest,
        resource: PinnacleResource,
        shape: DocumentShape,
    ) -> web.Response:
        try:
            document = self._cached(received, resource, shape)
        except (InvalidQueryError, ValueError) as error:
            self.request_log.record_violation("bad_request", received, str(error))
            return _bad_request(resource, str(error))
        if document is None:
            return web.Response(status=self.empty_status, content_type="application/json")
        if "last" in document:
            self._cursors.setdefault(resource, set()).add(document["last"])
        return self._compressed(request, _json.encode(document))

    def _cached(
        self, received: ReceivedRequest, resource: PinnacleResource, shape: DocumentShape
    ) -> Document | None:
        """Snapshots may be up to `snapshot_cache` seconds old, deltas never are."""
        if not self.snapshot_cache or resource not in FEED_RESOURCES or received.is_delta:
            return self._document(received, resource, shape)
        key = (received.path, tuple(sorted(received.query.items())))
        made, document = self._cache.get(key, (float("-inf"), None))
        if received.seconds - made >= self.snapshot_cache:
            document = self._document(received, resource, shape)
            self._cache[key] = (received.seconds, document)
        return document

    def _document(
        self, received: ReceivedRequest, resource: PinnacleResource, shape: DocumentShape
    ) -> Document | None:
        if resource is PinnacleResource.BETTING_STATUS:
            return {"status": self.betting_status}
        if resource not in FEED_RESOURCES:
            return LOOKUPS[resource](self.state, shape, received.query)
        query = parse_feed_query(received.query)
        # A client must never compute a cursor. After a restart of the simulator old cursors are unknown,
        # so this is logged and not refused.
        if query.since is not None and query.since not in self._cursors.get(resource, ()):
            self.request_log.record_violation("unknown_cursor", received, str(query.since))
        return self._documents.feed(resource, query, shape)

    def _compressed(self, request: web.Request, body: bytes) -> web.Response:
        # Pinnacle compresses only for clients that send a User-Agent.
        wanted = "gzip" in request.headers.get("Accept-Encoding", "") and request.headers.get("User-Agent")
        if not wanted or len(body) < SMALLEST_GZIP:
            return web.Response(body=body, content_type="application/json")
        compressed = gzip.compress(body, compresslevel=3)
        return web.Response(
            body=compressed, content_type="application/json", headers={"Content-Encoding": "gzip"}
        )


def _bad_request(resource: PinnacleResource, message: str) -> web.Response:
    if resource in (PinnacleResource.SPORTS, PinnacleResource.LEAGUES):
        error = {"code": "INVALID_REQUEST_DATA", "message": message}
        return _json_error(400, {"status": "fail", "error": error, "code": 400})
    return _error(400, "INVALID_REQUEST_DATA", message)


def _error(status: int, code: str, message: str) -> web.Response:
    return _json_error(status, {"code": code, "message": message})


def _json_error(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
