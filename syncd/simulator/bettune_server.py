"""The simulated BetTune as an HTTP server, strict about its document.

Where the document leaves something open, the reading is used that exposes a careless client: the limit counts
reads and writes in any window, and a prediction made by hand can be overwritten.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from email.utils import format_datetime
from hmac import compare_digest
from typing import Any, Literal

import msgspec
from aiohttp import web

from syncd.model.bettune import Filter, Named, Pair
from syncd.simulator.bettune_account import (
    FOOTBALL,
    BettuneAccount,
    InvalidOddsError,
    SimulatedPrediction,
    parse_odds,
)
from syncd.simulator.faults import FaultInjector, FaultKind
from syncd.simulator.game import ListedMatch
from syncd.simulator.rate_limits import SlidingWindow
from syncd.simulator.request_log import RequestLog
from syncd.simulator.world_state import WorldState

BASE_PATH = "/bet-tune-api/v1"
PRO_ONLY = "Prediction-based filters are available only for PRO subscription"
ERROR_BODIES = {
    FaultKind.TOO_MANY: ("rate_limit_exceeded", "Rate limit exceeded"),
    FaultKind.SERVER_ERROR: ("internal_error", "Internal server error"),
    FaultKind.UNAVAILABLE: ("unavailable", "Service unavailable"),
    FaultKind.BAD_REQUEST: ("validation_failed", "The request is invalid"),
    FaultKind.CONFLICT: ("conflict", "The prediction is being changed"),
    FaultKind.UNAUTHORIZED: ("invalid_token", "Invalid token"),
    FaultKind.FORBIDDEN: ("pro_subscription_required", PRO_ONLY),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SimulatedRefusalError(Exception):
    """The request is refused, with a status and BetTune's error body."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class BettuneServer:
    """BetTune over one world. `account`: filters, predictions and writes; `request_log`: every request."""

    def __init__(
        self,
        state: WorldState,
        *,
        token: str = "demo-token",  # noqa: S107 - of a simulated account
        requests: int = 60,
        window: float = 60.0,
        limit_headers: Literal["always", "refusals"] = "always",
        max_searched: int = 500,
    ) -> None:
        self.state = state
        self.account = BettuneAccount(state.clock)
        self.request_log = RequestLog(state.clock)
        self.faults = FaultInjector(state.clock, ERROR_BODIES)
        self.token = token
        self.pro = True
        self.limit = SlidingWindow(state.clock, requests=requests, seconds=window)
        self._limit_headers = limit_headers
        self._max_searched = max_searched

    def app(self) -> web.Application:
        """The application, to be served on any address."""
        app = web.Application(middlewares=[self._guard])
        prediction = BASE_PATH + "/prediction-filters/{filter:[0-9]+}/matches/{match:[0-9]+}/prediction"
        app.router.add_get(BASE_PATH + "/sports", self._sports)
        app.router.add_get(BASE_PATH + "/matches", self._matches)
        app.router.add_get(BASE_PATH + "/prediction-filters", self._filters)
        app.router.add_post(BASE_PATH + "/predictions/search", self._search)
        app.router.add_put(prediction, self._put)
        app.router.add_delete(prediction, self._delete)
        return app

    # --- for every request

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        received = self.request_log.record(request, dict(request.query))

        async def respond() -> web.Response:
            return await self._respond(request, handler)

        wait = self.limit.wait()
        if wait:
            self.request_log.record_violation("rate_limit", received, f"{wait} s too early")
            response: web.StreamResponse = _error(429, "rate_limit_exceeded", "Rate limit exceeded")
            response.headers["Retry-After"] = str(wait)
        else:
            response = await self.faults.apply(request, respond)
        received.status = response.status
        if response.status >= 400 and response.status not in (429, 500, 503):
            self.request_log.record_violation("refused", received, str(response.status))
        if not response.prepared:
            self._put_headers(response)
        return response

    async def _respond(self, request: web.Request, handler: Handler) -> web.Response:
        try:
            self._authenticate(request)
            response = await handler(request)
        except SimulatedRefusalError as error:
            return _error(error.status, error.code, error.message)
        except web.HTTPException as error:
            return _error(error.status, "not_found" if error.status == 404 else "error", error.reason)
        assert isinstance(response, web.Response)
        return response

    def _put_headers(self, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(self.state.now(), usegmt=True)
        if self._limit_headers == "always" or response.status == 429:
            response.headers["X-RateLimit-Limit"] = str(self.limit.requests)
            response.headers["X-RateLimit-Window"] = str(int(self.limit.seconds))

    def _authenticate(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not given:
            raise SimulatedRefusalError(401, "missing_token", "No token provided")
        if not compare_digest(given.encode(), self.token.encode()):
            raise SimulatedRefusalError(401, "invalid_token", "Invalid token")

    # --- reading

    async def _sports(self, _: web.Request) -> web.Response:
        return _items([_named(FOOTBALL)])

    async def _matches(self, request: web.Request) -> web.Response:
        try:
            day = date.fromisoformat(request.query.get("date", ""))
        except ValueError:
            message = "Invalid or missing date. Expected format: YYYY-MM-DD"
            raise SimulatedRefusalError(400, "date_invalid", message) from None
        if request.query.get("sport") != str(FOOTBALL.id):
            raise SimulatedRefusalError(400, "sport_invalid", "Invalid or missing sport")
        found = [match for match in self.state.matches.values() if match.date.date() == day]
        return _items([_match(match) for match in found], date=day.isoformat())

    async def _filters(self, _: web.Request) -> web.Response:
        return _items([_filter(found) for found in self.account.filters])

    async def _search(self, request: web.Request) -> web.Response:
        self._require_pro()
        body = await _json_body(request)
        filter_id, match_ids = body.get("filterId"), body.get("matchIds")
        if type(filter_id) is not int:
            raise SimulatedRefusalError(400, "filter_id_invalid", "Invalid or missing filterId")
        if not isinstance(match_ids, list) or not all(type(number) is int for number in match_ids):
            raise SimulatedRefusalError(400, "match_ids_invalid", "Invalid or missing matchIds")
        if len(match_ids) > self._max_searched:
            raise SimulatedRefusalError(400, "match_ids_too_many", f"At most {self._max_searched} matchIds")
        self._require_filter(filter_id)
        rows = (self.account.prediction(Pair(filter_id, match_id)) for match_id in dict.fromkeys(match_ids))
        return _items([_prediction(row) for row in rows if row is not None])

    # --- writing

    async def _put(self, request: web.Request) -> web.Response:
        pair = self._pair(request)
        body = await _json_body(request)
        try:
            odds = parse_odds(body.get("odds"))
        except InvalidOddsError as error:
            raise SimulatedRefusalError(400, "odds_invalid", str(error)) from None
        return _json(_prediction(self.account.put(pair, odds)))

    async def _delete(self, request: web.Request) -> web.Response:
        self.account.delete(self._pair(request))
        return web.Response(status=204)

    def _pair(self, request: web.Request) -> Pair:
        self._require_pro()
        pair = Pair(int(request.match_info["filter"]), int(request.match_info["match"]))
        self._require_filter(pair.filter_id)
        if pair.match_id not in self.state.matches:
            raise SimulatedRefusalError(404, "match_not_found", "Match not found")
        return pair

    def _require_pro(self) -> None:
        if not self.pro:
            raise SimulatedRefusalError(403, "pro_subscription_required", PRO_ONLY)

    def _require_filter(self, filter_id: int) -> None:
        if not self.account.has_filter(filter_id):
            raise SimulatedRefusalError(404, "filter_not_found", "Filter not found")


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = msgspec.json.Decoder[Any](float_hook=Decimal).decode(await request.read())
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise SimulatedRefusalError(400, "invalid_json_body", "Invalid JSON body")
    return body


def _named(named: Named) -> dict[str, Any]:
    return {"id": named.id, "name": named.name}


def _match(match: ListedMatch) -> dict[str, Any]:
    return {
        "id": match.id,
        "date": _time(match.date),
        "finished": match.finished,
        "score": {"home": match.home_score, "away": match.away_score},
        "country": _named(match.country),
        "tournament": _named(match.tournament),
        "season": _named(match.season),
        "home": _named(match.home),
        "away": _named(match.away),
    }


def _filter(found: Filter) -> dict[str, Any]:
    sport = _named(found.sport)
    return {
        "id": found.id,
        "name": found.name,
        "sport": sport,
        "betType": found.bet_type,
        "status": found.status,
    }


def _prediction(row: SimulatedPrediction) -> dict[str, Any]:
    return {
        "id": row.id,
        "filterId": row.pair.filter_id,
        "matchId": row.pair.match_id,
        "odds": f"{row.odds:.6f}",
        "source": row.source,
        "createdAt": _time(row.created_at),
        "updatedAt": _time(row.updated_at),
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _items(items: list[dict[str, Any]], **more: str) -> web.Response:
    return _json({**more, "count": len(items), "items": items})


def _error(status: int, code: str, message: str) -> web.Response:
    return _json({"code": code, "message": message}, status=status)


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
