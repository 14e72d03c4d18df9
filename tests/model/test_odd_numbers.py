"""Numbers in quotes are JSON's own, or none: Python would read the digits of every script."""

import unicodedata
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.bettune.wire import predictions_of
from syncd.model.bettune import Pair
from syncd.model.json_text import UnreadableJsonError, json_decoder, odd_number
from syncd.pinnacle.decode.events import decode_period
from syncd.pinnacle.errors import BadPayloadError
from syncd.pricing.bet_types.reader import BetTypeError, read_bet_type
from syncd.runtime.http import parse_http_date, parse_retry_after

ODD = ["٢.٥", "２.５", "2_5", " 2.5", "2.5 ", "\u00a02.5", "२", "\n2", "2.٥"]
PLAIN = ["2.5", "2", "-0.25", "+2.5", "2e1", ".5"]
decode = json_decoder(Decimal, with_decimals=True)


def escaped(text: str) -> bytes:
    return b'"' + b"".join(b"\\u%04x" % ord(each) for each in text) + b'"'


@pytest.mark.parametrize("text", ODD)
def test_odd_numbers_are_refused_however_they_are_written(text: str):
    for body in (msgspec.json.encode(text), escaped(text)):
        with pytest.raises(UnreadableJsonError, match="is no number"):
            decode(body)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_numbers_are_read_however_they_are_written(text: str):
    for body in (msgspec.json.encode(text), escaped(text), b' "' + text.encode() + b'" '):
        assert decode(body) == Decimal(text)


@given(st.text(st.characters(categories=["Nd"]), min_size=1))
def test_only_ascii_digits_are_digits(text: str):
    plain = "".join(str(unicodedata.digit(each)) for each in text)
    assert decode(msgspec.json.encode(plain)) == Decimal(plain)
    assert (odd_number(msgspec.json.encode(text)) == "") is text.isascii()


@given(
    st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_what_is_found_is_a_number_of_the_document(document: object):
    found = odd_number(msgspec.json.encode(document))
    if found:
        assert Decimal(found) is not None
        assert set(found) - set("0123456789eE+-.")


@pytest.mark.parametrize("text", ODD)
def test_a_price_or_a_limit_in_other_digits_costs_its_period(text: str):
    for fields in ({"moneyline": {"home": text, "draw": 3.4, "away": 3.9}}, {"maxTotal": text}):
        with pytest.raises(BadPayloadError):
            decode_period(msgspec.json.encode({"number": 0, "status": 1, **fields}))


@pytest.mark.parametrize("text", ODD)
def test_odds_of_bettunes_in_other_digits_cannot_be_believed(text: str):
    row = {"id": 1, "filterId": 2, "matchId": 3, "odds": text, "source": "api"}
    body = msgspec.json.encode({"count": 1, "items": [row]})
    (found,) = predictions_of(body, frozenset({Pair(2, 3)}))
    assert found.problem


@pytest.mark.parametrize("text", ["Over ٢.٥", "Over ２.５", "Over २", "٢nd half home", "Correct score ٢-١"])
def test_a_bet_type_in_other_digits_is_not_read(text: str):
    with pytest.raises(BetTypeError):
        read_bet_type(text, {})


@pytest.mark.parametrize("text", ["٦٠", "Sat, ٢١ Nov 2026 12:00:00 GMT", "Sat, 21 Nov ٢٠٢٦ 12:00:00 GMT"])
def test_a_header_in_other_digits_says_nothing(text: str):
    assert parse_http_date(text) is None
    assert parse_retry_after(text, parse_http_date("Sat, 21 Nov 2026 12:00:00 GMT")) is None
