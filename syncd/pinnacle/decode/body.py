"""The parts that all decoders share: typed JSON decoding, empty bodies, errors inside a 2xx body."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from syncd.model.bounds import OutOfBoundsError
from syncd.model.json_text import BYTE_ORDER_MARK, json_decoder
from syncd.pinnacle.decode.wire import WireError
from syncd.pinnacle.errors import BadPayloadError

T = TypeVar("T")

EMPTY_BODIES = (b"", b'""', b"{}", b"null", b"[]")
"""The ways in which hosts say that there is nothing to report."""


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a value that is out of bounds into a `BadPayloadError`, which names it."""
    try:
        yield
    except OutOfBoundsError as exc:
        raise unreadable(exc) from None


def decoder(kind: type[T], *, with_decimals: bool = False) -> Callable[[bytes | msgspec.Raw], T]:
    """A tolerant JSON decoder of one type: it accepts numbers in quotes and raises `BadPayloadError`."""
    return json_decoder(kind, error=unreadable, with_decimals=with_decimals)


def unreadable(reason: object) -> BadPayloadError:
    """The error for a reason that names the place or the value, never the rest of the content."""
    return BadPayloadError(f"unreadable response: {reason}")


_error = decoder(WireError)


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
    return len(body) < 16 and body.removeprefix(BYTE_ORDER_MARK).strip() in EMPTY_BODIES


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
