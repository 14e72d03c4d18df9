"""Pinnacle's API, read only: one method for each operation, one request for each call.

No pace and no retry lives here: that is the feed's business. Every call may raise one of
`errors.PinnacleError`, and nothing else.
"""

import base64
import re
from collections.abc import Callable, Collection, Mapping
from typing import Self, TypeVar

from syncd.config.presets import Endpoint, Versions
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pinnacle import decode, decode_specials, small
from syncd.pinnacle.answers import (
    Answer,
    Balance,
    CancellationReason,
    Currency,
    FixturesAnswer,
    LeagueInfo,
    Line,
    OddsAnswer,
    PeriodName,
    Running,
    SettledAnswer,
    SettledSpecialsAnswer,
    SpecialsAnswer,
    Sport,
    Translation,
)
from syncd.pinnacle.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    PinnacleError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.pinnacle.odds import OddsFormat
from syncd.runtime.clock import Clock
from syncd.runtime.http import Http, Reply, TransportError

T = TypeVar("T")

ENDPOINTS: Mapping[Endpoint, str] = {
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
"""Where each operation lives, after its version."""

_DECIMAL = {"oddsFormat": OddsFormat.DECIMAL.value}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Pinnacle:
    """A session to one host of the API. Use it as an async context manager.

    Raises `ValueError` for an address that cannot be used.
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
    ) -> None:
        self._clock = clock
        self._versions = versions
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._secrets = tuple(secret for secret in (password, token) if secret)
        self.base_url = base_url.rstrip("/")
        self.timeout_s = timeout_s
        self._http = Http(
            base_url, clock=clock, headers={"Authorization": f"Basic {token}"}, timeout_s=timeout_s
        )

    def __repr__(self) -> str:
        return f"Pinnacle({self.base_url})"

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *args: object) -> None:
        await self._http.__aexit__(None, None, None)

    def path(self, endpoint: Endpoint) -> str:
        """The path of an operation with its version, such as `/v1/odds`."""
        return f"/{self._versions[endpoint]}/{ENDPOINTS[endpoint]}"

    async def sports(self) -> Answer[tuple[Sport, ...]]:
        """All sports, with or without offerings."""
        return await self._get("sports", {}, small.sports)

    async def leagues(self, sport_id: int) -> Answer[tuple[LeagueInfo, ...]]:
        """All leagues of a sport."""
        return await self._get("leagues", {"sportId": str(sport_id)}, small.leagues)

    async def fixtures(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Answer[FixturesAnswer]:
        """Events that are not settled: all, or those that changed `since` a former answer's `last`."""
        return await self._get(
            "fixtures",
            _listing(sport_id, leagues, since),
            lambda body: decode.fixtures(body, sport_id=sport_id),
        )

    async def settled(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Answer[SettledAnswer]:
        """Periods settled in the last 24 hours."""
        return await self._get("settled", _listing(sport_id, leagues, since), decode.settled)

    async def odds(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Answer[OddsAnswer]:
        """Periods with their markets in decimal odds; with `since` only those that changed, each whole."""
        return await self._get("odds", _listing(sport_id, leagues, since) | _DECIMAL, decode.odds)

    async def special_fixtures(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Answer[SpecialsAnswer]:
        """Special markets that are not settled: all, or those that changed."""
        return await self._get(
            "special_fixtures",
            _listing(sport_id, leagues, since),
            lambda body: decode_specials.specials(body, sport_id=sport_id),
        )

    async def special_odds(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Answer[SpecialsAnswer]:
        """Prices of special markets in decimal odds; with `since` only those that changed, each whole."""
        return await self._get(
            "special_odds",
            _listing(sport_id, leagues, since) | _DECIMAL,
            lambda body: decode_specials.specials(body, sport_id=sport_id),
        )

    async def settled_specials(
        self, sport_id: int, *, leagues: Collection[int] = (), since: int | None = None
    ) -> Answer[SettledSpecialsAnswer]:
        """Special markets settled in the last 24 hours."""
        return await self._get(
            "settled_specials",
            _listing(sport_id, leagues, since),
            lambda body: decode_specials.settled(body, sport_id=sport_id),
        )

    async def periods(self, sport_id: int) -> Answer[tuple[PeriodName, ...]]:
        """What the period numbers of a sport mean."""
        return await self._get("periods", {"sportId": str(sport_id)}, small.periods)

    async def inrunning(self) -> Answer[tuple[Running, ...]]:
        """Soccer matches in play; gone on Pinnacle's own host since 2024."""
        return await self._get("inrunning", {}, small.inrunning)

    async def betting_status(self) -> Answer[str]:
        """Whether betting is open at all, or closed for maintenance."""
        return await self._get("betting_status", {}, small.betting_status)

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
    ) -> Answer[Line]:
        """The newest price of one line. `bet_type`, `team` and `side` are the manual's words.

        Fair use: on demand, never in a loop.
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
        return await self._get("line", params | _DECIMAL, small.line)

    async def special_line(self, *, special_id: int, contestant_id: int) -> Answer[Line]:
        """The newest price of one outcome of a special."""
        params = {"specialId": str(special_id), "contestantId": str(contestant_id)}
        return await self._get("special_line", params | _DECIMAL, small.line)

    async def balance(self) -> Answer[Balance]:
        """The account's money; also the cheapest proof that the credentials work."""
        return await self._get("balance", {}, small.balance)

    async def currencies(self) -> Answer[tuple[Currency, ...]]:
        """All currencies with their rates to the US dollar."""
        return await self._get("currencies", {}, small.currencies)

    async def translations(
        self, texts: Collection[str], cultures: Collection[str]
    ) -> Answer[tuple[Translation, ...]]:
        """English texts in other languages, such as `de-DE`."""
        params = {"cultureCodes": "|".join(cultures), "baseTexts": "|".join(texts)}
        return await self._get("translations", params, small.translations)

    async def cancellation_reasons(self) -> Answer[tuple[CancellationReason, ...]]:
        """What the codes of cancellations mean."""
        return await self._get("cancellation_reasons", {}, small.cancellation_reasons)

    async def _get(
        self, endpoint: Endpoint, params: Mapping[str, str], read: Callable[[bytes], T | None]
    ) -> Answer[T]:
        path = self.path(endpoint)
        asked_at = self._clock.now()
        try:
            reply = await self._http.send("GET", path, params=params)
        except TransportError as exc:
            raise UnavailableError(self._clean(str(exc))) from None
        answered_at = self._clock.now()
        body = self._good_body(path, reply)
        return Answer(value=read(body), asked_at=asked_at, answered_at=answered_at, server_time=reply.date)

    def _good_body(self, path: str, reply: Reply) -> bytes:
        if not 200 <= reply.status < 300:
            raise self._error(path, reply)
        if reply.body.strip() and not reply.is_json:
            raise UnavailableError(f"GET {path}: {reply.content_type or 'something'} came where JSON was due")
        return reply.body

    def _error(self, path: str, reply: Reply) -> PinnacleError:
        code, message = decode.failure(reply.body)
        said = ": ".join(word for word in (code, message) if word)
        words = self._clean(f"GET {path}: status {reply.status}" + (f" ({said})" if said else ""))
        code = self._clean(code)
        match reply.status:
            case 401:
                return UnauthorizedError(words, code=code)
            case 403:
                return ForbiddenError(words, code=code)
            case 404 | 405 | 410:
                return NotFoundError(words, code=code)
            case 429:
                wait = reply.retry_after_s(self._clock.now())
                return RateLimitedError(words, code=code, retry_after_s=wait)
            case status if 400 <= status < 500:
                return BadRequestError(words, code=code)
        return UnavailableError(words, code=code)

    def _clean(self, words: str) -> str:
        """Fit for a log: one line of bounded length, and a secret that a server echoes is masked."""
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return _CONTROL.sub(" ", words)[:300]


def _listing(sport_id: int, leagues: Collection[int], since: int | None) -> dict[str, str]:
    params = {"sportId": str(sport_id)}
    if leagues:
        params["leagueIds"] = ",".join(str(league) for league in sorted(leagues))
    if since is not None:
        if since <= 1:  # forbidden by fair use: it was abused as a snapshot that is not cached
            raise ValueError("since must be the last answer's own `last`")
        params["since"] = str(since)
    return params
