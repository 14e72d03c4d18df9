"""The parts that all decoders share: typed JSON decoding, empty bodies, errors inside a 2xx body."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from syncd.pinnacle.decode.wire import WireError, WireId
from syncd.pinnacle.errors import BadPayloadError

T = TypeVar("T")

EMPTY_BODIES = (b"", b'""', b"{}", b"null", b"[]")
"""The ways in which hosts say that there is nothing to report."""


def decoder(kind: type[T]) -> Callable[[bytes | msgspec.Raw], T]:
    """A tolerant JSON decoder of one type: it accepts numbers in quotes and raises `BadPayloadError`."""
    # A decoder of msgspec is built once: building costs more than decoding a small body.
    decode: Callable[[Any], T] = msgspec.json.Decoder(kind, strict=False).decode

    def decode_or_reject(body: bytes | msgspec.Raw) -> T:
        try:
            return decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
            # A message of msgspec names the place in the body, never its content.
            raise BadPayloadError(f"unreadable response: {exc}") from None

    return decode_or_reject


_error = decoder(WireError)
_id = decoder(WireId)


def decode_id(raw: bytes | msgspec.Raw) -> int:
    """The id of an event or a special, without decoding the rest of it."""
    return _id(raw).id


def decode_error(body: bytes) -> tuple[str, str]:
    """Code and message of an error body of either shape; each is empty if the body has none."""
    try:
        wire = _error(body)
    except BadPayloadError:
        return "", ""
    inner = wire.error or wire
    return str(inner.code or wire.code or ""), inner.message or wire.message or ""


def is_empty(body: bytes) -> bool:
    """Return whether a 2xx body says that there is nothing to report."""
    return len(body) < 16 and body.strip() in EMPTY_BODIES


def first_list(body: bytes, *spellings: list[T] | None) -> Sequence[T] | None:
    """The first of these lists that the body has; None if it has none of them.

    Raises `BadPayloadError` if the body has none because it is an error sent with status 200.
    """
    for items in spellings:
        if items is not None:
            return items
    code, _ = decode_error(body)
    if code:  # /sports and /leagues were seen to send 200 with an error inside
        raise BadPayloadError(f"an error in a 2xx response: {code}", code=code)
    return None


def check_sport(received: int | None, requested: int) -> None:
    """Raise `BadPayloadError` if the response is about another sport than the request."""
    if received is not None and received != requested:
        raise BadPayloadError(f"requested sport {requested}, received sport {received}")
