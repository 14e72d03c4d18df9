"""How values are written in the config: durations, numbers and addresses, and the words for them."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, SecretStr, Strict

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
"""Milliseconds of each unit, greatest first."""

DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[dhms]))+")
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")
DATABASE_URL = re.compile(r"sqlite(?:\+aiosqlite)?:///.+|postgresql(?:\+asyncpg)?://[^/]+/.+")
LONGEST = timedelta(days=36_500)


class BadValueError(ValueError):
    """A value that is not written as its key asks; pydantic collects these."""


class Expected(NamedTuple):
    """What a value must look like, in the words that error messages and the documentation share."""

    text: str
    short: str = ""
    """Without examples, for tables."""


def parse_duration(value: object) -> timedelta:
    """`"90s"`, `"1h30m"`, `"250ms"`, or a plain 0. Raises `BadValueError` for anything else."""
    if isinstance(value, timedelta):
        return value
    if (value == 0 and not isinstance(value, bool)) or value == "0":
        return timedelta(0)
    if not isinstance(value, str) or not DURATION.fullmatch(value.strip()):
        raise BadValueError("not a duration")
    parts = PART.findall(value)
    # A unit named twice ("5m5m") is a slip of the hand, not a sum.
    if len({unit for _, unit in parts}) < len(parts):
        raise BadValueError("a unit stands twice")
    milliseconds = sum(Decimal(count) * UNITS[unit] for count, unit in parts)
    if milliseconds > LONGEST / timedelta(milliseconds=1):
        raise BadValueError("longer than a century")
    return timedelta(microseconds=int(milliseconds * 1000))


def format_duration(span: timedelta) -> str:
    """The way back: as few parts as say it exactly, down to milliseconds."""
    left = round(span / timedelta(milliseconds=1))
    parts = []
    for unit, size in UNITS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_number(value: object) -> Decimal:
    """An int or decimal number; text, booleans, `nan` and `inf` raise `BadValueError`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValueError("not a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise BadValueError("not finite")
    return number


def parse_url(value: object) -> str:
    """An http(s) address without a slash at its end; one with a user name in it is refused."""
    if not isinstance(value, str):
        raise BadValueError("not text")
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadValueError("not an address")
    # Reading the port checks it: urlsplit itself lets "host:http" pass.
    _ = parts.port
    if parts.query or parts.fragment:
        raise BadValueError("a query has no place here")
    return value.strip().rstrip("/")


def parse_database_url(value: str) -> str:
    """A database address that SQLAlchemy knows, of the two kinds that syncd runs on."""
    # Heroku and others hand out the old spelling, which SQLAlchemy refuses.
    url = re.sub(r"^postgres://", "postgresql://", value.strip())
    if not DATABASE_URL.fullmatch(url):
        raise BadValueError("not a database address")
    return url


def passwords_of(url: str) -> tuple[str, ...]:
    """The password in an address, as it is written there and as it is meant; nothing where there is none."""
    written = urlsplit(url).netloc.rpartition("@")[0].partition(":")[2]
    return (written, unquote(written)) if written else ()


def lower(value: object) -> object:
    """Choices that other programs write in capitals: `INFO`."""
    return value.lower() if isinstance(value, str) else value


def as_text(value: object) -> object:
    """Ids may be written as numbers: `filter = 11583`."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration),
    Expected('a duration such as "30s", "2m" or "1h30m"', "a duration"),
]
Span = Annotated[Duration, Field(gt=timedelta(0))]
"""A duration that cannot be nothing."""

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
Version = Annotated[str, Field(pattern=r"^v\d+$"), Expected('a version such as "v1"')]
File = Annotated[Path, Expected("the path of a file", "a path")]


class SettingsSection(BaseModel):
    """A table of the config file: frozen, and an unknown key in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
