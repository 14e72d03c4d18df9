"""Addresses of the page itself, all relative: so it works below any path of a reverse proxy."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web
from yarl import URL

API_PREFIX: Final = "/api/"
STATIC_PREFIX: Final = "/static/"
EVENTS_PATH: Final = "/events"
FIRST_LEVEL: Final = "./"
"""The way to the first page from one beside it."""
PROBE_AND_METRIC_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def is_page(path: str) -> bool:
    """Return whether a user looks at this path in a browser: it is no data, no file and no probe."""
    return not (
        path.startswith((API_PREFIX, STATIC_PREFIX))
        or path in PROBE_AND_METRIC_PATHS
        or path == EVENTS_PATH
        or path.endswith(".csv")
    )


def root_of(request: web.Request) -> str:
    """Return the way from the requested page to the first one: `./`, or `../` for each level below."""
    levels = request.rel_url.raw_path.count("/") - 1
    return "../" * levels or FIRST_LEVEL


def without(request: web.Request, *names: str) -> Mapping[str, str]:
    """Return the parameters of the address, except these."""
    return {name: value for name, value in request.query.items() if name not in names}


def same_page(request: web.Request, query: Mapping[str, str]) -> str:
    """Return the requested page with other parameters, as an address relative to it."""
    last = request.rel_url.raw_path.rpartition("/")[2]
    return _relative(last, query)


def from_root(request: web.Request, path: str, query: Mapping[str, str] | None = None) -> str:
    """Return a page by its path below the first one, relative to the requested page."""
    return root_of(request) + _relative(path.lstrip("/"), query or {}).removeprefix("./")


def _relative(path: str, query: Mapping[str, str]) -> str:
    # "./" in front: whatever follows can be neither another host nor another scheme.
    text = URL.build(query=query).raw_query_string if query else ""
    return f"./{path}?{text}" if text else f"./{path}"
