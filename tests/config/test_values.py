from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.config.database_url import passwords_of
from syncd.config.values import (
    BadValueError,
    UnusableAddressError,
    format_duration,
    parse_database_url,
    parse_duration,
    parse_host,
    parse_number,
    parse_url,
)
from syncd.runtime.clock import SystemClock
from syncd.runtime.http import HttpClient


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("5s", 5),
        ("2m", 120),
        ("3d", 259_200),
        ("250ms", 0.25),
        ("1h30m", 5400),
        ("1.5h", 5400),
        (0, 0),
        ("0", 0),
    ],
)
def test_a_duration_is_a_number_with_a_unit_or_plain_zero(written, seconds):
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "wrong", ["5", "5 sec", "", "-5s", "m", "5m5m", "5 s", 5, True, False, 1.5, None, "9" * 30 + "d"]
)
def test_anything_else_is_no_duration(wrong):
    with pytest.raises(BadValueError):
        parse_duration(wrong)


@given(st.integers(min_value=0, max_value=10**12).map(lambda ms: timedelta(milliseconds=ms)))
def test_a_formatted_duration_is_parsed_as_itself(span):
    assert parse_duration(format_duration(span)) == span


def test_durations_are_written_in_few_parts():
    assert [format_duration(timedelta(seconds=s)) for s in (0, 90, 5400, 172_800)] == [
        "0s",
        "1m30s",
        "1h30m",
        "2d",
    ]


@pytest.mark.parametrize("wrong", ["1.0", True, Decimal("nan"), Decimal("inf"), None, [1]])
def test_a_number_is_neither_text_nor_infinite(wrong):
    with pytest.raises(BadValueError):
        parse_number(wrong)


def test_an_address_loses_its_final_slash():
    assert parse_url("https://host:1/api/") == "https://host:1/api"


@pytest.mark.parametrize(
    "wrong", ["host", "ftp://host", "https://", "https://me:pw@host", "http://h:x", "http://h?q=1", 1]
)
def test_an_address_is_plain_http(wrong):
    with pytest.raises(ValueError):  # noqa: PT011  (urlsplit raises its own for a bad port)
        parse_url(wrong)


@given(st.text(st.sampled_from("ab.-_:/[]%1 \\\n\0@ü?#"), max_size=20))
def test_an_accepted_address_can_be_requested(rest):
    try:
        url = parse_url(f"http://{rest}")
    except ValueError:
        return
    HttpClient(url, clock=SystemClock())


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://u:p@h:0/d", "postgresql://u:p@h:65536/d", "postgresql://u:p@h:x/d"),
        *("postgresql://u:p@[::1]:70000/d", "postgresql://u:p@/d?host=a:1,b:70000"),
        *("postgresql://u:p@h/d?port=99999", "postgresql://u:p@h:²/d", "postgresql://u:%@h/d"),
        *("postgresql://u:p%4@h/d", "postgresql://u%zz@h/d", "postgresql://u@h/d?password=a%"),
    ],
)
def test_a_database_address_that_no_server_can_have_says_why(url):
    with pytest.raises(UnusableAddressError):
        parse_database_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://u:p%25@h:65535/d", "postgresql://u:p@[::1]/d", "postgresql://u:p@[::1]:1/d"),
        *("postgresql://u@/d?host=/var/run/postgresql&port=5433", "postgresql://u@/d?host=a:1,b:2"),
        "sqlite:///100%.db",
    ],
)
def test_one_that_a_server_can_have_is_unchanged(url):
    assert parse_database_url(url) == url


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "localhost", "my_host.lan"])
def test_a_host_is_an_ip_address_or_a_name(host):
    assert parse_host(host) == host


@pytest.mark.parametrize("url", ["sqlite:///a.db", "sqlite:////data/a.db", "postgresql+asyncpg://u:p@h/d"])
def test_a_database_address_is_unchanged(url):
    assert parse_database_url(url) == url


def test_the_old_spelling_of_postgresql_is_corrected():
    assert parse_database_url("postgres://u@h/d") == "postgresql://u@h/d"


@pytest.mark.parametrize(
    "wrong", ["a.db", "sqlite://", "mysql://u@h/d", "postgresql://host", "postgresql:///d"]
)
def test_other_databases_are_refused(wrong):
    with pytest.raises(BadValueError):
        parse_database_url(wrong)


def test_a_password_is_found_in_both_spellings():
    assert passwords_of("postgresql://u:p%40w@h/d") == ("p%40w", "p@w")
    assert passwords_of("sqlite:///data/x.db") == ()
