"""BetTune's rate limit, as the headers of a response name it, as far as it can be believed.

BetTune's document names the headers without their format, so the usual forms are understood. Headers that are
unclear, contradictory or out of proportion are not believed: one odd header must not slow withdrawals down.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

import msgspec

_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(ms|[smhd]?)", re.IGNORECASE)
_LIMIT = re.compile(r"([0-9]{1,7})\s*(?:[,;].*)?")
_POLICY = re.compile(r"([0-9]{1,7})\s*;(?:[^,]*;)?\s*w\s*=\s*([0-9]{1,9})")
_LONGEST_WINDOW_S = 86_400.0
_SHOWN = 60

HIGHEST_LIMIT = 100_000
LONGEST_BELIEVED_WINDOW_S = 3600.0
SHORTEST_BELIEVED_WINDOW_S = 0.1
HIGHEST_BELIEVED_RATE = 10_000
"""Requests per second: more than this program can send."""

LOWEST_BELIEVED_RATE = 1 / 60
"""Requests per second. No service that bets by predictions allows fewer than one a minute: such a header
is more probably in milliseconds, or wrong."""

_LIMIT_CODE = re.compile(r"rate.?limit|too.?many.?requests|throttl", re.IGNORECASE)

NOT_MEANT = timedelta(minutes=2)
"""A longer Retry-After cannot be meant, unless the limit's own window is as long."""

PROBE_DESPITE = timedelta(seconds=30)
"""After so long a request tries whether such a wait holds."""


def tried_after(wait: timedelta, usual: timedelta, window: timedelta = timedelta(0)) -> timedelta:
    """Return after how long a request tries whether a Retry-After holds, which names this `wait`.

    After `usual`, and sooner if it cannot be meant; `window` is that of the limit.
    """
    return usual if wait <= max(NOT_MEANT, window) else PROBE_DESPITE


class RateLimit(msgspec.Struct, frozen=True):
    """At most `requests` requests in any window of `window_s` seconds."""

    requests: int
    window_s: float

    @property
    def rate(self) -> float:
        """Requests per second in the long run."""
        return self.requests / self.window_s

    @property
    def is_believable(self) -> bool:
        """True if a service may mean it.

        Limits from headers and limits from the store are both tested by this.
        """
        return (
            1 <= self.requests <= HIGHEST_LIMIT
            and SHORTEST_BELIEVED_WINDOW_S <= self.window_s <= LONGEST_BELIEVED_WINDOW_S
            and LOWEST_BELIEVED_RATE <= self.rate <= HIGHEST_BELIEVED_RATE
        )

    def is_looser_than(self, other: "RateLimit") -> bool:
        """Return whether it allows what the other does not."""
        faster = self.requests * other.window_s > other.requests * self.window_s
        return faster or self.requests > other.requests


class RateLimitHeaders(NamedTuple):
    """The limit as the headers of one response name it."""

    limit: RateLimit | None = None
    doubt: str = ""
    """The text of headers that cannot be believed; empty also if there are none."""


def read_headers(headers: Mapping[str, str]) -> RateLimitHeaders:
    """Return the limit of `X-RateLimit-Limit` and `X-RateLimit-Window`, or the text that is not believed.

    The window may also be part of a limit like `60, 60;w=60`, the form of the IETF's drafts
    (draft-ietf-httpapi-ratelimit-headers).
    """
    limits, windows = _values(headers, "X-RateLimit-Limit"), _values(headers, "X-RateLimit-Window")
    if not limits and not windows:
        return RateLimitHeaders()
    said = f"X-RateLimit-Limit {_shown(limits)}, X-RateLimit-Window {_shown(windows)}"
    if len(set(limits)) > 1 or len(set(windows)) > 1:
        return RateLimitHeaders(doubt=said)
    limit = _limit(limits[0] if limits else "", windows[0] if windows else "")
    return RateLimitHeaders(limit) if limit and limit.is_believable else RateLimitHeaders(doubt=said)


def parse_window_s(text: str) -> float | None:
    """Return the seconds of `60`, `60s`, `1m` or `500ms`. None for anything else and for more than a day."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    seconds = float(found[1]) * _UNITS[found[2].lower()]
    return seconds if 0 < seconds <= _LONGEST_WINDOW_S else None


def is_limit_code(code: str) -> bool:
    """Return whether an error of this code says that there were too many requests, whatever its status."""
    return _LIMIT_CODE.search(code) is not None


def _limit(limit: str, window: str) -> RateLimit | None:
    requests = _LIMIT.fullmatch(limit)
    if requests is None:
        return None
    count = int(requests[1])
    window_s, policy_s = parse_window_s(window), _policy_window_s(limit, count)
    if window_s and policy_s and window_s != policy_s:
        return None
    used = window_s or policy_s
    return RateLimit(count, used) if used else None


def _values(headers: Mapping[str, str], name: str) -> list[str]:
    """Return all values of a header: a repeated one may contradict itself."""
    getall = getattr(headers, "getall", None)
    found: list[str] = getall(name, []) if getall else [headers[name]] if name in headers else []
    return [value.strip() for value in found]


def _shown(values: list[str]) -> str:
    text = ", ".join(values) or "missing"
    return "".join(char if char.isprintable() else " " for char in text)[:_SHOWN]


def _policy_window_s(limit: str, count: int) -> float | None:
    windows = [float(window) for requests, window in _POLICY.findall(limit) if int(requests) == count]
    return next((window for window in windows if 0 < window <= _LONGEST_WINDOW_S), None)
