"""The client of BetTune's API: each operation is one request, and returns values or raises `BetTuneError`.

It does not wait, retry or count: that is the gateway's work. The budget learns from `on_response`.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Self, TypeVar

import msgspec
import structlog

from syncd.bettune import wire
from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    Operation,
    ProRequiredError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.bettune.rate_limit import RateLimit, RateLimitHeaders, is_limit_code, read_headers
from syncd.bettune.wire import LeftOut
from syncd.config.settings import BetTuneSettings
from syncd.model.bettune import Filter, Match, Named, Pair, Prediction
from syncd.runtime.before_send import BeforeSend, ask_nothing
from syncd.runtime.clock import Clock
from syncd.runtime.exchange import RecordExchange, record_nothing
from syncd.runtime.http import MIB, HttpClient, HttpResponse
from syncd.runtime.http_errors import TransportError
from syncd.runtime.measures import CountRequest, count_nothing
from syncd.runtime.steady import steady_now

FOOTBALL = 1
"""BetTune's id of the one sport it exposes."""

LONGEST_ERROR_BODY = 64 * 1024
"""Bytes: a longer body of a success is not looked at for an error."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class ResponseInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Status, duration and rate limit of a response; reported for every response, whatever its status."""

    operation: Operation
    status: int
    took_s: float
    limit_headers: RateLimitHeaders

    @property
    def rate_limit(self) -> RateLimit | None:
        """The limit that the headers name. None if they name none that can be believed."""
        return self.limit_headers.limit


def _ignore(_: ResponseInfo) -> None:
    pass


class BetTuneClient:
    """All six operations of the API. Use it as an async context manager.

    `on_response` is called with each response before its values are returned or its error is raised.
    Every operation raises `BetTuneError`, or an error of `before_send`, and nothing else. The constructor
    raises `ValueError` for an address or a token that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        clock: Clock,
        on_response: Callable[[ResponseInfo], None] = _ignore,
        timeout_s: float = 15.0,
        connect_timeout_s: float = 5.0,
        before_send: BeforeSend = ask_nothing,
        count: CountRequest = count_nothing,
        record: RecordExchange = record_nothing,
    ) -> None:
        self._clock = clock
        self._token = token.strip()
        self._on_response = on_response
        self._logged: set[tuple[str, int | str]] = set()
        self._server_ahead: timedelta | None = None
        self._http = HttpClient(
            base_url,
            clock=clock,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            max_body=16 * MIB,
            before_send=before_send,
            count=count,
            record=record,
        )

    @classmethod
    def from_settings(
        cls,
        settings: BetTuneSettings,
        *,
        clock: Clock,
        on_response: Callable[[ResponseInfo], None],
        before_send: BeforeSend = ask_nothing,
        count: CountRequest = count_nothing,
        record: RecordExchange = record_nothing,
    ) -> Self:
        """Make the client of the configured account. Raises `ValueError` as the constructor does."""
        return cls(
            settings.base_url,
            settings.token.get_secret_value(),
            clock=clock,
            on_response=on_response,
            timeout_s=settings.timeout.total_seconds(),
            before_send=before_send,
            count=count,
            record=record,
        )

    def __repr__(self) -> str:
        return f"BetTuneClient({self._http!r})"

    @property
    def server_now(self) -> datetime | None:
        """This moment by BetTune's clock, as its last response named it. None if it has named none."""
        return None if self._server_ahead is None else steady_now(self._clock) + self._server_ahead

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def sports(self) -> tuple[Named, ...]:
        """Return the sports that BetTune knows."""
        operation = Operation("sports")
        response = await self._call(operation, "GET", "/sports")
        return _read(operation, response, lambda: wire.sports_of(response.body))

    async def matches(self, day: date, sport: int = FOOTBALL) -> tuple[Match, ...]:
        """Return all matches of one day (UTC) and sport; there may be none."""
        operation = Operation("matches", day.isoformat())
        params = {"date": day.isoformat(), "sport": str(sport)}
        response = await self._call(operation, "GET", "/matches", params=params)
        found, left_out = _read(operation, response, lambda: wire.matches_of(response.body, day))
        self._log_left_out(operation, left_out)
        return found

    async def filters(self) -> tuple[Filter, ...]:
        """Return the prediction-based filters of the token's user."""
        operation = Operation("filters")
        response = await self._call(operation, "GET", "/prediction-filters")
        found, left_out = _read(operation, response, lambda: wire.filters_of(response.body))
        self._log_left_out(operation, left_out)
        return found

    async def search(self, filter_id: int, match_ids: Iterable[int]) -> tuple[Prediction, ...]:
        """Return the predictions of a filter for these matches; a match without a row has no prediction.

        How many matches one request may name is not documented. Without matches no request is sent.
        """
        unique = list(dict.fromkeys(match_ids))
        if not unique:
            return ()
        operation = Operation("search", f"{filter_id}/[{len(unique)}]")
        body = wire.search_body(filter_id, unique)
        response = await self._call(operation, "POST", "/predictions/search", json_body=body)
        requested = frozenset(Pair(filter_id, match_id) for match_id in unique)
        return _read(operation, response, lambda: wire.predictions_of(response.body, requested))

    async def put(self, pair: Pair, odds: Decimal) -> Prediction:
        """Create the prediction of a pair, or set its Min Odds to `odds`; return the row as BetTune saved it.

        The odds of the row are those that apply, even if BetTune did not keep what was sent. Raises
        `RejectedError` without a request for odds that BetTune cannot save to the digit.
        """
        operation = Operation("put", f"{pair.filter_id}/{pair.match_id}")
        if not wire.sendable(odds):
            message = "Min Odds must be above 1 and have at most six decimals"
            raise RejectedError(operation, code="odds_not_sendable", message=message)
        body = wire.put_body(odds)
        response = await self._call(operation, "PUT", _path(pair), json_body=body)
        return _read(operation, response, lambda: wire.prediction_of(response.body, pair))

    async def delete(self, pair: Pair) -> None:
        """Delete the prediction of a pair. One that does not exist is no error."""
        operation = Operation("delete", f"{pair.filter_id}/{pair.match_id}")
        await self._call(operation, "DELETE", _path(pair))

    async def _call(
        self,
        operation: Operation,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        json_body: bytes | None = None,
    ) -> HttpResponse:
        """Send one request; return its response if that is a success, in JSON or without content."""
        try:
            response = await self._http.send(method, path, params=params, json_body=json_body)
        except TransportError as exc:
            raise UnavailableError(
                operation,
                code=exc.fault,
                message=str(exc),
                outcome_unknown=operation.writes and exc.possibly_sent,
            ) from exc
        if response.date:
            self._server_ahead = response.date - steady_now(self._clock)
        self._on_response(
            ResponseInfo(
                operation=operation,
                status=response.status,
                took_s=response.took_s,
                limit_headers=read_headers(response.headers),
            )
        )
        error = self._error_of(operation, response)
        if error is not None:
            raise error
        return response

    def _error_of(self, operation: Operation, response: HttpResponse) -> BetTuneError | None:
        is_success = response.status in (200, 201, 204) and (response.status == 204 or response.is_json)
        if is_success and len(response.body) > LONGEST_ERROR_BODY:
            return None
        body = wire.error_of(response.body) if response.is_json else wire.ErrorBody()
        if is_success and not body.code:
            return None
        code, message, status = self._masked(body.code), self._masked(body.message), response.status
        wait = response.retry_after_s(self._clock.now())
        if status == 429 or is_limit_code(code):
            return RateLimitedError(operation, code=code, message=message, status=status, retry_after_s=wait)
        refusal = _refusal_of(operation, response, code)
        if refusal is not None:
            return refusal(operation, code=code, message=message, status=status)
        return UnavailableError(
            operation,
            code=code or "not_bettune",
            message=message
            or f"a response that is not BetTune's ({response.content_type or 'no content type'})",
            status=status,
            outcome_unknown=operation.writes and not 400 <= status < 500,
            retry_after_s=wait,
        )

    def _log_left_out(self, operation: Operation, left_out: LeftOut) -> None:
        """Log each row that cannot be read once."""
        for id_, reason in left_out.items():
            if (operation.name, id_) not in self._logged:
                self._logged.add((operation.name, id_))
                log.warning("left_out", list=operation.name, id=id_, reason=self._masked(reason))

    def _masked(self, text: str) -> str:
        """Return the text without the token: an error may quote the token that it refuses."""
        return text.replace(self._token, "***") if self._token else text


def _path(pair: Pair) -> str:
    return f"/prediction-filters/{pair.filter_id}/matches/{pair.match_id}/prediction"


def _refusal_of(operation: Operation, response: HttpResponse, code: str) -> type[BetTuneError] | None:
    """Return the error class of a 4xx status. None if it must be treated as an outage.

    Only an error of BetTune's own, which always has a code, says that a filter, a match or a value is wrong:
    a proxy's 404 during a deployment must not delete what we know. A DELETE that is rejected, by BetTune or
    by a proxy, concerns its own pair only: it is repeated, and others do not wait for it.
    """
    status = response.status
    if status == 401:
        return UnauthorizedError
    if status == 403:
        return ProRequiredError if code == "pro_subscription_required" else ForbiddenError
    if not 400 <= status < 500 or status in (408, 425):
        return None
    if not code:
        return RejectedError if operation.name == "delete" else None
    return NotFoundError if status in (404, 410) else RejectedError


def _read(operation: Operation, response: HttpResponse, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except wire.UnreadableError as exc:
        raise BadResponseError(
            operation,
            code="bad_response",
            message=str(exc),
            status=response.status,
            outcome_unknown=operation.writes,
        ) from exc
