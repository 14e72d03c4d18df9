"""Ranges of what comes from outside, and JSON with one bad place."""

import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import bounds
from syncd.model.bounds import OutOfBoundsError
from syncd.model.json_text import UnreadableJsonError, json_decoder, repaired


class Row(msgspec.Struct):
    id: bounds.Id
    name: bounds.Name | None = None
    small: bounds.Small | None = None
    price: Decimal | None = None


ROW = json_decoder(Row)


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "-Infinity", "1e40000000", "1e-40000000", "0e40000000", "1e7", "-1e7", "9" * 60]
)
def test_a_number_that_no_market_has_is_refused_before_any_arithmetic(value):
    with pytest.raises(OutOfBoundsError):
        bounds.whole_number(Decimal(value), bounds.HIGHEST_SCORE)


def test_numbers_within_their_range_are_kept_to_the_digit():
    assert str(bounds.number(Decimal("2.0500"), bounds.HIGHEST_PRICE)) == "2.0500"
    assert bounds.whole_number(Decimal("2.0"), bounds.HIGHEST_SCORE) == 2


@given(st.decimals())
def test_no_decimal_breaks_the_check(value):
    with suppress(OutOfBoundsError):
        assert abs(bounds.number(value, bounds.HIGHEST_LINE)) <= bounds.HIGHEST_LINE


@given(st.datetimes(timezones=st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)))
def test_a_time_is_in_range_or_refused(value):
    try:
        moment = bounds.moment(value)
    except OutOfBoundsError:
        return
    assert moment == value
    assert bounds.EARLIEST <= moment <= bounds.LATEST


def test_times_whose_zone_overflows_are_refused():
    for year in (datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)):
        for hours in (-5, 5):
            with pytest.raises(OutOfBoundsError):
                bounds.moment(year.replace(tzinfo=timezone(timedelta(hours=hours))))


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 61.0])
def test_a_duration_out_of_range_is_refused(seconds):
    with pytest.raises(OutOfBoundsError):
        bounds.span(seconds, timedelta(minutes=1))


@pytest.mark.parametrize("value", ["a" * 501, "a\x00", "\ud800"])
def test_a_text_that_cannot_be_stored_is_refused(value):
    with pytest.raises(OutOfBoundsError):
        bounds.text(value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 0}',
        b'{"id": 9223372036854775808}',
        b'{"id": 99999999999999999999999999}',
        b'{"id": 1, "small": 2147483648}',
        b'{"id": 1, "name": "a\\u0000b"}',
        b'{"id": 1, "name": "' + b"a" * 501 + b'"}',
        b'{"id": 1, "price": 1e99999999999999999999}',
        b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id": ' + b"[" * 100_000,
        b'{"id": 1, "price": [NaN]}',
        b'{"id": NaN}',
    ],
)
def test_a_field_out_of_bounds_is_one_error(body):
    with pytest.raises(UnreadableJsonError):
        ROW(body)


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"id": 7}',
        b'{"id": 7, "unread": "\\ud800"}',
        b'{"id": 7, "unread": [NaN, -Infinity]}',
        b'{"unread": ' + b"[" * 100_000 + b"]" * 100_000 + b', "id": 7}',
        b'{"unread": ' + b'{"a":' * 100_000 + b"[]" + b"}" * 100_000 + b', "id": 7}',
    ],
)
def test_a_bad_place_that_nobody_reads_costs_nothing(body):
    assert ROW(body).id == 7


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (b"A\\ud800B", "A\ufffdB"),
        (b"\\ud83d\\ude00 \\ude00", "\U0001f600 \ufffd"),
        (b"\\\\ud800 \\ud800", "\\ud800 \ufffd"),
        (b"A\xffB", "A\ufffdB"),
    ],
)
def test_half_a_surrogate_pair_or_a_foreign_byte_is_replaced(text, read):
    assert ROW(b'{"id": 7, "name": "' + text + b'"}').name == read


@pytest.mark.parametrize("text", ["2.5", "1000000", "1.000000000000000000000000000000000000001"])
def test_a_number_between_two_is_between_them(text):
    assert bounds.is_between(Decimal(text), Decimal(1), Decimal(1_000_000)) is (len(text) <= 40)


@pytest.mark.parametrize("text", ["1", "NaN", "sNaN", "Infinity", "-Infinity", "1000000.1", "1E+40000000"])
def test_a_number_that_is_not_between_two_is_not(text):
    assert not bounds.is_between(Decimal(text), Decimal(1), Decimal(1_000_000))


def test_a_repair_is_quick():
    body = b'{"id": 7, "x": [' + b",".join([b'{"a": [1, 2], "b": "c"}'] * 100_000) + b'], "name": "\\ud800"}'
    began = time.process_time()
    assert ROW(body).id == 7
    assert time.process_time() - began < 2


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_what_is_readable_is_never_repaired(document):
    assert repaired(json.dumps(document).encode()) is None
