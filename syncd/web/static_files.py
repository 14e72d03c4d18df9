"""Styles, scripts and the icon: served by this process, under addresses that change with their content."""

from functools import cache
from importlib.resources import files
from pathlib import PurePath
from zlib import crc32

from aiohttp import web

STATIC_MAX_AGE_S = 24 * 3600

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def serve_static(request: web.Request) -> web.Response:
    """Serve one of them. Raises `HTTPNotFound` for any other name."""
    name = request.match_info["name"]
    if name not in _names():
        raise web.HTTPNotFound
    headers = {"Cache-Control": f"public, max-age={STATIC_MAX_AGE_S}"}
    content_type = TYPES[PurePath(name).suffix]
    return web.Response(body=asset(name), content_type=content_type, charset="utf-8", headers=headers)


@cache
def _names() -> frozenset[str]:
    found = files("syncd.web").joinpath("static").iterdir()
    return frozenset(each.name for each in found if PurePath(each.name).suffix in TYPES)


@cache
def asset(name: str) -> bytes:
    """Load a static file."""
    return files("syncd.web").joinpath("static", name).read_bytes()


@cache
def asset_address(name: str) -> str:
    """Make the address of a static file, to be put behind the way to the first page."""
    return f"static/{name}?v={crc32(asset(name)):08x}"
