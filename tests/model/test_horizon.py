from datetime import UTC, date, datetime, timedelta

from syncd.model.horizon import horizon

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_horizon_of_three_days_is_today_and_three_more():
    here = horizon(NOON, timedelta(days=3))
    assert here.days == [date(2026, 5, day) for day in (1, 2, 3, 4)]
    assert (here.start, here.end) == (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC))


def test_a_horizon_of_hours_ends_with_the_day_they_reach():
    assert horizon(NOON, timedelta(hours=6)).days == [date(2026, 5, 1)]
    assert horizon(NOON, timedelta(hours=36)).last == date(2026, 5, 3)
