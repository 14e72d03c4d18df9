"""Good responses of every feed, and absurd values for each of their fields."""

import copy
import json

from tests.pinnacle.fakes import SPORT

LEAGUE = {"id": 1, "name": "England - Premier League"}

EVENT = {
    "id": 7, "starts": "2026-03-02T12:00:00Z", "home": "Home", "away": "Away", "rotNum": "301",
    "liveStatus": 0, "status": "O", "parentId": None, "resultingUnit": "Regular", "unread": [1],
}  # fmt: skip

PERIOD = {
    "lineId": 12, "number": 0, "status": 1, "cutoff": "2026-03-02T12:00:00Z", "maxMoneyline": 500.0,
    "maxSpread": 400.0, "moneyline": {"home": 2.5, "draw": 3.5, "away": 4.0},
    "spreads": [
        {"hdp": -0.5, "home": 1.9, "away": 1.9},
        {"altLineId": 3, "hdp": 0.5, "home": 1.4, "away": 2.4},
    ],
    "totals": [{"points": 2.5, "over": 1.9, "under": 1.9, "max": 300.0}],
    "teamTotal": {"home": {"points": 1.5, "over": 1.8, "under": 2.0}, "away": None}, "unread": {"a": 1},
}  # fmt: skip

SETTLED_PERIOD = {
    "number": 0, "status": 1, "settlementId": 900, "settledAt": "2026-03-01T11:59:00Z",
    "team1Score": 2, "team2Score": 1.0, "cancellationReason": {"code": "X", "details": {}},
}  # fmt: skip

SPECIAL = {
    "id": 70, "name": "Both Teams To Score?", "betType": "MULTI_WAY_HEAD_TO_HEAD", "units": "Goals",
    "cutoff": "2026-03-02T12:00:00Z", "status": "O", "liveStatus": 0,
    "event": {"id": 7, "periodNumber": 0, "home": "Home", "away": "Away"},
    "contestants": [{"id": 700, "name": "Yes"}, {"id": 701, "name": "No"}],
}  # fmt: skip

SPECIAL_ODDS = {
    "id": 70, "maxBet": 500.0,
    "contestantLines": [
        {"id": 700, "lineId": 5, "price": 1.9, "handicap": None, "max": 100.0},
        {"id": 701, "lineId": 5, "price": 1.9, "handicap": 0.5},
    ],
}  # fmt: skip

SETTLED_SPECIAL = {"id": 70, "status": 1, "settlementId": 800, "settledAt": "2026-03-01T11:59:00Z"}


def _document(key, **rows):
    return {"sportId": SPORT, "last": 1700, key: [LEAGUE | rows]}


DOCUMENTS = {
    "fixtures": _document("league", events=[EVENT, EVENT | {"id": 8}]),
    "odds": _document("leagues", events=[{"id": 7, "periods": [PERIOD]}, {"id": 8, "periods": [PERIOD]}]),
    "settled": _document("leagues", events=[{"id": 7, "periods": [SETTLED_PERIOD]}]),
    "specials": _document("leagues", specials=[SPECIAL, SPECIAL | {"id": 71}]),
    "special_odds": _document("leagues", specials=[SPECIAL_ODDS, SPECIAL_ODDS | {"id": 71}]),
    "settled_specials": _document("leagues", specials=[SETTLED_SPECIAL]),
    "leagues": {"sportId": SPORT, "leagues": [LEAGUE, {"id": 2, "name": "Spain - La Liga"}]},
}
"""A good response by the kind of its feed."""

DEEP = "[" * 100_000 + "]" * 100_000

ABSURD = [
    "null", "true", "false", "0", "-1", "1", "0.5", "1.0001", "-0.0", "5", "99", "999", "2147483647",
    "2147483648", "4294967296", "9007199254740993", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "18446744073709551616", "-9223372036854775809", "1" + "0" * 400, "1e30", "1e308",
    "1e309", "1e-400", "1e40000000", "-1e40000000", "0e40000000", "0." + "3" * 5000, "9" * 5000, "NaN",
    "Infinity", "-Infinity", '"NaN"', '"sNaN"', '"Infinity"', '"1e40000000"', '"2.5"', '"-5"', '"0x10"',
    '""', '" "', '"abc"', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800"', '"\\u202e<b>"',
    '"' + "a" * 100_000 + '"', '"9999-12-31T23:59:59-05:00"', '"9999-12-31T23:59:59Z"',
    '"0001-01-01T00:00:00Z"', '"0001-01-01T00:00:00+05:00"', '"2026-02-30T12:00:00Z"', '"1e999"', "[]", "{}",
    "[null]", '{"id": null}', '[[{"a": []}]]', DEEP, '{"a":' * 50_000 + "1" + "}" * 50_000,
]  # fmt: skip
"""JSON texts that a field may hold instead of what it should."""

MARK = "\u0001mark"


def paths_of(document, before=()):
    """The path of every field and element of a document, at any depth."""
    if isinstance(document, dict | list):
        for key, value in document.items() if isinstance(document, dict) else enumerate(document):
            yield (*before, key)
            yield from paths_of(value, (*before, key))


def with_text(document, path, text):
    """The document as a body, with this JSON text at the path."""
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = MARK
    body = json.dumps(changed, default=float)
    return body.replace(json.dumps(MARK), text).encode("utf-8", errors="surrogatepass")
