"""Every field of specials, of their odds and of their settlements has its bounds, each by itself."""

import json
from typing import Any

import pytest

from syncd.model.bounds import HIGHEST_BIG, HIGHEST_SMALL, LONGEST_CODE, LONGEST_NAME
from syncd.pinnacle.decode.specials import (
    decode_settled_specials,
    decode_special,
    decode_special_odds,
    decode_specials,
)
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.responses import RawItem

SPORT = 29
SPECIAL = {
    "id": 7,
    "name": "Both Teams To Score?",
    "betType": "MULTI_WAY_HEAD_TO_HEAD",
    "units": "Goals",
    "status": "O",
    "cutoff": "2026-05-01T12:00:00Z",
    "liveStatus": 0,
    "event": {"id": 9, "periodNumber": 1, "home": "A", "away": "B"},
    "contestants": [{"id": 70, "name": "Yes"}, {"id": 71, "name": "No"}],
}
ODDS = {"id": 7, "maxBet": 500, "contestantLines": [{"id": 70, "price": 1.9, "handicap": 0.5, "max": 100}]}
SETTLED = {"id": 7, "status": 1, "settlementId": 5, "settledAt": "2026-05-01T12:00:00Z"}

NO_ID = [0, -1, HIGHEST_BIG + 1, 2**70, "x", 1.5]
NO_COUNT = [-1, HIGHEST_SMALL + 1, 2**70]
NO_SMALL = [-HIGHEST_SMALL - 1, HIGHEST_SMALL + 1]
NO_CURSOR = [-1, HIGHEST_BIG + 1]
NO_NAME = ["x" * (LONGEST_NAME + 1), "a\x00b", 5]
NO_CODE = ["x" * (LONGEST_CODE + 1), "a\x00b"]
NO_TIME = ["9999-12-31T23:59:59-05:00", "2200-01-02T00:00:00Z", "soon"]
NO_NUMBER = ["NaN", 1e30, -1e30, "sNaN"]

OF_SPECIALS: list[tuple[tuple[Any, ...], list[Any]]] = [
    (("id",), NO_ID),
    (("name",), NO_NAME),
    (("betType",), NO_CODE),
    (("units",), NO_CODE),
    (("status",), [*NO_CODE, *NO_SMALL]),
    (("cutoff",), NO_TIME),
    (("cutOff",), NO_TIME),
    (("liveStatus",), NO_SMALL),
    (("event", "id"), NO_ID),
    (("event", "periodNumber"), NO_COUNT),
    (("event", "home"), NO_NAME),
    (("event", "away"), NO_NAME),
    (("contestants", 1, "id"), NO_ID),
    (("contestants", 1, "name"), NO_NAME),
]
OF_ODDS: list[tuple[tuple[Any, ...], list[Any]]] = [
    (("id",), NO_ID),
    (("maxBet",), NO_NUMBER),
    (("maxRisk",), NO_NUMBER),
    (("contestantLines", 0, "id"), NO_ID),
    (("contestantLines", 0, "price"), [*NO_NUMBER, 0.5, -110]),
    (("contestantLines", 0, "handicap"), NO_NUMBER),
    (("contestantLines", 0, "max"), NO_NUMBER),
]
OF_SETTLED: list[tuple[tuple[Any, ...], list[Any]]] = [
    (("id",), NO_ID),
    (("status",), NO_SMALL),
    (("settlementId",), NO_CURSOR),
    (("settledAt",), NO_TIME),
]


def each(fields):
    return [
        pytest.param(path, value, id=f"{'.'.join(map(str, path))}-{str(value)[:12]!a}")
        for path, values in fields
        for value in values
    ]


def spoiled(document, path, value):
    """A copy with one value; `cutOff` and `maxRisk` take the place of the newer spelling."""
    copy = json.loads(json.dumps(document))
    for newer, older in (("cutoff", "cutOff"), ("maxBet", "maxRisk")):
        if path == (older,):
            del copy[newer]
    *parents, last = path
    place = copy
    for key in parents:
        place = place[key]
    place[last] = value
    return copy


def raw(document):
    return RawItem(1, json.dumps(document).encode())


def listing(special):
    return json.dumps({"sportId": SPORT, "last": 5, "leagues": [{"id": 1, "specials": [special]}]}).encode()


def test_the_documents_themselves_are_fine():
    assert decode_special(raw(SPECIAL), sport_id=SPORT).contestants[1].name == "No"
    assert decode_special_odds(raw(ODDS)).lines[0].price
    assert decode_settled_specials(listing(SETTLED), sport_id=SPORT).items[7].settlement_id == 5


@pytest.mark.parametrize(("path", "value"), each(OF_SPECIALS))
def test_a_special_with_an_absurd_value_is_refused(path, value):
    with pytest.raises(BadPayloadError):
        decode_special(raw(spoiled(SPECIAL, path, value)), sport_id=SPORT)


@pytest.mark.parametrize(("path", "value"), each(OF_ODDS))
def test_odds_of_a_special_with_an_absurd_value_are_refused(path, value):
    with pytest.raises(BadPayloadError):
        decode_special_odds(raw(spoiled(ODDS, path, value)))


@pytest.mark.parametrize(("path", "value"), each(OF_SETTLED))
def test_a_settlement_with_an_absurd_value_is_unreadable_and_ends_nothing(path, value):
    decoded = decode_settled_specials(listing(spoiled(SETTLED, path, value)), sport_id=SPORT)
    assert decoded.items == {}
    assert len(decoded.unreadable) == 1


def test_of_two_settlements_the_newest_counts_whatever_their_order():
    body = {
        "sportId": SPORT,
        "leagues": [{"id": 1, "specials": [{**SETTLED, "settlementId": 9, "status": 2}, SETTLED]}],
    }
    decoded = decode_settled_specials(json.dumps(body).encode(), sport_id=SPORT)
    assert (decoded.items[7].settlement_id, decoded.items[7].status) == (9, 2)


def test_a_special_without_an_id_is_unreadable_and_one_listed_twice_is_in_doubt():
    rows = [{**SPECIAL, "id": 0}, SPECIAL, {**SPECIAL, "status": "H"}]
    body = json.dumps({"sportId": SPORT, "leagues": [{"id": 1, "specials": rows}]}).encode()
    decoded = decode_specials(body, sport_id=SPORT)
    assert (decoded.items, set(decoded.invalid), len(decoded.unreadable)) == ({}, {7}, 1)


def test_older_spellings_are_read():
    older = {key: value for key, value in SPECIAL.items() if key != "cutoff"} | {"cutOff": SPECIAL["cutoff"]}
    cutoff = decode_special(raw(SPECIAL), sport_id=SPORT).cutoff
    assert decode_special(raw(older), sport_id=SPORT).cutoff == cutoff is not None
    assert decode_special_odds(raw({"id": 7, "maxRisk": 300})).max_stake == 300
    assert decode_special(raw({"id": 7, "name": "x", "liveStatus": 2}), sport_id=SPORT).live_status == 2
