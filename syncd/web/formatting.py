"""Values as people read them on a page."""

from datetime import datetime
from decimal import Decimal


def age(seconds: float | None) -> str:
    """How long something has lasted, in one unit or two: `12 s`, `4 min`, `3 h 05 min`, `2 d 4 h`."""
    if seconds is None:
        return "never"
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


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago it was."""
    return "never" if at is None else f"{age(max(0.0, (now - at).total_seconds()))} ago"


def moment(at: datetime, now: datetime) -> str:
    """A time in UTC, with its day where that is not today."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%d %b %H:%M:%S}"


def odds(value: Decimal | None) -> str:
    """Odds with two decimals at least, and as many as they have."""
    if value is None:
        return "–"
    whole, _, rest = f"{value:f}".partition(".")
    return f"{whole}.{rest.rstrip('0'):0<2}"


def plain(code: str) -> str:
    """A stable code as words."""
    return code.replace("_", " ")


def count(number: int) -> str:
    """A number with thin spaces between its thousands."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
