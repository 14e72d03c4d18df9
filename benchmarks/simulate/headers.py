"""Headers that make no sense, or that come from another time."""

from datetime import timedelta
from email.utils import format_datetime
from random import Random

from aiohttp import web

from benchmarks.simulate.spoilers import CLOCK, Spoil, with_headers

DATES = (
    *("Fri, 31 Dec 9999 23:59:59 -0100", "Mon, 01 Jan 0001 00:00:00 +0100", "Thu, 01 Jan 1970 00:00:00 GMT"),
    *("yesterday", "", "Sat, 31 Feb 2026 10:00:00 GMT", "Sat, 14 Mar 2199 10:00:00 GMT", "0"),
)
NUMBERS = ("-1", "0", "1e9", "NaN", str(2**70), "", "x", "0.000001", "60000", "86400", "\u0663")


def dates(rng: Random) -> Spoil:
    """Put a `Date` that is none, or that no clock shows."""
    return with_headers(Date=rng.choice(DATES))


def wrong_date(rng: Random) -> Spoil:
    """Put a `Date` that is hours, days or a year off."""
    hours = rng.choice((-72, -24, -1, 1, 24, 24 * 365))

    def spoil(request: web.Request, response: web.Response) -> web.Response:
        moment = request.app[CLOCK].now() + timedelta(hours=hours)
        return with_headers(Date=format_datetime(moment, usegmt=True))(request, response) or response

    return spoil


def odd_headers(rng: Random) -> Spoil:
    """Put a number that makes no sense in a header that decides something."""
    names = ("Age", "Retry_After", "X_RateLimit_Limit", "X_RateLimit_Window", "Content_Type", "Cache_Control")
    return with_headers(**{rng.choice(names): rng.choice(NUMBERS)})


def long_header(_: Random) -> Spoil:
    """Add a header longer than parsers take by default."""
    return with_headers(X_Long="x" * 9000)


def cache(_: Random) -> Spoil:
    """Repeat the first answer to a question, with its `Date` and an `Age`, as an HTTP cache does."""
    kept: dict[str, tuple[float, web.Response]] = {}

    def spoil(request: web.Request, response: web.Response) -> web.Response:
        now = request.app[CLOCK].monotonic()
        if response.status != 200 or not isinstance(response.body, bytes):
            return response
        made, first = kept.setdefault(request.path_qs, (now, response))
        copy = web.Response(status=200, body=first.body, headers=dict(first.headers))
        copy.headers["Age"] = str(int(now - made))
        return copy

    return spoil
