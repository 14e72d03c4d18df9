"""Values as JSON responses, the same way everywhere: indented, and harmless on a terminal."""

import msgspec
from aiohttp import web

from syncd.runtime.printable import escaped


def json_text(value: object) -> bytes:
    """Encode a value for people and programs: indented, with a line break at the end."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return escaped(text, lines=True).encode() + b"\n"


def json_of(value: object, status: int = 200) -> web.Response:
    """Respond with a value as JSON."""
    return json_response(json_text(value), status)


def json_response(body: bytes, status: int = 200) -> web.Response:
    """Respond with what `json_text` has made."""
    return web.Response(body=body, status=status, content_type="application/json")
