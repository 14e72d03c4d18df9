"""The types of values in the config: durations, numbers and addresses, and the base class of tables."""

import ipaddress
import re
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, SecretStr, Strict

from syncd.config.database_url import normalise, unusable
from syncd.model.daily import DailySpan

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
"""Milliseconds of each unit, longest first."""

DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[dhms]))+")
DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")
DATABASE_URL = re.compile(
    r"sqlite(?:\+aiosqlite)?:///.+|postgresql(?:\+asyncpg)?://[^/?#]+/[^?#]+.*", re.DOTALL
)
HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*\.?")
NO_TEXT_OF_URL = re.compile(r"[\s\x00-\x1f\x7f\\]")
NOTIFY_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S[^\x00-\x1f\x7f]*")
SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([MGT]B)", re.IGNORECASE)
SIZE_UNITS = {"TB": 10**12, "GB": 10**9, "MB": 10**6}
MIN_SIZE, MAX_SIZE = 10**6, 10**15
TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
MAX_DURATION = timedelta(days=36_500)


class BadValueError(ValueError):
    """A value does not have the form that its key expects; pydantic collects these."""


class UnusableAddressError(BadValueError):
    """An address that has the right form, and cannot be used. The message continues a sentence about it."""


class Expected(NamedTuple):
    """The form of a value, as text for error messages and for the documentation."""

    text: str
    short: str = ""
    """Without examples, for tables."""


def parse_duration(value: object) -> timedelta:
    """Parse `"90s"`, `"1h30m"`, `"250ms"`, or a plain 0. Raises `BadValueError` for anything else."""
    if isinstance(value, timedelta):
        return value
    if (value == 0 and not isinstance(value, bool)) or value == "0":
        return timedelta(0)
    if not isinstance(value, str) or not DURATION.fullmatch(value.strip()):
        raise BadValueError("not a duration")
    parts = DURATION_PART.findall(value)
    # A unit twice ("5m5m") is a typo, not a sum.
    if len({unit for _, unit in parts}) < len(parts):
        raise BadValueError("a unit is there twice")
    milliseconds = sum(Decimal(count) * UNITS[unit] for count, unit in parts)
    if milliseconds > MAX_DURATION / timedelta(milliseconds=1):
        raise BadValueError("longer than a century")
    return timedelta(microseconds=int(milliseconds * 1000))


def format_duration(span: timedelta) -> str:
    """Format as `parse_duration` reads it: the fewest parts that are exact, down to milliseconds."""
    rest = round(span / timedelta(milliseconds=1))
    parts = []
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_number(value: object) -> Decimal:
    """Convert a finite number. Raises `BadValueError` for text, booleans, `nan` and `inf`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValueError("not a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise BadValueError("not finite")
    return number


def parse_url(value: object) -> str:
    """An http(s) address without a final slash, user name or query. Raises `BadValueError`."""
    if not isinstance(value, str):
        raise BadValueError("not text")
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadValueError("not an address")
    if NO_TEXT_OF_URL.search(value.strip()):
        raise UnusableAddressError("with a space or another character that no address has")
    if not parts.netloc.startswith("[") and not HOST.fullmatch(parts.hostname):
        raise UnusableAddressError("with a host that cannot exist")
    # Reading the port validates it: urlsplit itself accepts "host:http".
    if parts.port == 0:
        raise UnusableAddressError("with a port that is not from 1 to 65535")
    if parts.query or parts.fragment:
        raise BadValueError("it has a query or a fragment")
    return value.strip().rstrip("/")


def parse_size(value: object) -> int:
    """Parse `"500MB"` or `"20GB"` into bytes. Raises `BadValueError` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= MIN_SIZE:
        return value
    found = SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise BadValueError("not a size")
    size = int(Decimal(found[1]) * SIZE_UNITS[found[2].upper()])
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise BadValueError("out of range")
    return size


def format_size(size: int) -> str:
    """Format bytes as `parse_size` reads them."""
    unit = next((unit for unit, factor in SIZE_UNITS.items() if size % factor == 0), "")
    return f"{size // SIZE_UNITS[unit]}{unit}" if unit else str(size)


def parse_host(value: object) -> str:
    """An IP address, or the name of a machine. Raises `ValueError`."""
    if not isinstance(value, str):
        raise BadValueError("not text")
    if not HOST.fullmatch(value):
        ipaddress.ip_address(value)
    return value


def parse_database_url(value: str) -> str:
    """A SQLite or PostgreSQL address as SQLAlchemy expects it. Raises `BadValueError` for any other."""
    # Heroku and others use the old spelling, which SQLAlchemy refuses.
    written = re.sub(r"^postgres://", "postgresql://", value.strip())
    if not DATABASE_URL.fullmatch(normalise(written)):
        raise BadValueError("not a database address")
    if fault := unusable(written):
        raise UnusableAddressError(fault)
    return normalise(written)


def parse_notify_url(value: str) -> str:
    """An address in the notation of apprise, as far as its form goes. Raises `BadValueError`."""
    if not NOTIFY_URL.fullmatch(value.strip()):
        raise BadValueError("not an address")
    return value.strip()


def parse_time_of_day(value: object) -> time | None:
    """Parse `"08:00"`; empty text is None. Raises `BadValueError` for anything else."""
    if isinstance(value, time):
        return value
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not TIME_OF_DAY.fullmatch(value.strip()):
        raise BadValueError("not a time of the day")
    hour, _, minute = value.strip().partition(":")
    return time(int(hour), int(minute))


def parse_daily_span(value: object) -> DailySpan | None:
    """Parse `"23:00-07:00"`; empty text is None. Raises `BadValueError` for anything else."""
    if isinstance(value, DailySpan):
        return value
    if value in (None, ""):
        return None
    parts = value.split("-") if isinstance(value, str) else []
    start, end = [*map(parse_time_of_day, parts), None, None][:2]
    if len(parts) != 2 or start is None or end is None or start == end:
        raise BadValueError("not a span of the day")
    return DailySpan(start, end)


def format_time_of_day(value: time | None) -> str:
    """Format as `parse_time_of_day` reads it."""
    return f"{value:%H:%M}" if value else ""


def format_daily_span(value: DailySpan | None) -> str:
    """Format as `parse_daily_span` reads it."""
    return f"{value.start:%H:%M}-{value.end:%H:%M}" if value else ""


def lower(value: object) -> object:
    """Text in lower case, for choices that other programs write in capitals: `INFO`."""
    return value.lower() if isinstance(value, str) else value


def as_text(value: object) -> object:
    """A number as text: ids may be written as numbers, as in `filter = 11583`."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration),
    Expected('a duration such as "30s", "2m" or "1h30m"', "a duration"),
]
Span = Annotated[Duration, Field(gt=timedelta(0))]
"""A duration longer than zero."""

Number = Annotated[Decimal, BeforeValidator(parse_number), Expected("a number")]
Whole = Annotated[int, Strict(), Expected("a whole number")]
Id = Annotated[int, Strict(), Field(ge=1), Expected("an id (a whole number)")]
Ids = Annotated[tuple[Id, ...], Expected("a list of ids such as [29]", "a list of ids")]
Text = Annotated[str, Expected("text in quotes", "text")]
Name = Annotated[str, Field(min_length=1), Expected("text in quotes", "text")]
Glob = Annotated[str, Field(min_length=1), Expected('a name or glob such as "England - *"')]
Globs = Annotated[
    tuple[Glob, ...], Expected('a list of names or globs such as ["England - *"]', "a list of globs")
]
NameOrId = Annotated[
    str,
    BeforeValidator(as_text),
    Field(min_length=1),
    Expected("a BetTune filter's id, or a glob on its name", "an id or a glob"),
]
DatabaseUrl = Annotated[
    SecretStr,
    BeforeValidator(lambda value: parse_database_url(value) if isinstance(value, str) else value),
    Expected('"sqlite:///file" or "postgresql://user:password@host/database"', "an address"),
]
Secret = Annotated[SecretStr, Expected("text in quotes", "text")]
Url = Annotated[
    str, BeforeValidator(parse_url), Expected('an address such as "https://host/path"', "an address")
]
Host = Annotated[
    str, BeforeValidator(parse_host), Expected("an IP address or the name of a machine", "an address")
]
NotifyUrl = Annotated[
    SecretStr,
    BeforeValidator(lambda value: parse_notify_url(value) if isinstance(value, str) else value),
    Expected('an address such as "tgram://token/chat"', "an address"),
]
NotifyUrls = Annotated[
    tuple[NotifyUrl, ...], Expected("a list of addresses in quotes", "a list of addresses")
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size),
    Expected('a size such as "500MB" or "20GB"', "a size"),
]
"""In bytes."""
TimeOfDay = Annotated[
    time | None,
    BeforeValidator(parse_time_of_day),
    PlainSerializer(format_time_of_day),
    Expected('a time of the day such as "08:00", or ""', "a time of the day"),
]
Hours = Annotated[
    DailySpan | None,
    BeforeValidator(parse_daily_span),
    PlainSerializer(format_daily_span),
    Expected('hours of the day such as "23:00-07:00", or ""', "hours of the day"),
]
Version = Annotated[str, Field(pattern=r"^v\d+$"), Expected('a version such as "v1"')]
File = Annotated[Path, Expected("the path of a file", "a path")]


class SettingsSection(BaseModel):
    """A table of the config file: frozen, and an unknown key in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, arbitrary_types_allowed=True)
