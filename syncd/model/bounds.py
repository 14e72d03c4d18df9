"""The ranges of numbers, texts and times that come from outside, in one place.

Whatever Pinnacle or BetTune sends passes here before anything is computed with it or stored. Numbers fit
the columns of the store, and no arithmetic on them can fail or take long. `Annotated` types are checked by
msgspec while it decodes; the functions check what it cannot, and raise `OutOfBoundsError`.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

HIGHEST_BIG = 2**63 - 1
"""The highest number of a column with 64 bits."""

HIGHEST_SMALL = 2**31 - 1
"""The highest number of a column with 32 bits."""

LONGEST_NAME = 500
"""Characters of a name or a title: the longest ever seen has some 150."""

LONGEST_CODE = 100
"""Characters of a status, a unit, a code."""

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Line breaks and direction marks, too."""

_NO_NUL = r"\A[^\x00]*\Z"
"""PostgreSQL stores no text with a NUL."""
_NUL = "\x00"

Id = Annotated[int, Meta(ge=1, le=HIGHEST_BIG)]
"""The id of anything, stored with 64 bits."""

Cursor = Annotated[int, Meta(ge=0, le=HIGHEST_BIG)]

Count = Annotated[int, Meta(ge=0, le=HIGHEST_SMALL)]
"""A count, or a number of a period: stored with 32 bits."""

Small = Annotated[int, Meta(ge=-HIGHEST_SMALL, le=HIGHEST_SMALL)]
"""A code or a score: stored with 32 bits."""

Name = Annotated[str, Meta(max_length=LONGEST_NAME, pattern=_NO_NUL)]

Code = Annotated[str, Meta(max_length=LONGEST_CODE, pattern=_NO_NUL)]

UncheckedName = Annotated[str, Meta(max_length=LONGEST_NAME)]
"""A name for which `without_nul` is still to be called. For the rows of large responses: the pattern costs
four times as much as all else of decoding."""

UncheckedCode = Annotated[str, Meta(max_length=LONGEST_CODE)]
"""A code for which `without_nul` is still to be called."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Times are within these two: days and years can be added to them and no zone makes them overflow."""

HIGHEST_PRICE = Decimal(1_000_000)
HIGHEST_LINE = Decimal(1_000_000)
"""Of a handicap or of points, with either sign: a cricket total has some hundreds."""

HIGHEST_STAKE = Decimal(10) ** 15
HIGHEST_SCORE = Decimal(1_000_000)

LONGEST_NUMBER = 40
"""Characters of a number; Pinnacle's longest have about 10."""

_HIGHEST_EXPONENT = 20


class OutOfBoundsError(ValueError):
    """A value that cannot be what it says it is."""


def number(value: Decimal, highest: Decimal) -> Decimal:
    """The same number, if it is finite, not absurdly long, and between `-highest` and `highest`.

    Raises `OutOfBoundsError` otherwise, as the functions below do for what they do not return.
    Its exponent is looked at first: `int(Decimal("1e40000000"))` takes hours.
    """
    text = str(value)
    plain = len(text) <= LONGEST_NUMBER and "E" not in text and value.is_finite()
    if (plain or _is_bounded(value, text)) and abs(value) <= highest:
        return value
    raise OutOfBoundsError(_number_fault(value, text, highest))


def is_between(value: Decimal, lowest: Decimal, highest: Decimal) -> bool:
    """Return whether a number is above `lowest`, at most `highest`, and not absurdly long.

    `lowest` is not below 0.001: so the exponent is bounded, too. For prices, of which there are 60,000 in a
    response.
    """
    try:
        return lowest < value <= highest and len(str(value)) <= LONGEST_NUMBER
    except ArithmeticError:  # NaN
        return False


def _is_bounded(value: Decimal, text: str) -> bool:
    return value.is_finite() and abs(value.adjusted()) <= _HIGHEST_EXPONENT and len(text) <= LONGEST_NUMBER


def _number_fault(value: Decimal, text: str, highest: Decimal) -> str:
    if not value.is_finite():
        return f"{text[:LONGEST_NUMBER]} is not a number"
    if not _is_bounded(value, text):
        return "a number with too many digits or too large an exponent"
    return f"{value} is beyond {highest}"


def whole_number(value: Decimal, highest: Decimal) -> int:
    """A number as an integer, cut towards zero: scores were seen as `2.0`."""
    return int(number(value, highest))


def text(value: str, longest: int = LONGEST_NAME) -> str:
    """The same text, if it is not too long and can be stored."""
    if len(value) > longest:
        raise OutOfBoundsError(f"a text of {len(value)} characters")
    without_nul(value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise OutOfBoundsError("a text that is no Unicode") from None
    return value


def without_nul(*values: str | None) -> None:
    """Check that none of these texts has a NUL. Raises `OutOfBoundsError` for one that has."""
    for value in values:
        if value is not None and _NUL in value:
            raise OutOfBoundsError("a text with a NUL")


def printable(value: str, longest: int) -> str:
    """The text fit for a log, a page and the store: one line of bounded length, no control characters."""
    return _CONTROL_CHARACTERS.sub(" ", value.encode(errors="replace").decode())[:longest]


def moment(value: datetime) -> datetime:
    """The time as aware UTC, if it is between `EARLIEST` and `LATEST`. Without a zone it is taken as UTC."""
    try:
        in_utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        in_utc = None
    if in_utc is None or not EARLIEST <= in_utc <= LATEST:
        raise OutOfBoundsError(f"the time {value} is out of range")
    return in_utc


def span(seconds: float, longest: timedelta) -> timedelta:
    """A duration in seconds, if it is a number between zero and `longest`."""
    if not 0 <= seconds <= longest.total_seconds():  # false for NaN, too
        raise OutOfBoundsError(f"a duration of {seconds} s is out of range")
    return timedelta(seconds=seconds)
