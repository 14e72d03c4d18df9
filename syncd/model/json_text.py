"""JSON from outside, made readable where one bad place would cost the whole of it.

msgspec refuses a whole body for a byte order mark, half a surrogate pair, a bare `NaN` or nesting in a field
that nobody reads. `json_decoder` decodes strictly first, which costs nothing more, and only what fails is
repaired and decoded again: the bad place is then a value that no field accepts, or a replaced character.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

DEEPEST = 32
"""Levels of nesting that are kept; real responses have up to 8."""

LONGEST_REPAIRED = 8 * 1024 * 1024
"""A longer body is not repaired: that would keep the event loop for too long."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_BRACKETS = re.compile(_STRING + rb"|[\[{]+|[\]}]+", re.DOTALL)
_BARE_WORDS = re.compile(_STRING + rb"|-?\b(?:NaN|Infinity)\b", re.DOTALL)
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_NUMBER_LIKE = re.compile(rb'"(?:[0-9eE+\-._ \x80-\xff]|\\[tnrf]|\\u[0-9a-fA-F]{4})+"')
_PLAIN_NUMBER = re.compile(r"[0-9eE+\-.]+")
_HINTS_OF_ODD_NUMBERS = (b"\\", b"_", b' "', b'" ')
_any = msgspec.json.Decoder(msgspec.Raw).decode
_REPLACEMENT = rb"\ufffd"


DECODE_ERRORS = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
"""Everything that a decoder of msgspec raises."""


class UnreadableJsonError(ValueError):
    """Bytes that are no JSON of the expected type. The message names the place, never the content."""


def json_decoder(
    kind: type[T],
    *,
    strict: bool = False,
    error: Callable[[str], Exception] = UnreadableJsonError,
    with_decimals: bool = False,
    **options: Any,
) -> Callable[[bytes | msgspec.Raw], T]:
    """A decoder of JSON to one type, which raises `error` of a reason and nothing else.

    `options` are those of `msgspec.json.Decoder`. It is built once: building costs more than decoding a
    small body. A type `with_decimals` takes numbers in quotes, of which `odd_number` finds the impossible.
    """
    decode: Callable[[Any], T] = msgspec.json.Decoder(kind, strict=strict, **options).decode

    def decode_or_refuse(body: bytes | msgspec.Raw) -> T:
        if with_decimals and (found := odd_number(bytes(body))):
            raise error(f"{found!a} is no number")
        try:
            return decode(body)
        except DECODE_ERRORS as first:
            failure: Exception = first
        # A second repair may be needed: too deep a nesting is noticed only behind what else is unreadable.
        for _ in range(2):
            mended = repaired(bytes(body), too_deep=isinstance(failure, RecursionError))
            if mended is None:
                break
            body = mended
            try:
                return decode(body)
            except DECODE_ERRORS as next_one:
                failure = next_one
        raise error(str(failure))

    return decode_or_refuse


def flawless_decoder(kind: type[T]) -> Callable[[bytes | msgspec.Raw], T | None]:
    """A decoder that gives None for anything but a flawless object, which is then to be read part by part."""
    decode: Callable[[bytes | msgspec.Raw], T] = msgspec.json.Decoder(kind, strict=False).decode

    def decode_or_none(body: bytes | msgspec.Raw) -> T | None:
        try:
            return decode(body)
        except DECODE_ERRORS:
            return None

    return decode_or_none


def odd_number(body: bytes) -> str:
    """A text in quotes that Python takes for a number though it is none of JSON's; empty if there is none.

    `Decimal` reads the digits of every script, `_` between them, and spaces around them.
    """
    if body.isascii() and not any(hint in body for hint in _HINTS_OF_ODD_NUMBERS):
        return ""
    texts = map(_text_of, _NUMBER_LIKE.findall(body))
    return next((text for text in texts if _is_number(text) and not _PLAIN_NUMBER.fullmatch(text)), "")


def _text_of(quoted: bytes) -> str:
    try:
        return msgspec.json.decode(quoted, type=str)
    except DECODE_ERRORS:
        return ""


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


def readable(body: bytes) -> bytes:
    """The body, repaired if it cannot be read: to be called once for a body that is decoded part by part."""
    for _ in range(3):
        try:
            _any(body)
        except DECODE_ERRORS as failure:
            body = repaired(body, too_deep=isinstance(failure, RecursionError)) or body
        else:
            break
    return body


def repaired(body: bytes, *, too_deep: bool = False) -> bytes | None:
    """The body without what makes it unreadable as a whole; None if nothing of that kind is in it.

    Only if it is `too_deep`, what is nested too deeply is replaced: to look for that takes longest.
    """
    if len(body) > LONGEST_REPAIRED:
        return None
    mended = body.removeprefix(BYTE_ORDER_MARK).decode(errors="replace").encode()
    if b"\\ud" in mended or b"\\uD" in mended:
        mended = _ESCAPES.sub(_whole_surrogates, mended)
    if b"NaN" in mended or b"Infinity" in mended:
        mended = _BARE_WORDS.sub(_quoted, mended)
    if too_deep:
        mended = _shallow(mended)
    return None if mended == body else mended


def _whole_surrogates(escape: re.Match[bytes]) -> bytes:
    return _REPLACEMENT if escape[1] else escape[0]


def _quoted(word: re.Match[bytes]) -> bytes:
    return word[0] if word[0].startswith(b'"') else b'"' + word[0] + b'"'


def _shallow(body: bytes) -> bytes:
    """The body with null in place of everything that is nested deeper than `DEEPEST`."""
    kept: list[bytes] = []
    depth = end_of_kept = 0
    for run in _BRACKETS.finditer(body):
        first = run[0][:1]
        if first == b'"':
            continue
        before, length = depth, len(run[0])
        depth += length if first in b"[{" else -length
        if before <= DEEPEST < depth:
            kept.append(body[end_of_kept : run.start() + DEEPEST - before] + b"null")
        elif depth <= DEEPEST < before:
            end_of_kept = run.start() + before - DEEPEST
    return b"".join((*kept, body[end_of_kept:])) if depth <= DEEPEST else body
