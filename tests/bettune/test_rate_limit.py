import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from syncd.bettune.rate_limit import (
    RateLimit,
    is_limit_code,
    parse_window_s,
    read_headers,
)


def parsed(limit: str | None, window: str | None) -> RateLimit | None:
    return read_headers(headers(limit, window)).limit


def headers(limit: str | None, window: str | None) -> dict[str, str]:
    named = {"X-RateLimit-Limit": limit, "X-RateLimit-Window": window}
    return {name: text for name, text in named.items() if text is not None}


@pytest.mark.parametrize(
    ("limit", "window", "expected"),
    [
        ("60", "60", RateLimit(60, 60.0)),
        (" 60 ", "60s", RateLimit(60, 60.0)),
        ("120", "1m", RateLimit(120, 60.0)),
        ("5", "500ms", RateLimit(5, 0.5)),
        ("60, 60;w=60", None, RateLimit(60, 60.0)),
        ("60, 1000;w=3600, 60;w=30", "garbage", RateLimit(60, 30.0)),
        ("60;w=60", None, RateLimit(60, 60.0)),
        ("60;burst=10;w=60", None, RateLimit(60, 60.0)),
        ("60, 60;w=60", "1m", RateLimit(60, 60.0)),
        ("60", "60000ms", RateLimit(60, 60.0)),
        ("60", "1h", RateLimit(60, 3600.0)),
        ("1", "60", RateLimit(1, 60.0)),
    ],
)
def test_the_usual_forms_are_understood(limit, window, expected):
    assert parsed(limit, window) == expected


@pytest.mark.parametrize(
    ("limit", "window"),
    [
        (None, None),
        ("60", None),
        (None, "60"),
        ("0", "60"),
        ("-1", "60"),
        ("60", "0"),
        ("60", "-60"),
        ("60", "1e3"),
        ("60", "1795608000"),
        ("many", "60"),
        ("6²", "60"),
        ("60, 50;w=60", None),
        ("99999999999", "60"),
        ("60", "60000"),
        ("1", "86400"),
        ("1", "61"),
        ("50000", "86400"),
        ("100001", "60"),
        ("60, 60;w=60", "30"),
    ],
)
def test_a_limit_that_is_unclear_or_not_believable_is_ignored(limit, window):
    assert parsed(limit, window) is None
    assert bool(read_headers(headers(limit, window)).doubt) == (limit is not None or window is not None)


@given(st.text(), st.text())
def test_no_header_breaks_it(limit, window):
    found = parsed(limit, window)
    assert found is None or (found.requests > 0 and found.is_believable)


@given(st.integers(1, 86_400))
def test_a_plain_number_is_seconds(seconds):
    assert parse_window_s(str(seconds)) == parse_window_s(f"{seconds}s") == seconds


def test_a_header_that_comes_twice_and_contradicts_itself_is_doubted():
    both = CIMultiDict(
        [("X-RateLimit-Limit", "60"), ("X-RateLimit-Limit", "2"), ("X-RateLimit-Window", "60")]
    )
    assert read_headers(both) == (None, "X-RateLimit-Limit 60, 2, X-RateLimit-Window 60")
    assert read_headers(CIMultiDict({"x-ratelimit-limit": "60", "x-ratelimit-window": "60"})).limit


@given(st.text(), st.text())
def test_what_is_doubted_is_shown_in_one_short_line(limit, window):
    doubt = read_headers(headers(limit, window)).doubt
    assert len(doubt) < 200
    assert doubt.isprintable()


@pytest.mark.parametrize(
    ("code", "is_limit"),
    [
        ("rate_limit_exceeded", True),
        ("RateLimit", True),
        ("too_many_requests", True),
        ("request_throttled", True),
        ("match_ids_too_many", False),
        ("odds_invalid", False),
        ("", False),
    ],
)
def test_codes_that_say_that_there_were_too_many_requests(code, is_limit):
    assert is_limit_code(code) == is_limit
