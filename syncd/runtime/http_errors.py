"""One error for every request without a whole response: neutral, and free of secrets."""

import os
from enum import StrEnum

import aiohttp

from syncd.runtime.http_body import BodyTooLargeError


class TransportFault(StrEnum):
    """The fault that leaves no usable response."""

    CONNECT = "connect"
    """Not reached: refused, unknown host, no route, unusable address."""
    TLS = "tls"
    """The certificate or the handshake failed; nothing was sent."""
    TIMEOUT = "timeout"
    CUT = "cut"
    """The connection broke, or the body is shorter than announced or cannot be unpacked."""
    GARBLED = "garbled"
    """The response is not HTTP."""
    TOO_LARGE = "too_large"
    """The body, after decompression, is longer than the limit."""


class TransportError(Exception):
    """No whole response was received.

    The message has the method, host and path, never a header, a query or userinfo, and no aiohttp
    error is attached (those carry the headers of the request).
    """

    def __init__(self, message: str, *, fault: TransportFault, possibly_sent: bool) -> None:
        super().__init__(message)
        self.fault = fault
        self.possibly_sent = possibly_sent
        """True if the server may have received, and carried out, the request."""


class ConnectionDroppedError(aiohttp.ClientConnectionError):
    """The connection broke after the request may have been sent."""


_FAULTS: tuple[tuple[tuple[type[Exception], ...], TransportFault, bool, str], ...] = (
    (
        (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch),
        TransportFault.TLS,
        False,
        "no secure connection",
    ),
    ((aiohttp.ConnectionTimeoutError,), TransportFault.TIMEOUT, False, "no connection in time"),
    (
        (aiohttp.ClientConnectorDNSError,),
        TransportFault.CONNECT,
        False,
        "the host name does not resolve",
    ),
    ((aiohttp.ClientConnectorError,), TransportFault.CONNECT, False, "cannot connect"),
    ((aiohttp.InvalidURL,), TransportFault.CONNECT, False, "the address cannot be used"),
    ((TimeoutError,), TransportFault.TIMEOUT, True, "no whole response in time"),
    ((BodyTooLargeError,), TransportFault.TOO_LARGE, True, "the response is larger than is plausible"),
    (
        (aiohttp.ClientPayloadError,),
        TransportFault.CUT,
        True,
        "the response is cut short or cannot be unpacked",
    ),
    (
        (aiohttp.ClientConnectionError, OSError),
        TransportFault.CUT,
        True,
        "the connection broke before the response was whole",
    ),
    ((Exception,), TransportFault.GARBLED, True, "the response is not HTTP"),
)
"""Kinds of error, the fault, whether the request may have been sent, and a text of our own (aiohttp's may
contain the whole address). The first match counts, so narrower kinds come first."""


def transport_error(exc: Exception, request: str) -> TransportError:
    """The neutral error for an error of aiohttp; `request` names the request without secrets."""
    fault, possibly_sent, text = next(row[1:] for row in _FAULTS if isinstance(exc, row[0]))
    errno = exc.os_error.errno if isinstance(exc, aiohttp.ClientConnectorError) else None
    if fault is TransportFault.CONNECT and errno and errno > 0:  # below 0: an error of the name lookup
        text = f"{text} ({os.strerror(errno).lower()})"
    return TransportError(f"{request}: {text}", fault=fault, possibly_sent=possibly_sent)
