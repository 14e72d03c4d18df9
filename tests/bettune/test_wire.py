from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.bettune import wire
from syncd.model.bettune import Pair, at_six_decimals
from tests.bettune.samples import PAIR, listing, sample_filter, sample_match, sample_prediction

DAY = date(2026, 6, 6)
encode = msgspec.json.encode


def matches(*items: dict, **changes):
    return wire.matches_of(encode({"date": "2026-06-06", **listing(*items), **changes}), DAY)[0]


def predictions(*items: dict, requested: tuple[Pair, ...] = (PAIR,), **changes):
    return wire.predictions_of(encode(listing(*items, **changes)), frozenset(requested))


def test_a_match_is_read_whole_and_its_kick_off_is_utc():
    (match,) = matches(sample_match(date="2026-06-06T20:00:00+02:00", score={"home": 2, "away": 1}))
    assert match.date == datetime(2026, 6, 6, 18, tzinfo=UTC)
    assert match.date.tzinfo is UTC
    assert (match.home.name, match.away.name, match.tournament.id) == ("Bodø/Glimt", "Brann", 2)
    assert (match.home_score, match.away_score) == (2, 1)


def test_a_kick_off_without_offset_is_utc():
    (match,) = matches(sample_match(date="2026-06-06T18:00:00"))
    assert match.date == datetime(2026, 6, 6, 18, tzinfo=UTC)


def test_a_day_may_have_no_matches():
    assert matches() == ()


def test_unknown_fields_are_ignored_and_scores_may_be_missing():
    row = sample_match(xg=[1, {"deep": None}], score=None)
    row["home"]["country"] = "NO"
    del row["season"]
    (match,) = matches(row, page=1)
    assert match.home_score is None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "1611243"},
        {"date": "tomorrow"},
        {"finished": "no"},
        {"home": None},
        {"away": {"id": 5}},
        {"score": {"home": "2"}},
    ],
)
def test_a_list_of_nothing_but_a_wrongly_typed_match_is_unreadable(changes):
    with pytest.raises(wire.UnreadableError):
        matches(sample_match(**changes))


def test_a_match_or_filter_that_cannot_be_read_is_left_out_of_its_list():
    body = encode(listing(sample_filter(), sample_filter(id=2, betType=None)))
    found, left_out = wire.filters_of(body)
    assert ([each.id for each in found], list(left_out)) == ([11583], [2])
    assert [each.id for each in matches(sample_match(id=2, home=None), sample_match(id=1))] == [1]


def test_a_list_of_which_most_cannot_be_read_is_unreadable():
    with pytest.raises(wire.UnreadableError, match="2 of 3 items"):
        wire.filters_of(
            encode(listing(sample_filter(), *(sample_filter(id=n, betType=None) for n in (2, 3))))
        )


@pytest.mark.parametrize("count", [0, 2, None, "1"])
def test_a_list_that_is_not_as_long_as_announced_is_unreadable(count):
    with pytest.raises(wire.UnreadableError):
        matches(sample_match(), count=count)
    with pytest.raises(wire.UnreadableError):
        predictions(sample_prediction(), count=count)


def test_the_matches_of_another_day_are_unreadable():
    with pytest.raises(wire.UnreadableError, match="requested 2026-06-06, received 2026-06-07"):
        matches(date="2026-06-07")


def test_a_row_that_is_repeated_counts_once_but_not_with_other_content():
    assert len(matches(sample_match(), sample_match())) == 1
    with pytest.raises(wire.UnreadableError, match="differ"):
        matches(sample_match(), sample_match(finished=True))
    with pytest.raises(wire.UnreadableError, match="differ"):
        predictions(sample_prediction(), sample_prediction(odds="2.2", id=11))


def test_a_filter_with_an_unknown_status_is_not_approved():
    body = encode(listing(sample_filter(), sample_filter(id=2, status="pending")))
    (first, second), _ = wire.filters_of(body)
    assert (first.bet_type, first.approved, second.approved) == ("Home", True, False)


def test_sports_are_ids_with_names():
    (sport,) = wire.sports_of(encode(listing({"id": 1, "name": "football", "icon": "⚽"})))
    assert (sport.id, sport.name) == (1, "football")


def test_a_prediction_has_odds_of_six_decimals_and_times_in_utc():
    (row,) = predictions(sample_prediction())
    assert (row.pair, row.source) == (PAIR, "api")
    assert str(row.odds) == "2.150000"
    assert row.updated_at == datetime(2026, 6, 6, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize("odds", [2.15, "2.15", "2.1500000"])
def test_odds_may_be_written_in_any_way(odds):
    assert predictions(sample_prediction(odds=odds))[0].odds == Decimal("2.15")


@pytest.mark.parametrize("odds", ["NaN", "-2", "Infinity", "1E+30", "two", "", None, True])
def test_odds_that_are_not_a_price_are_unreadable(odds):
    with pytest.raises(wire.UnreadableError):
        predictions(sample_prediction(odds=odds))


def test_an_unknown_source_is_somebody_elses():
    assert predictions(sample_prediction(source="import"))[0].source == "ui"


@pytest.mark.parametrize("changes", [{"filterId": 11584}, {"matchId": 1}])
def test_a_prediction_that_was_not_requested_is_unreadable(changes):
    with pytest.raises(wire.UnreadableError, match="another filter or match"):
        predictions(sample_prediction(), sample_prediction(**changes))


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"count":0', b'{"count":0}', b"\xff", b"[" * 50_000])
def test_garbage_is_unreadable(body):
    with pytest.raises(wire.UnreadableError):
        wire.predictions_of(body, frozenset())


def test_the_response_to_a_put_must_contain_what_was_sent():
    body = encode(sample_prediction())
    assert wire.prediction_of(body, PAIR, Decimal("2.15")).id == 10
    with pytest.raises(wire.UnreadableError, match=r"wrote 2\.16, received 2\.15"):
        wire.prediction_of(body, PAIR, Decimal("2.16"))
    with pytest.raises(wire.UnreadableError, match="another prediction"):
        wire.prediction_of(body, Pair(PAIR.filter_id, 2), Decimal("2.15"))


@pytest.mark.parametrize(
    ("odds", "text"),
    [("2.15", "2.15"), ("2.150000", "2.15"), ("100", "100"), ("1E+2", "100"), ("1.000001", "1.000001")],
)
def test_odds_are_sent_as_plain_decimals(odds, text):
    assert wire.put_body(Decimal(odds)) == f'{{"odds":"{text}"}}'.encode()


@pytest.mark.parametrize("odds", ["1", "0", "-2", "NaN", "sNaN", "Infinity", "2.1234567", "1000000"])
def test_odds_that_bettune_cannot_save_are_not_sendable(odds):
    assert not wire.sendable(Decimal(odds))


@given(st.decimals("1.000001", "999999", places=6))
def test_what_is_sent_is_exact_and_comes_back_equal(odds):
    assert wire.sendable(odds)
    sent = msgspec.json.decode(wire.put_body(odds))["odds"]
    assert "E" not in sent
    assert not sent.endswith((".", "0")) or "." not in sent
    response = encode(sample_prediction(odds=f"{Decimal(sent):.6f}"))
    assert wire.prediction_of(response, PAIR, odds).odds == at_six_decimals(odds)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":5}', b'"code"', b"[]"])
def test_an_error_that_is_not_bettunes_has_no_code(body):
    assert wire.error_of(body) == wire.ErrorBody()
