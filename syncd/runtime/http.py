"""One HTTP request for both API clients: a small response, or one neutral error.

Nothing is retried here. One call of `HttpClient.send` is at most one request on the wire, because pace
and budget are counted per call.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.http import HttpProcessingError
from yarl import URL

from syncd.model.bounds import OutOfBoundsError, moment
from syncd.runtime.before_send import BeforeSend, ask_nothing
from syncd.runtime.clock import Clock
from syncd.runtime.exchange import Exchange, RecordExchange, record_nothing
from syncd.runtime.http_body import read_body
from syncd.runtime.http_errors import ConnectionDroppedError, transport_error
from syncd.runtime.http_request import asking_request
from syncd.runtime.measures import NO_RESPONSE, CountRequest, count_nothing
from syncd.runtime.smooth_clock import observe_server_time

MIB = 1024 * 1024
LONGEST_RETRY_AFTER_S = 86_400.0
"""A server that sets a longer wait is tried again after a day."""

LONGEST_DATE = 100
"""Characters of an HTTP date that are looked at: it has 29."""

LONGEST_AGE = timedelta(days=1)
"""A response that a cache says it has kept for longer is of unknown age."""

_ERROR_BODY_BYTES = 64 * 1024
_HEADER_BYTES = 256 * 1024
"""Of one header: a proxy's long cookie must not cost the response that it comes with."""

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
_SECONDS = re.compile(r"[0-9]{1,20}(\.[0-9]{0,20})?")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A whole response of any status, its body decompressed."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """Case-insensitive; of a repeated header the first."""
    date: datetime | None
    """The server's clock: `Date`, and the `Age` that a cache adds. None if absent, unreadable or absurd."""
    took_s: float

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters. Empty if none was sent."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """True if the body claims to be JSON, or claims nothing: HTML with a 200 is an outage, not data."""
        kind = self.content_type
        return kind in ("", "application/json", "text/json") or kind.endswith("+json")

    def retry_after_s(self, now: datetime) -> float | None:
        """Seconds to wait by `Retry-After`, a date compared with the server's own clock. None if absent."""
        return parse_retry_after(self.headers.get("Retry-After"), self.date or now)


class HttpClient:
    """A session with one API: fixed base URL and headers, no cookies, redirects or environment proxies.

    Use it as an async context manager. `base_url` may have a path prefix and a trailing slash.
    `max_body` limits the decompressed body in bytes. Raises `ValueError` for an unusable address or
    header, without repeating it. An error of `before_send` keeps the request from being sent, and is raised.
    `count` hears how each request ended, `record` gets each one with its response.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
        connect_timeout_s: float = 10.0,
        max_body: int = 32 * MIB,
        before_send: BeforeSend = ask_nothing,
        count: CountRequest = count_nothing,
        record: RecordExchange = record_nothing,
    ) -> None:
        self._count = count
        self._record = record
        self._request_class = asking_request(before_send)
        self._base = _checked_base(base_url)
        self._headers = _checked_headers({**_default_headers(), **(headers or {})})
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=connect_timeout_s)
        self._clock = clock
        self._max_body = max_body
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"HttpClient({self._base.host}{self._base.path})"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,  # see http_body
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            middlewares=(_send_only_once,),
            request_class=self._request_class,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json_body: bytes | None = None,
    ) -> HttpResponse:
        """Perform one request under the base URL; `path` begins with a slash.

        Any status gives an `HttpResponse`, redirects too. Raises `TransportError` if no whole response came,
        and `RuntimeError` outside the async context.
        """
        if self._session is None:
            raise RuntimeError("HttpClient is used outside its async context")
        url = URL(str(self._base) + path)
        try:
            response = await self._perform(self._session, method, url, params, json_body)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as exc:
            self._count(NO_RESPONSE)
            error = transport_error(exc, f"{method} {url.host}{url.path}")
        else:
            self._count(str(response.status))
            self._record(
                Exchange(
                    at=self._clock.now(),
                    method=method,
                    path=path,
                    params=params or {},
                    sent=json_body or b"",
                    status=response.status,
                    took_s=response.took_s,
                    body=response.body,
                )
            )
            return response
        # Outside the except block, so that the aiohttp error is not attached even as context.
        raise error

    async def _perform(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: URL,
        params: Mapping[str, str] | None,
        json_body: bytes | None,
    ) -> HttpResponse:
        started = self._clock.monotonic()
        kind = {"Content-Type": "application/json"} if json_body is not None else None
        async with session.request(
            method, url, params=params, data=json_body, headers=kind, allow_redirects=False
        ) as response:
            body = await self._read_body(response)
            date = parse_server_clock(response.headers.get("Date"), response.headers.get("Age"))
            observe_server_time(self._clock, date, self._base.authority)
            return HttpResponse(
                status=response.status,
                body=body,
                headers=response.headers,
                date=date,
                took_s=self._clock.monotonic() - started,
            )

    async def _read_body(self, response: aiohttp.ClientResponse) -> bytes:
        if response.ok and response.status < 300:
            return await read_body(response, self._max_body)
        # The status says more than the body: a 429 or 401 stays one even when its body is broken.
        with suppress(aiohttp.ClientError, HttpProcessingError, OSError):
            return await read_body(response, _ERROR_BODY_BYTES)
        return b""


def parse_http_date(text: str | None) -> datetime | None:
    """Parse an HTTP date, aware UTC. None if absent, unreadable or out of `model.bounds`."""
    text = (text or "")[:LONGEST_DATE]
    if not text.isascii():  # Python would read the digits of every script
        return None
    try:
        return moment(parsedate_to_datetime(text))
    except (ValueError, OverflowError, OutOfBoundsError):
        return None


def parse_server_clock(date: str | None, age: str | None) -> datetime | None:
    """The time at the server by its `Date`; a cache repeats an old one, and says by `Age` how old it is.

    None if there is no such date, or if nobody knows its age.
    """
    sent = parse_http_date(date)
    if sent is None or not (age or "").strip():
        return sent
    seconds = _seconds(age)
    if seconds is None or seconds > LONGEST_AGE.total_seconds():
        return None
    return sent + timedelta(seconds=seconds)


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Parse a `Retry-After` header into seconds, from 0 to a day. None if absent or unreadable.

    Takes both forms of RFC 9110 section 10.2.3 (a past date gives 0), and fractions of a second.
    """
    seconds = _seconds(text)
    if seconds is not None:
        return min(seconds, LONGEST_RETRY_AFTER_S)
    then = parse_http_date(text)
    if then is None:
        return None
    return min(max(0.0, (then - now).total_seconds()), LONGEST_RETRY_AFTER_S)


def _seconds(text: str | None) -> float | None:
    text = (text or "").strip()
    return float(text) if _SECONDS.fullmatch(text) else None


async def _send_only_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from silently repeating an idempotent request on a dropped connection.

    The first copy may have been counted or carried out; a hidden second one would break the pace of a
    feed and use up the budget unseen.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as exc:
        raise ConnectionDroppedError from exc


def _default_headers() -> dict[str, str]:
    # Pinnacle compresses only for clients that name themselves, and responds 406 without Accept.
    return {"User-Agent": _user_agent(), "Accept": "application/json", "Accept-Encoding": "gzip"}


def _user_agent() -> str:
    try:
        return f"syncd/{version('syncd')}"
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "syncd/0"


def _checked_base(base_url: str) -> URL:
    try:
        url = URL(base_url.rstrip("/"))
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url must be an absolute http or https address")
    if url.user or url.password or url.query_string or url.fragment:
        raise ValueError("base_url must have neither credentials nor a query: they would end up in logs")
    return url


def _checked_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if _CONTROL_CHARACTERS.search(value):
            raise ValueError(f"the value for the header {name} has a line break or control character")
    return headers
