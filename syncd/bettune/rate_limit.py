"""BetTune's rate limit, as the headers of a response name it.

BetTune's document names the headers without their format, so the usual forms are understood and
anything else is ignored.
"""

import re
from collections.abc import Mapping

import msgspec

_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(ms|[smhd]?)", re.IGNORECASE)
_LIMIT = re.compile(r"([0-9]{1,7})\s*(?:[,;].*)?")
_POLICY = re.compile(r"([0-9]{1,7})\s*;(?:[^,]*;)?\s*w\s*=\s*([0-9]{1,9})")
_LONGEST_WINDOW_S = 86_400.0


class RateLimit(msgspec.Struct, frozen=True):
    """At most `requests` requests in any window of `window_s` seconds."""

    requests: int
    window_s: float


def rate_limit_of(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the limit of `X-RateLimit-Limit` and `X-RateLimit-Window`. None if either is unclear.

    The window may also be part of a limit like `60, 60;w=60`, the form of the IETF's drafts
    (draft-ietf-httpapi-ratelimit-headers).
    """
    limit = headers.get("X-RateLimit-Limit", "").strip()
    requests = _LIMIT.fullmatch(limit)
    if requests is None or int(requests[1]) < 1:
        return None
    count = int(requests[1])
    window_s = parse_window_s(headers.get("X-RateLimit-Window", "")) or _policy_window_s(limit, count)
    return RateLimit(count, window_s) if window_s else None


def parse_window_s(text: str) -> float | None:
    """Return the seconds of `60`, `60s`, `1m` or `500ms`. None for anything else and for more than a day."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    seconds = float(found[1]) * _UNITS[found[2].lower()]
    return seconds if 0 < seconds <= _LONGEST_WINDOW_S else None


def _policy_window_s(limit: str, count: int) -> float | None:
    windows = [float(window) for requests, window in _POLICY.findall(limit) if int(requests) == count]
    return next((window for window in windows if 0 < window <= _LONGEST_WINDOW_S), None)
