"""Reading the body of a response: bounded in size, and unpacked by ourselves."""

import zlib

import aiohttp

MOST_MEMBERS = 1_000
"""Members of one gzip stream; it usually has one. Each costs time, and an empty one has only 20 bytes."""

_PIECE_BYTES = 64 * 1024


class BodyTooLargeError(aiohttp.ClientError):
    """The body, after decompression, is longer than the limit."""


class BodyNotUnpackableError(aiohttp.ClientPayloadError):
    """An encoding that was not requested, or gzip that is broken or cut short."""


async def read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The decompressed body, of at most `limit` bytes.

    Raises `BodyTooLargeError`, `BodyNotUnpackableError`, or what aiohttp raises if the connection breaks.
    """
    packed = bytearray()
    async for chunk in response.content.iter_any():
        packed += chunk
        if len(packed) > limit:
            response.close()
            raise BodyTooLargeError
    return _unpacked(bytes(packed), response.headers.get("Content-Encoding", "").strip().lower(), limit)


def _unpacked(packed: bytes, encoding: str, limit: int) -> bytes:
    """Undo the content encoding, without keeping more than `limit` bytes of an unfolding gzip bomb.

    Not left to aiohttp: it takes a gzip stream that is cut short for a whole one, even one cut to
    nothing, and an empty body from Pinnacle means "nothing has changed".
    """
    if encoding in ("", "identity"):
        return packed
    if encoding not in ("gzip", "x-gzip"):
        raise BodyNotUnpackableError
    body = bytearray()
    rest = memoryview(packed)
    for _ in range(MOST_MEMBERS):
        if not rest:
            return bytes(body)
        rest = rest[_unpack_member(rest, body, limit) :]
    raise BodyNotUnpackableError


def _unpack_member(packed: memoryview, body: bytearray, limit: int) -> int:
    """Append the first member of a gzip stream to the body; return how many bytes of the stream it took."""
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    taken = 0
    while not member.eof:
        # In pieces: what is not used of one is copied, and a stream can have many members.
        piece = packed[taken : taken + _PIECE_BYTES]
        if not piece:
            raise BodyNotUnpackableError
        try:
            body += member.decompress(piece, limit + 1 - len(body))
        except zlib.error:
            raise BodyNotUnpackableError from None
        if len(body) > limit:
            raise BodyTooLargeError
        taken += len(piece) - len(member.unused_data)
    return taken
