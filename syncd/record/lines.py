"""One recorded exchange as a line of JSON."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from syncd.runtime.exchange import Exchange

Service = Literal["pinnacle", "bettune"]


class RecordedExchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An exchange with one of the two services. Bodies are text, or base64 where they are no UTF-8."""

    at: datetime
    service: Service
    method: str
    path: str
    status: int
    took_s: float
    params: Mapping[str, str] = msgspec.field(default_factory=dict)
    sent: str = ""
    body: str = ""
    body_base64: str = ""
    lost: int = 0
    """The number of exchanges before this one that could not be recorded."""

    @property
    def content(self) -> bytes:
        """The body as it came."""
        return base64.b64decode(self.body_base64) if self.body_base64 else self.body.encode()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(RecordedExchange).decode


def encode(service: Service, exchange: Exchange, lost: int = 0) -> bytes:
    """Encode an exchange as a line."""
    text, binary = _as_text(exchange.body)
    recorded = RecordedExchange(
        at=exchange.at,
        service=service,
        method=exchange.method,
        path=exchange.path,
        status=exchange.status,
        took_s=round(exchange.took_s, 4),
        params=dict(exchange.params),
        sent=exchange.sent.decode(errors="replace"),
        body=text,
        body_base64=binary,
        lost=lost,
    )
    return _encode(recorded) + b"\n"


def decode(line: bytes) -> RecordedExchange:
    """Decode a line. Raises `msgspec.MsgspecError`, or `ValueError` if it is no text."""
    return _decode(line)


def _as_text(body: bytes) -> tuple[str, str]:
    try:
        return body.decode(), ""
    except UnicodeDecodeError:
        return "", base64.b64encode(body).decode()
