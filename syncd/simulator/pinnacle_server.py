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
from syncd.simulator import pinnacle_lookups as reference
from syncd.simulator.faults import FaultInjector, FaultKind
from syncd.simulator.pinnacle_dialects import NATIVE, Dialect, DocumentShape, PinnacleResource
from syncd.simulator.pinnacle_documents import FEED_RESOURCES, Document, PinnacleDocuments
from syncd.simulator.pinnacle_query import KNOWN_PARAMETERS, InvalidQueryError, parse_feed_query
from syncd.simulator.request_log import ReceivedRequest, RequestLog, Spacing, SpacingChecker
from syncd.simulator.world_state import WorldState

SMALLEST_GZIP = 256
"""Bytes below which packing is not worth it."""

REFUSALS = {
    FaultKind.TOO_MANY: ("TOO_MANY_REQUESTS", "Notice of Excessive Request Activity"),
    FaultKind.SERVER_ERROR: ("UNEXPECTED_ERROR", "Unexpected error"),
    FaultKind.UNAVAILABLE: ("UNEXPECTED_ERROR", "Service unavailable"),
    FaultKind.UNAUTHORIZED: ("INVALID_CREDENTIALS", "Authorization failed, invalid credentials"),
    FaultKind.FORBIDDEN: ("ACCOUNT_INACTIVE", "Account is not active"),
}
"""What Pinnacle's injected refusals say."""

_json = msgspec.json.Encoder(decimal_format="number")


class PinnacleServer:
    """One dialect over one world. `arrivals` keeps every call and every broken rule."""

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
        """`pace` none: the host's own; `gone`: endpoints that have been switched off (404)."""
        self.state = state
        self.dialect = dialect
        self.pace = dialect.pace if pace is None else pace
        self.snapshot_cache = snapshot_cache
        self.retry_after = retry_after
        self.empty_status = empty_status
        self.gone = gone
        self.betting_status = "ALL_BETTING_ENABLED"
        self.request_log = RequestLog(state.clock)
        self.faults = FaultInjector(state.clock, REFUSALS)
        self._date = date_from or state.clock
        self._secret = b"Basic " + b64encode(f"{username}:{password}".encode())
        self._spacer = SpacingChecker(state.clock)
        self._documents = PinnacleDocuments(state, dialect)
        self._cursors: dict[PinnacleResource, set[int]] = {}
        self._cache: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, Document | None]] = {}

    def app(self) -> web.Application:
        """The application; serve it on any address."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    def too_early(self) -> list[str]:
        """Calls that came before their time, in words: none from a client that keeps the pace."""
        found = [v for v in self.request_log.violations if v.what == "too_early"]
        return [f"{v.at:%H:%M:%S} {v.path} {v.detail}" for v in found]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        query = {name.lower(): ",".join(request.query.getall(name)) for name in request.query}
        call = self.request_log.record(request.method, request.path, query)
        ask, shape = self.dialect.paths.get(request.path.strip("/").lower(), (None, DocumentShape.PLAIN))
        refusal = self._refusal(request, call, ask)
        if refusal is None and ask is not None:
            asked = ask

            async def answer() -> web.Response:
                return self._answer(request, call, asked, shape)

            response = await self.faults.around(request, answer)
        else:
            response = refusal or _error(404, "NOT_FOUND", "No such resource")
        call.status = response.status
        if not response.prepared:
            response.headers["Date"] = format_datetime(self._date.now(), usegmt=True)
        return response

    # --- what is refused before anything else

    def _refusal(
        self, request: web.Request, call: ReceivedRequest, ask: PinnacleResource | None
    ) -> web.Response | None:
        refusal = self._denied(request, call)
        if refusal is not None:
            return refusal
        if ask is None or ask in self.gone:
            self.request_log.record_violation("no_such_path", call)
            return _error(404, "NOT_FOUND", "No such resource")
        if unknown := set(call.query) - KNOWN_PARAMETERS:
            self.request_log.record_violation("unknown_parameter", call, ", ".join(sorted(unknown)))
        spacing = self.pace.get(ask)
        if spacing is None:
            return None
        early = self._spacer.too_early((ask, call.query.get("sportid")), spacing, delta=call.is_delta)
        if early:
            self.request_log.record_violation("too_early", call, f"{early:.3f} s too early")
            return self._too_many()
        return None

    def _denied(self, request: web.Request, call: ReceivedRequest) -> web.Response | None:
        given = request.headers.get("Authorization", "")
        if not given:
            self.request_log.record_violation("no_credentials", call)
            return _error(401, "INVALID_AUTHORIZATION_HEADER", "HTTP Authorization header is missing")
        if not compare_digest(given.encode(), self._secret):
            self.request_log.record_violation("wrong_credentials", call)
            return _error(401, "INVALID_CREDENTIALS", "Authorization failed, invalid credentials")
        if request.method != "GET":
            self.request_log.record_violation("wrong_method", call)
            return _error(405, "METHOD_NOT_ALLOWED", "Only GET")
        if "application/json" not in request.headers.get("Accept", ""):
            self.request_log.record_violation("no_accept", call)
            return _error(406, "ACCEPT_TYPE_NOT_SUPPORTED", "Accept: application/json is needed")
        if not request.headers.get("User-Agent"):
            self.request_log.record_violation("no_user_agent", call)
        return None

    def _too_many(self) -> web.Response:
        response = _error(429, "TOO_MANY_REQUESTS", "Notice of Excessive Request Activity")
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response

    # --- the answer

    def _answer(
        self, request: web.Request, call: ReceivedRequest, ask: PinnacleResource, shape: DocumentShape
    ) -> web.Response:
        try:
            document = self._cached(call, ask, shape)
        except (InvalidQueryError, ValueError) as error:
            self.request_log.record_violation("bad_request", call, str(error))
            return _bad_request(ask, str(error))
        if document is None:
            return web.Response(status=self.empty_status, content_type="application/json")
        if "last" in document:
            self._cursors.setdefault(ask, set()).add(document["last"])
        return self._packed(request, _json.encode(document))

    def _cached(self, call: ReceivedRequest, ask: PinnacleResource, shape: DocumentShape) -> Document | None:
        """Snapshots may be up to `snapshot_cache` seconds old, deltas never are."""
        if not self.snapshot_cache or ask not in FEED_RESOURCES or call.is_delta:
            return self._document(call, ask, shape)
        key = (call.path, tuple(sorted(call.query.items())))
        made, document = self._cache.get(key, (float("-inf"), None))
        if call.seconds - made >= self.snapshot_cache:
            document = self._document(call, ask, shape)
            self._cache[key] = (call.seconds, document)
        return document

    def _document(
        self, call: ReceivedRequest, ask: PinnacleResource, shape: DocumentShape
    ) -> Document | None:
        if ask is PinnacleResource.BETTING_STATUS:
            return {"status": self.betting_status}
        if ask not in FEED_RESOURCES:
            return reference.LOOKUPS[ask](self.state, shape, call.query)
        query = parse_feed_query(call.query)
        # Cursors are never computed. After a restart of the simulator old ones are unknown, so this
        # is written down and not refused.
        if query.since is not None and query.since not in self._cursors.get(ask, ()):
            self.request_log.record_violation("strange_cursor", call, str(query.since))
        return self._documents.feed(ask, query, shape)

    def _packed(self, request: web.Request, body: bytes) -> web.Response:
        # Pinnacle packs only for clients that say who they are.
        wanted = "gzip" in request.headers.get("Accept-Encoding", "") and request.headers.get("User-Agent")
        if not wanted or len(body) < SMALLEST_GZIP:
            return web.Response(body=body, content_type="application/json")
        packed = gzip.compress(body, compresslevel=3)
        return web.Response(
            body=packed, content_type="application/json", headers={"Content-Encoding": "gzip"}
        )


def _bad_request(ask: PinnacleResource, message: str) -> web.Response:
    if ask in (PinnacleResource.SPORTS, PinnacleResource.LEAGUES):
        error = {"code": "INVALID_REQUEST_DATA", "message": message}
        return _json_error(400, {"status": "fail", "error": error, "code": 400})
    return _error(400, "INVALID_REQUEST_DATA", message)


def _error(status: int, code: str, message: str) -> web.Response:
    return _json_error(status, {"code": code, "message": message})


def _json_error(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
