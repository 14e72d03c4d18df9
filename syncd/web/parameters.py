"""Parameters of addresses: whatever cannot be read, or is not known, is left out, and never an error."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from aiohttp import web

from syncd.store.schema import HIGHEST_ID

E = TypeVar("E", bound=StrEnum)

MAX_TEXT = 100
MAX_OFFSET = 10_000_000
FIRST_YEAR, LAST_YEAR = 1970, 2200


def written(values: Mapping[str, object]) -> dict[str, str]:
    """Write values as the parameters of an address; what is empty is left out."""
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


def text_of(request: web.Request, name: str) -> str:
    """Return a parameter as text, cut to `MAX_TEXT` characters; empty if there is none."""
    return request.query.get(name, "").strip()[:MAX_TEXT]


def member_of(request: web.Request, name: str, kind: type[E]) -> E | None:
    """Return a parameter as a member of an enumeration."""
    try:
        return kind(request.query.get(name, ""))
    except ValueError:
        return None


def date_of(request: web.Request, name: str) -> date | None:
    """Return a parameter such as `2026-11-27` as a date, from `FIRST_YEAR` to `LAST_YEAR`."""
    try:
        found = date.fromisoformat(request.query.get(name, ""))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def number_of(request: web.Request, name: str, most: int = HIGHEST_ID) -> int | None:
    """Return a parameter as a number from 0 to `most`."""
    text = request.query.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        return None
    number = int(text)
    return number if number <= most else None
