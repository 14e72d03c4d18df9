import json
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.bettune import wire
from syncd.model.bettune import LOWEST_ODDS, Pair, at_six_decimals
from tests.bettune.samples import PAIR, listing, sample_filter, sample_match, sample_prediction

DAY = date(2026, 6, 6)
OTHER = Pair(PAIR.filter_id, 2)
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
    (row,) = predictions(sample_prediction(), sample_prediction(odds="2.2", id=11))
    assert (row.odds, row.problem) == (LOWEST_ODDS, "BetTune shows two predictions of one pair that differ")
    (row,) = predictions(sample_prediction(), sample_prediction(source="ui"))
    assert (row.source, row.problem) == ("ui", "")


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


NOT_A_PRICE = [
    "NaN",
    "sNaN",
    "-2",
    "Infinity",
    "1E+30",
    "1e40000000",
    "1e-99999999",
    "9" * 60,
    "two",
    "",
    None,
]


@pytest.mark.parametrize("odds", [*NOT_A_PRICE, True, {}, [2.0]])
def test_odds_that_are_not_a_price_are_a_problem_of_their_row_and_count_as_the_lowest(odds):
    bad, good = predictions(
        sample_prediction(odds=odds), sample_prediction(matchId=2), requested=(PAIR, OTHER)
    )
    assert (bad.odds, bool(bad.problem)) == (LOWEST_ODDS, True)
    assert (good.odds, good.problem) == (Decimal("2.15"), "")


ABSURD = [2**70, -(2**63), "\ud800", "\x00", None, [], {"a": 1}, 1e300, "9999-12-31T23:59:59-05:00"]


@pytest.mark.parametrize("field", ["id", "createdAt", "updatedAt"])
@pytest.mark.parametrize("value", ABSURD)
def test_what_nothing_depends_on_costs_nothing(field, value):
    body = json.dumps(listing(sample_prediction(**{field: value}))).encode()
    (row,) = wire.predictions_of(body, frozenset({PAIR}))
    assert (row.odds, row.problem) == (Decimal("2.15"), "")


@pytest.mark.parametrize("field", ["id", "name", "betType", "status", "sport"])
@pytest.mark.parametrize("value", [2**70, -1, "x" * 501, "a\x00b", None, [], 1e300])
def test_an_absurd_value_costs_its_filter_and_no_other(field, value):
    body = json.dumps(listing(sample_filter(id=5), sample_filter(**{field: value}))).encode()
    found, left_out = wire.filters_of(body)
    assert [each.id for each in found] == [5]
    assert len(left_out) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 2**63},
        {"date": "0001-01-01T00:00:00+14:00"},
        {"date": "9999-12-31T23:59:59-05:00"},
        {"date": "2300-01-01T00:00:00Z"},
        {"tournament": {"id": 2**70, "name": "Eliteserien"}},
        {"home": {"id": 2**63, "name": "Brann"}},
        {"away": {"id": 4, "name": "a\x00"}},
        {"country": {"id": 4, "name": "x" * 600}},
        {"score": {"home": 2**40, "away": 0}},
    ],
)
def test_an_absurd_value_costs_its_match_and_no_other(changes):
    rows = listing(sample_match(id=5), sample_match(**changes))
    found, left_out = wire.matches_of(json.dumps({"date": "2026-06-06", **rows}).encode(), DAY)
    assert [each.id for each in found] == [5]
    assert len(left_out) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ABSURD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(sample_match())), JSON)
def test_no_value_in_a_match_does_more_than_cost_it(field, value):
    rows = listing(sample_match(id=5), sample_match(**{field: value}))
    found, left_out = wire.matches_of(json.dumps({"date": "2026-06-06", **rows}).encode(), DAY)
    assert len(found) + len(left_out) == 2 or {each.id for each in found} == {5}
    for match in found:
        assert match.id < 2**63
        assert match.tournament.id < 2**63
        assert match.date.tzinfo is UTC


@given(st.sampled_from(sorted(sample_prediction())), JSON)
def test_no_value_in_a_prediction_does_more_than_make_the_answer_unreadable(field, value):
    body = json.dumps(listing(sample_prediction(**{field: value}))).encode()
    try:
        (row,) = wire.predictions_of(body, frozenset({PAIR}))
    except wire.UnreadableError:
        assert field in ("filterId", "matchId")
    else:
        assert 0 <= row.odds <= 1_000_000


def test_deep_nesting_in_a_field_that_nobody_reads_costs_nothing():
    body = encode(listing(sample_filter(extra=0))).replace(
        b'"extra":0', b'"extra":' + b"[" * 90_000 + b"]" * 90_000
    )
    assert [each.id for each in wire.filters_of(body)[0]] == [11583]


def test_a_byte_order_mark_costs_nothing():
    assert wire.filters_of(b"\xef\xbb\xbf" + encode(listing(sample_filter())))[0]


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


def test_the_response_to_a_put_shows_what_bettune_keeps_of_that_pair():
    body = encode(sample_prediction())
    assert wire.prediction_of(body, PAIR).odds == Decimal("2.15")
    with pytest.raises(wire.UnreadableError, match="another prediction"):
        wire.prediction_of(body, OTHER)
    with pytest.raises(wire.UnreadableError, match="not a price"):
        wire.prediction_of(encode(sample_prediction(odds="NaN")), PAIR)


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
    assert wire.prediction_of(response, PAIR).odds == at_six_decimals(odds)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":5}', b'"code"', b"[]"])
def test_an_error_that_is_not_bettunes_has_no_code(body):
    assert wire.error_of(body) == wire.ErrorBody()


def test_times_of_a_prediction_are_aware_and_in_range_or_unknown():
    row = {"createdAt": "9999-12-31T23:59:59-05:00", "updatedAt": "2026-06-06T18:00:00"}
    (found,) = predictions(sample_prediction(**row))
    assert found.created_at is None
    assert found.updated_at == datetime(2026, 6, 6, 18, tzinfo=UTC)


def test_a_name_may_have_the_id_0_and_odds_may_be_0():
    row = sample_match()
    row["country"]["id"] = 0
    assert matches(row)[0].country.id == 0
    (found,) = predictions(sample_prediction(odds="0.000000"))
    assert (found.odds, found.problem) == (0, "")
