"""The client of BetTune's API: each operation is one request, and gives values or a `BetTuneError`.

It neither waits, repeats nor counts: budget and gate stand before it, and learn from `on_reply`.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import Self, TypeVar

import msgspec
import structlog

from syncd.bettune import wire
from syncd.bettune.errors import (
    BadAnswerError,
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
from syncd.bettune.limits import Limits, limits_of
from syncd.bettune.wire import LeftOut
from syncd.model.bettune import Filter, Match, Named, Pair, Prediction
from syncd.runtime.clock import Clock
from syncd.runtime.http import MIB, Http, Reply, TransportError

FOOTBALL = 1
"""BetTune's id of the one sport it exposes."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply tells besides its answer; reported for every reply, whatever its status."""

    operation: Operation
    status: int
    took_s: float
    limits: Limits | None
    """None where the reply names none."""


def _ignore(_: Heard) -> None:
    pass


class BetTuneClient:
    """All six operations of the API. Use it as an async context manager.

    `on_reply` is called with each reply before its answer is returned or its error raised. Every
    operation raises `BetTuneError` and nothing else. `ValueError` at construction: an address or a
    token that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        clock: Clock,
        on_reply: Callable[[Heard], None] = _ignore,
        timeout_s: float = 15.0,
        connect_timeout_s: float = 5.0,
    ) -> None:
        self._clock = clock
        self._token = token.strip()
        self._on_reply = on_reply
        self._told: set[tuple[str, int]] = set()
        self._http = Http(
            base_url,
            clock=clock,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            max_body=16 * MIB,
        )

    def __repr__(self) -> str:
        return f"BetTuneClient({self._http!r})"

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def sports(self) -> tuple[Named, ...]:
        """The sports that BetTune knows."""
        operation = Operation("sports")
        reply = await self._call(operation, "GET", "/sports")
        return _read(operation, reply, lambda: wire.sports_of(reply.body))

    async def matches(self, day: date, sport: int = FOOTBALL) -> tuple[Match, ...]:
        """All matches of one day (UTC) and sport; none is an answer too."""
        operation = Operation("matches", day.isoformat())
        params = {"date": day.isoformat(), "sport": str(sport)}
        reply = await self._call(operation, "GET", "/matches", params=params)
        found, left_out = _read(operation, reply, lambda: wire.matches_of(reply.body, day))
        self._tell(operation, left_out)
        return found

    async def filters(self) -> tuple[Filter, ...]:
        """The prediction-based filters of the token's user."""
        operation = Operation("filters")
        reply = await self._call(operation, "GET", "/prediction-filters")
        found, left_out = _read(operation, reply, lambda: wire.filters_of(reply.body))
        self._tell(operation, left_out)
        return found

    async def search(self, filter_id: int, match_ids: Iterable[int]) -> tuple[Prediction, ...]:
        """What a filter holds for these matches; a match without a row has no prediction.

        How many matches one request may name is not documented. Without any, no request is made.
        """
        wanted = list(dict.fromkeys(match_ids))
        if not wanted:
            return ()
        operation = Operation("search", f"{filter_id}/[{len(wanted)}]")
        body = wire.search_body(filter_id, wanted)
        reply = await self._call(operation, "POST", "/predictions/search", json_body=body)
        asked = frozenset(Pair(filter_id, match_id) for match_id in wanted)
        return _read(operation, reply, lambda: wire.predictions_of(reply.body, asked))

    async def put(self, pair: Pair, odds: Decimal) -> Prediction:
        """Create the prediction of a pair, or set its Min Odds to `odds`, and return what BetTune then holds.

        Odds that BetTune cannot hold to the digit are a `RejectedError` without a request.
        """
        operation = Operation("put", f"{pair.filter_id}/{pair.match_id}")
        if not wire.sendable(odds):
            message = "Min Odds must be above 1 and have at most six decimals"
            raise RejectedError(operation, code="odds_not_sendable", message=message)
        body = wire.put_body(odds)
        reply = await self._call(operation, "PUT", _path(pair), json_body=body)
        return _read(operation, reply, lambda: wire.prediction_of(reply.body, pair, odds))

    async def delete(self, pair: Pair) -> None:
        """Delete the prediction of a pair; one that does not exist is deleted too."""
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
    ) -> Reply:
        """The reply to one request, if it is a success in JSON or without content."""
        try:
            reply = await self._http.send(method, path, params=params, json_body=json_body)
        except TransportError as exc:
            raise UnavailableError(
                operation, code=exc.fault, message=str(exc), outcome_unknown=operation.writes and exc.sent
            ) from exc
        self._on_reply(
            Heard(
                operation=operation,
                status=reply.status,
                took_s=reply.took_s,
                limits=limits_of(reply.headers),
            )
        )
        error = self._error_of(operation, reply)
        if error is not None:
            raise error
        return reply

    def _error_of(self, operation: Operation, reply: Reply) -> BetTuneError | None:
        if reply.status in (200, 201, 204) and (reply.status == 204 or reply.is_json):
            return None
        said = wire.error_of(reply.body) if reply.is_json else wire.ErrorBody()
        code, message = self._masked(said.code), self._masked(said.message)
        if reply.status == 429:
            wait = reply.retry_after_s(self._clock.now())
            return RateLimitedError(operation, code=code, message=message, retry_after_s=wait)
        refusal = _refusal_of(reply.status, code)
        if refusal is not None:
            return refusal(operation, code=code, message=message, status=reply.status)
        return UnavailableError(
            operation,
            code=code or "not_bettune",
            message=message or f"an answer that is not BetTune's ({reply.content_type or 'no content type'})",
            status=reply.status,
            outcome_unknown=operation.writes and not 400 <= reply.status < 500,
        )

    def _tell(self, operation: Operation, left_out: LeftOut) -> None:
        """Tell once of each row that cannot be read."""
        for id_, reason in left_out.items():
            if (operation.name, id_) not in self._told:
                self._told.add((operation.name, id_))
                log.warning("left_out", list=operation.name, id=id_, reason=self._masked(reason))

    def _masked(self, text: str) -> str:
        """An error may repeat the token that it finds wrong."""
        return text.replace(self._token, "***") if self._token else text


def _path(pair: Pair) -> str:
    return f"/prediction-filters/{pair.filter_id}/matches/{pair.match_id}/prediction"


def _refusal_of(status: int, code: str) -> type[BetTuneError] | None:
    """The error of a 4xx status, or none where it has to be taken for an outage.

    Only BetTune's own words, which always have a code, say that a filter, a match or a value is
    wrong: a proxy's 404 during a deployment must not make us forget every link.
    """
    if status == 401:
        return UnauthorizedError
    if status == 403:
        return ProRequiredError if code == "pro_subscription_required" else ForbiddenError
    if not code or status in (408, 425):
        return None
    if status in (404, 410):
        return NotFoundError
    return RejectedError if 400 <= status < 500 else None


def _read(operation: Operation, reply: Reply, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except wire.UnreadableError as exc:
        raise BadAnswerError(
            operation,
            code="bad_answer",
            message=str(exc),
            status=reply.status,
            outcome_unknown=operation.writes,
        ) from exc
