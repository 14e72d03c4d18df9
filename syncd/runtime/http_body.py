"""Reading the body of a response: bounded in size, and unpacked by ourselves."""

import zlib

import aiohttp


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
    body = b""
    while packed:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            body += member.decompress(packed, limit + 1 - len(body))
        except zlib.error:
            raise BodyNotUnpackableError from None
        if len(body) > limit:
            raise BodyTooLargeError
        if not member.eof:
            raise BodyNotUnpackableError
        packed = member.unused_data
    return body
