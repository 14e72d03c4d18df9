from datetime import UTC, datetime, timedelta

from syncd.config.settings import Settings
from syncd.model.feed import FeedState
from syncd.sync.freshness import conditions

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SETTINGS = Settings.of({"safety": {"stale_after": "10m"}})


def stale(fixtures: timedelta, odds: timedelta) -> str:
    states = [
        FeedState(kind="fixtures", sport_id=29, path="/v1/fixtures", ok_at=NOW - fixtures),
        FeedState(kind="odds", sport_id=29, path="/v2/odds", ok_at=NOW - odds),
    ]
    return conditions(states, SETTINGS, NOW)[29].stale


def test_prices_are_as_stale_as_the_older_of_fixtures_and_odds():
    minutes = timedelta(minutes=1)
    assert not stale(9 * minutes, 1 * minutes)
    assert stale(11 * minutes, 1 * minutes)
    assert stale(1 * minutes, 11 * minutes)


def test_the_age_of_a_response_from_the_future_is_unknown():
    assert stale(timedelta(0), -timedelta(hours=1))
    assert not stale(timedelta(0), -timedelta(seconds=5))


def test_a_feed_that_never_responded_is_stale():
    assert conditions([], SETTINGS, NOW)[29].stale
