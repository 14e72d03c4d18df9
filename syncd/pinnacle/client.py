"""Pinnacle's API, read only: one method for each operation, one request for each call.

It neither paces nor retries: the feeds do. Every method raises `PinnacleError` or an error of `before_send`,
and no other, except `ValueError` for a `since` of 0 or 1, which fair use forbids.
"""

import base64
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Self, TypeVar

from syncd.config.presets import Endpoint, Versions
from syncd.model.bounds import printable
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pinnacle.decode.body import decode_error
from syncd.pinnacle.decode.events import decode_fixtures, decode_odds, decode_settled
from syncd.pinnacle.decode.prices import OddsFormat
from syncd.pinnacle.decode.reference_data import (
    decode_balance,
    decode_betting_status,
    decode_cancellation_reasons,
    decode_currencies,
    decode_leagues,
    decode_line,
    decode_live_events,
    decode_period_names,
    decode_sports,
    decode_translations,
)
from syncd.pinnacle.decode.specials import decode_settled_specials, decode_specials
from syncd.pinnacle.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    PinnacleError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.pinnacle.responses import (
    Balance,
    CancellationReason,
    Currency,
    FixturesPayload,
    LeagueList,
    LinePrice,
    LiveEvent,
    OddsPayload,
    PeriodName,
    Response,
    SettledPayload,
    SettledSpecialsPayload,
    SpecialsPayload,
    Sport,
    Translation,
)
from syncd.runtime.before_send import BeforeSend, ask_nothing
from syncd.runtime.clock import Clock
from syncd.runtime.exchange import RecordExchange, record_nothing
from syncd.runtime.http import HttpClient, HttpResponse
from syncd.runtime.http_errors import TransportError
from syncd.runtime.measures import CountRequest, count_nothing

T = TypeVar("T")

ENDPOINT_PATHS: Mapping[Endpoint, str] = {
    "sports": "sports",
    "leagues": "leagues",
    "fixtures": "fixtures",
    "settled": "fixtures/settled",
    "special_fixtures": "fixtures/special",
    "settled_specials": "fixtures/special/settled",
    "odds": "odds",
    "special_odds": "odds/special",
    "periods": "periods",
    "inrunning": "inrunning",
    "betting_status": "bets/betting-status",
    "line": "line",
    "special_line": "line/special",
    "balance": "client/balance",
    "currencies": "currencies",
    "translations": "translations",
    "cancellation_reasons": "cancellationreasons",
}
"""The path of each operation, after its version."""

_DECIMAL_ODDS = {"oddsFormat": OddsFormat.DECIMAL.value}
_MAX_MESSAGE = 300


class PinnacleClient:
    """A session with one host of the API. Use it as an async context manager.

    Raises `ValueError` if the address cannot be used.
    """

    def __init__(
        self,
        *,
        base_url: str,
        username: str,
        password: str,
        versions: Versions,
        clock: Clock,
        timeout_s: float = 30.0,
        before_send: BeforeSend = ask_nothing,
        count: CountRequest = count_nothing,
        record: RecordExchange = record_nothing,
    ) -> None:
        self._clock = clock
        self._versions = versions
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._secrets = tuple(secret for secret in (password, token) if secret)
        self.base_url = base_url.rstrip("/")
        self.timeout_s = timeout_s
        self._http = HttpClient(
            base_url,
            clock=clock,
            headers={"Authorization": f"Basic {token}"},
            timeout_s=timeout_s,
            before_send=before_send,
            count=count,
            record=record,
        )

    def __repr__(self) -> str:
        return f"PinnacleClient({self.base_url})"

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *args: object) -> None:
        await self._http.__aexit__(None, None, None)

    def path(self, endpoint: Endpoint) -> str:
        """The path of an operation with its version, such as `/v1/odds`."""
        return f"/{self._versions[endpoint]}/{ENDPOINT_PATHS[endpoint]}"

    async def sports(self) -> Response[tuple[Sport, ...]]:
        """All sports, with or without anything on offer."""
        return await self._get("sports", {}, decode_sports)

    async def leagues(self, sport_id: int) -> Response[LeagueList]:
        """All leagues of a sport."""
        return await self._get(
            "leagues", {"sportId": str(sport_id)}, partial(decode_leagues, sport_id=sport_id)
        )

    async def fixtures(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Response[FixturesPayload]:
        """The events not settled yet: all, or those changed `since` the `last` of an earlier response."""
        return await self._get(
            "fixtures",
            _list_params(sport_id, leagues, since),
            partial(decode_fixtures, sport_id=sport_id),
        )

    async def settled(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Response[SettledPayload]:
        """The periods settled in the last 24 hours."""
        return await self._get(
            "settled",
            _list_params(sport_id, leagues, since),
            partial(decode_settled, sport_id=sport_id),
        )

    async def odds(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Response[OddsPayload]:
        """The periods with their markets in decimal odds; with `since` only those that changed, whole."""
        return await self._get(
            "odds",
            _list_params(sport_id, leagues, since) | _DECIMAL_ODDS,
            partial(decode_odds, sport_id=sport_id),
        )

    async def special_fixtures(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Response[SpecialsPayload]:
        """The specials that are not settled: all, or those that changed."""
        return await self._get(
            "special_fixtures",
            _list_params(sport_id, leagues, since),
            partial(decode_specials, sport_id=sport_id),
        )

    async def special_odds(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Response[SpecialsPayload]:
        """The prices of specials in decimal odds; with `since` only of those that changed, each whole."""
        return await self._get(
            "special_odds",
            _list_params(sport_id, leagues, since) | _DECIMAL_ODDS,
            partial(decode_specials, sport_id=sport_id),
        )

    async def settled_specials(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Response[SettledSpecialsPayload]:
        """The specials settled in the last 24 hours."""
        return await self._get(
            "settled_specials",
            _list_params(sport_id, leagues, since),
            partial(decode_settled_specials, sport_id=sport_id),
        )

    async def periods(self, sport_id: int) -> Response[tuple[PeriodName, ...]]:
        """The period numbers of a sport and their names."""
        return await self._get("periods", {"sportId": str(sport_id)}, decode_period_names)

    async def inrunning(self) -> Response[tuple[LiveEvent, ...]]:
        """Soccer matches in play. Pinnacle's own host removed this endpoint in 2024."""
        return await self._get("inrunning", {}, decode_live_events)

    async def betting_status(self) -> Response[str | None]:
        """The state of betting as a whole: enabled, or closed such as for maintenance."""
        return await self._get("betting_status", {}, decode_betting_status)

    async def line(
        self,
        *,
        sport_id: int,
        league_id: int,
        event_id: int,
        bet_type: str,
        period: int = MATCH_PERIOD,
        team: str | None = None,
        side: str | None = None,
        handicap: str | None = None,
    ) -> Response[LinePrice | None]:
        """The newest price of one line; `bet_type`, `team` and `side` take the values of the manual.

        Fair use: when a user needs it, never in a loop.
        """
        given = {
            "sportId": str(sport_id),
            "leagueId": str(league_id),
            "eventId": str(event_id),
            "periodNumber": str(period),
            "betType": bet_type,
            "team": team,
            "side": side,
            "handicap": handicap,
        }
        params = {name: value for name, value in given.items() if value is not None}
        return await self._get("line", params | _DECIMAL_ODDS, decode_line)

    async def special_line(self, *, special_id: int, contestant_id: int) -> Response[LinePrice | None]:
        """The newest price of one contestant of a special."""
        params = {"specialId": str(special_id), "contestantId": str(contestant_id)}
        return await self._get("special_line", params | _DECIMAL_ODDS, decode_line)

    async def balance(self) -> Response[Balance | None]:
        """The account's money; also the cheapest way to test the credentials."""
        return await self._get("balance", {}, decode_balance)

    async def currencies(self) -> Response[tuple[Currency, ...]]:
        """All currencies with their rates to the US dollar."""
        return await self._get("currencies", {}, decode_currencies)

    async def translations(
        self, texts: Collection[str], cultures: Collection[str]
    ) -> Response[tuple[Translation, ...]]:
        """English texts in other languages, such as `de-DE`."""
        params = {"cultureCodes": "|".join(cultures), "baseTexts": "|".join(texts)}
        return await self._get("translations", params, decode_translations)

    async def cancellation_reasons(self) -> Response[tuple[CancellationReason, ...]]:
        """The cancellation codes and their meaning."""
        return await self._get("cancellation_reasons", {}, decode_cancellation_reasons)

    async def _get(
        self, endpoint: Endpoint, params: Mapping[str, str], decode: Callable[[bytes], T]
    ) -> Response[T]:
        path = self.path(endpoint)
        requested_at = self._clock.now()
        try:
            response = await self._http.send("GET", path, params=params)
        except TransportError as exc:
            raise UnavailableError(self._cleaned(str(exc))) from None
        received_at = self._clock.now()
        return Response(
            payload=decode(self._json_body(path, response)),
            requested_at=requested_at,
            received_at=received_at,
            server_time=response.date,
        )

    def _json_body(self, path: str, response: HttpResponse) -> bytes:
        if not 200 <= response.status < 300:
            raise self._error(path, response)
        if response.body.strip() and not response.is_json:
            kind = response.content_type or "no content type"
            raise UnavailableError(self._cleaned(f"GET {path}: expected JSON, received {kind}"))
        return response.body

    def _error(self, path: str, response: HttpResponse) -> PinnacleError:
        code, text = decode_error(response.body)
        detail = ": ".join(part for part in (code, text) if part)
        message = self._cleaned(f"GET {path}: status {response.status}" + (f" ({detail})" if detail else ""))
        code = self._cleaned(code)
        wait = response.retry_after_s(self._clock.now())
        match response.status:
            case 401:
                return UnauthorizedError(message, code=code)
            case 403:
                return ForbiddenError(message, code=code)
            case 404 | 405 | 410:
                return NotFoundError(message, code=code)
            case 429:
                return RateLimitedError(message, code=code, retry_after_s=wait)
            case status if 400 <= status < 500:
                return BadRequestError(message, code=code)
        return UnavailableError(message, code=code, retry_after_s=wait)

    def _cleaned(self, text: str) -> str:
        """The text for a log: one line of bounded length; a secret that a server echoes is masked."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return printable(text, _MAX_MESSAGE)


def _list_params(sport_id: int, leagues: Collection[int], since: int | None) -> dict[str, str]:
    params = {"sportId": str(sport_id)}
    if leagues:
        params["leagueIds"] = ",".join(str(league) for league in sorted(leagues))
    if since is not None:
        if since <= 1:  # forbidden by fair use: it was abused to get a snapshot that is not cached
            raise ValueError("since must be the `last` of the last response")
        params["since"] = str(since)
    return params
