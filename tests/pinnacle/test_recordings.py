"""Every recording of the real API can be decoded."""

import json

import pytest

from syncd.pinnacle.decode.events import decode_fixtures, decode_odds, decode_period
from syncd.pinnacle.decode.prices import OddsFormat
from syncd.pinnacle.decode.reference_data import decode_leagues, decode_live_events
from syncd.pinnacle.decode.specials import decode_special_odds, decode_specials
from syncd.pinnacle.errors import BadPayloadError


def recordings(shared_dir, pattern):
    found = sorted((shared_dir / "recordings").rglob(pattern))
    assert found
    return [path for path in found if "special" not in path.name and "frag" not in path.name]


def sport_of(body: bytes) -> int:
    document = json.loads(body)
    return document["sportId"] if document else 0


def test_every_fixtures_response_is_decoded(shared_dir):
    events = 0
    for path in recordings(shared_dir, "*fixtures_[0-9ge]*.json"):
        body = path.read_bytes()
        payload = decode_fixtures(body, sport_id=sport_of(body))
        events += len(payload.items)
        assert not payload.invalid
        assert not payload.unreadable
    assert events > 9_000


def test_every_odds_response_is_decoded(shared_dir):
    prices = 0
    for path in recordings(shared_dir, "*odds_[0-9gen]*.json"):
        odds_format = OddsFormat.DECIMAL if "decimal" in path.name else OddsFormat.AMERICAN
        body = path.read_bytes()
        payload = decode_odds(body, sport_id=sport_of(body))
        assert not payload.invalid
        for raw in payload.items.values():
            period = decode_period(raw.json, odds_format)
            prices += len(period.spreads) + len(period.totals)
    assert prices > 9_000


def test_recorded_american_odds_are_refused_if_decimal_was_requested(shared_dir):
    for path in recordings(shared_dir, "odds_[0-9].json"):
        body = path.read_bytes()
        payload = decode_odds(body, sport_id=sport_of(body))
        assert not payload.invalid
        with pytest.raises(BadPayloadError):
            [decode_period(raw.json) for raw in payload.items.values()]


def test_every_leagues_response_is_decoded(shared_dir):
    for path in recordings(shared_dir, "leagues_*.json"):
        body = path.read_bytes()
        found = decode_leagues(body, sport_id=json.loads(body).get("sportId", 29))
        assert all(league.name for league in found.leagues)
        assert not found.unreadable


def test_special_odds_are_decoded(shared_dir):
    for path in (shared_dir / "recordings").rglob("*special*.json"):
        body = path.read_bytes()
        payload = decode_specials(body, sport_id=sport_of(body))
        odds = [decode_special_odds(raw, OddsFormat.AMERICAN) for raw in payload.items.values()]
        assert odds
        assert all(line.price > 1 for each in odds for line in each.lines)


def test_a_live_event_is_decoded(shared_dir):
    (path,) = (shared_dir / "recordings").rglob("*inrunning*.json")
    assert [(each.state, each.elapsed) for each in decode_live_events(path.read_bytes())] == [(3, 23)]
