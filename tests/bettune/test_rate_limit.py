import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.bettune.rate_limit import RateLimit, parse_window_s, rate_limit_of


def parsed(limit: str | None, window: str | None) -> RateLimit | None:
    headers = {"X-RateLimit-Limit": limit, "X-RateLimit-Window": window}
    return rate_limit_of({name: text for name, text in headers.items() if text is not None})


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
        ("60, 60;w=60", "30", RateLimit(60, 30.0)),
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
    ],
)
def test_a_limit_that_is_unclear_is_ignored(limit, window):
    assert parsed(limit, window) is None


@given(st.text(), st.text())
def test_no_header_breaks_it(limit, window):
    found = parsed(limit, window)
    assert found is None or (found.requests > 0 and 0 < found.window_s <= 86_400)


@given(st.integers(1, 86_400))
def test_a_plain_number_is_seconds(seconds):
    assert parse_window_s(str(seconds)) == parse_window_s(f"{seconds}s") == seconds
