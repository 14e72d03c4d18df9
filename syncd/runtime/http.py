"""What both API clients share: one HTTP request, and either a small reply or one neutral error.

No retry lives here. One call of `Http.send` is at most one request on the wire, because pace and
budget are counted per call.
"""

import os
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.http import HttpProcessingError
from yarl import URL

from syncd.runtime.clock import Clock

MIB = 1024 * 1024
LONGEST_RETRY_AFTER_S = 86_400.0
"""A server that asks for more than a day is asked again after a day."""

_ERROR_BODY_BYTES = 64 * 1024
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?")


class Fault(StrEnum):
    """Why there is no usable reply."""

    CONNECT = "connect"
    """Not reached: refused, unknown host, no route, unusable address."""
    TLS = "tls"
    """The certificate or the handshake failed; nothing was sent."""
    TIMEOUT = "timeout"
    CUT = "cut"
    """The connection broke, or the body is shorter than promised or cannot be unpacked."""
    GARBLED = "garbled"
    """What came back is not HTTP."""
    TOO_LARGE = "too_large"
    """The body, after decompression, passes the limit."""


class TransportError(Exception):
    """The one error of this module: no whole reply was received.

    Its words hold method, host and path, never a header, a query or userinfo, and no aiohttp error
    hangs on it (those carry the request's headers).
    """

    def __init__(self, words: str, *, fault: Fault, sent: bool) -> None:
        super().__init__(words)
        self.fault = fault
        self.sent = sent
        """Whether the server may have received, and carried out, the request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer of any status, its body already decompressed."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """Case-insensitive; of a repeated header the first."""
    date: datetime | None
    """The server's clock (`Date`), aware UTC; none where absent or unreadable."""
    took_s: float

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters; empty where none was sent."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the body claims to be JSON, or claims nothing: HTML with a 200 is an outage, not data."""
        kind = self.content_type
        return kind in ("", "application/json", "text/json") or kind.endswith("+json")

    def retry_after_s(self, now: datetime) -> float | None:
        """Seconds that the server asks to wait; a date is measured by the server's own clock."""
        return parse_retry_after(self.headers.get("Retry-After"), self.date or now)


class Http:
    """A session to one API: fixed base URL and headers, no cookies, no redirects, no environment proxies.

    Use it as an async context manager. `base_url` may have a path prefix and a trailing slash.
    `max_body` bounds the decompressed body in bytes. Raises `ValueError` for an address or a header
    that cannot be used, without repeating it.
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
    ) -> None:
        self._base = _checked_base(base_url)
        self._headers = _checked_headers({**_default_headers(), **(headers or {})})
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=connect_timeout_s)
        self._clock = clock
        self._max_body = max_body
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Http({self._base.host}{self._base.path})"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,  # see _unpacked
            middlewares=(_send_only_once,),
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
    ) -> Reply:
        """Perform one request under the base URL; `path` begins with a slash.

        Any status is a `Reply`, redirects too. Raises `TransportError` where no whole answer came.
        """
        if self._session is None:
            raise RuntimeError("Http is used outside its async context")
        url = URL(str(self._base) + path)
        try:
            return await self._perform(self._session, method, url, params, json_body)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as exc:
            error = _neutral(exc, f"{method} {url.host}{url.path}")
        # Outside the except block, so that the aiohttp error does not even hang on as context.
        raise error

    async def _perform(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: URL,
        params: Mapping[str, str] | None,
        json_body: bytes | None,
    ) -> Reply:
        started = self._clock.monotonic()
        kind = {"Content-Type": "application/json"} if json_body is not None else None
        async with session.request(
            method, url, params=params, data=json_body, headers=kind, allow_redirects=False
        ) as response:
            body = await self._body_of(response)
            return Reply(
                status=response.status,
                body=body,
                headers=response.headers,
                date=parse_http_date(response.headers.get("Date")),
                took_s=self._clock.monotonic() - started,
            )

    async def _body_of(self, response: aiohttp.ClientResponse) -> bytes:
        if response.ok and response.status < 300:
            return await _read_at_most(response, self._max_body)
        # The status says more than the body: a 429 or 401 stays one even when its body is broken.
        with suppress(aiohttp.ClientError, HttpProcessingError, OSError):
            return await _read_at_most(response, _ERROR_BODY_BYTES)
        return b""


def parse_http_date(text: str | None) -> datetime | None:
    """The moment an HTTP date names, aware UTC; none where absent or unreadable."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header, from 0 to a day; none where absent or unreadable.

    Takes both forms of RFC 9110 section 10.2.3 (a past date gives 0), and fractions of a second.
    """
    text = (text or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST_RETRY_AFTER_S)
    moment = parse_http_date(text)
    if moment is None:
        return None
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_RETRY_AFTER_S)


async def _read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    packed = bytearray()
    async for piece in response.content.iter_any():
        packed += piece
        if len(packed) > limit:
            response.close()
            raise _TooLarge
    return _unpacked(bytes(packed), response.headers.get("Content-Encoding", "").strip().lower(), limit)


def _unpacked(packed: bytes, encoding: str, limit: int) -> bytes:
    """Undo the content encoding, never holding more than `limit` bytes of what a gzip bomb unfolds to.

    Not left to aiohttp: it takes a gzip stream that is cut short for a whole one, even one cut to
    nothing, and an empty body of Pinnacle means "nothing changed".
    """
    if encoding in ("", "identity"):
        return packed
    if encoding not in ("gzip", "x-gzip"):
        raise _NotUnpackable
    body = b""
    while packed:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            body += member.decompress(packed, limit + 1 - len(body))
        except zlib.error:
            raise _NotUnpackable from None
        if len(body) > limit:
            raise _TooLarge
        if not member.eof:
            raise _NotUnpackable
        packed = member.unused_data
    return body


class _TooLarge(aiohttp.ClientError):
    """The body passes the limit."""


class _NotUnpackable(aiohttp.ClientPayloadError):
    """An encoding that was not asked for, or gzip that is broken or cut short."""


class _Dropped(aiohttp.ClientConnectionError):
    """The connection broke after the request may have been sent."""


async def _send_only_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from silently repeating an idempotent request on a dropped connection.

    The first copy may have been counted, or carried out: a hidden second one would break the pace
    of a feed and spend from the budget unseen.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as exc:
        raise _Dropped from exc


_FAULTS: tuple[tuple[tuple[type[Exception], ...], Fault, bool, str], ...] = (
    ((aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch), Fault.TLS, False, "no secure connection"),
    ((aiohttp.ConnectionTimeoutError,), Fault.TIMEOUT, False, "no connection in time"),
    ((aiohttp.ClientConnectorDNSError,), Fault.CONNECT, False, "the host name does not resolve"),
    ((aiohttp.ClientConnectorError,), Fault.CONNECT, False, "cannot connect"),
    ((aiohttp.InvalidURL,), Fault.CONNECT, False, "the address cannot be used"),
    ((TimeoutError,), Fault.TIMEOUT, True, "no whole answer in time"),
    ((_TooLarge,), Fault.TOO_LARGE, True, "the answer is larger than is believable"),
    ((aiohttp.ClientPayloadError,), Fault.CUT, True, "the answer is cut short or cannot be unpacked"),
    (
        (aiohttp.ClientConnectionError, OSError),
        Fault.CUT,
        True,
        "the connection broke before the answer was whole",
    ),
    ((Exception,), Fault.GARBLED, True, "the answer is not HTTP"),
)
"""Kinds of error, the fault, whether the request may have been sent, and words of our own (aiohttp's may
hold the whole address). The first that fits counts, so the narrower kinds stand first."""


def _neutral(exc: Exception, what: str) -> TransportError:
    fault, sent, words = next(row[1:] for row in _FAULTS if isinstance(exc, row[0]))
    errno = exc.os_error.errno if isinstance(exc, aiohttp.ClientConnectorError) else None
    if fault is Fault.CONNECT and errno and errno > 0:  # below 0: an error of the name lookup
        words = f"{words} ({os.strerror(errno).lower()})"
    return TransportError(f"{what}: {words}", fault=fault, sent=sent)


def _default_headers() -> dict[str, str]:
    # Pinnacle compresses only for clients that name themselves, and answers 406 without Accept.
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
        raise ValueError("base_url must hold neither credentials nor a query: they would end up in logs")
    return url


def _checked_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if _CONTROL_CHARACTERS.search(value):
            raise ValueError(f"the value for the header {name} has a line break or control character")
    return headers
