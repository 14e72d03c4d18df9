"""Odds, counts and times as text: the same on the command line and on the page."""

from datetime import datetime
from decimal import Decimal

from syncd.model.decimals import format_odds


def odds(value: Decimal | None) -> str:
    """Format odds with all their digits, and at least two decimals: `2.10`. A dash if there are none."""
    return "–" if value is None else format_odds(value)


def count(number: int) -> str:
    """Format a number with commas between the thousands: `2,500`."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Format a number with its noun: `1 match`, `2,500 matches`."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def code_text(code: str) -> str:
    """Turn a stable code into words: `no_line` into `no line`."""
    return code.replace("_", " ")


def duration(seconds: float) -> str:
    """Format seconds in one unit or two: `12 s`, `4 min`, `3 h 05 min`, `2 d 4 h`."""
    whole = int(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


def age(seconds: float | None) -> str:
    """Format an age in seconds like `duration`; `never` if there is none."""
    return "never" if seconds is None else duration(seconds)


def ago(at: datetime | None, now: datetime) -> str:
    """Format how long ago a moment was: `4 min ago`, or `never`."""
    return "never" if at is None else f"{duration(max(0.0, (now - at).total_seconds()))} ago"


def moment(at: datetime | None) -> str:
    """Format a moment with its weekday, in UTC: `Sat 21 Nov 15:00`. Empty if there is none."""
    return f"{at:%a %d %b %H:%M}" if at else ""


def short_moment(at: datetime | None) -> str:
    """Format a moment for a table, in UTC: `21 Nov 15:00`. Empty if there is none."""
    return f"{at:%d %b %H:%M}" if at else ""


def precise_moment(at: datetime, now: datetime) -> str:
    """Format a moment to the second, in UTC, with its day if that is not today: `30 Mar 12:00:00`."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%d %b %H:%M:%S}"
