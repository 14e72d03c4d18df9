from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind
from syncd.sync.priority import OVER, is_over, money_at_risk, priority

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def raise_(percent: int, *, minutes: float = 60) -> Change:
    return Change(
        kind=Kind.RAISE,
        pair=Pair(1, 1),
        before=Decimal(2),
        after=Decimal(2) + Decimal(percent) / 50,
        cause=Cause.PRICED,
        kickoff=NOW + timedelta(minutes=minutes),
    )


def delete(cause: Cause = Cause.EVENT_HALTED, *, minutes: float = 60) -> Change:
    return replace(raise_(1, minutes=minutes), kind=Kind.DELETE, after=None, cause=cause)


def test_what_has_kicked_off_comes_after_what_can_still_be_bet_on():
    assert priority(raise_(1, minutes=5000), NOW) < priority(delete(minutes=0), NOW)
    assert priority(raise_(1, minutes=5000), NOW) < priority(raise_(90, minutes=-1), NOW)


@pytest.mark.parametrize("cause", sorted(OVER))
def test_deletes_of_what_is_over_come_last_among_the_urgent(cause: Cause):
    over = delete(cause, minutes=600)
    assert priority(raise_(1), NOW) < priority(over, NOW) < priority(replace(raise_(1), kind=Kind.LOWER), NOW)


def test_a_delete_outweighs_a_raise_of_the_same_match():
    assert priority(delete(), NOW) < priority(raise_(99), NOW)


def test_the_wider_gap_goes_first_however_far_its_kick_off_is():
    assert priority(raise_(50, minutes=3 * 24 * 60), NOW) < priority(raise_(5, minutes=2), NOW)


def test_between_gaps_of_nearly_one_size_the_kick_off_decides():
    assert priority(raise_(12, minutes=2), NOW) < priority(raise_(13, minutes=3 * 24 * 60), NOW)


def test_what_is_not_known_is_taken_for_urgent():
    unknown = replace(delete(), kickoff=None, before=None)
    assert money_at_risk(unknown, NOW) == 1


MINUTES, PERCENT = st.floats(0.1, 10_000), st.integers(0, 200)


@given(PERCENT, MINUTES, MINUTES)
def test_of_equal_gaps_the_closer_the_kick_off_the_sooner(percent: int, one: float, other: float):
    near, far = sorted((one, other))
    assert priority(raise_(percent, minutes=near), NOW) <= priority(raise_(percent, minutes=far), NOW)


@given(PERCENT, PERCENT, MINUTES)
def test_the_larger_the_gap_the_sooner(one: int, other: int, minutes: float):
    small, large = sorted((one, other))
    assert money_at_risk(raise_(large, minutes=minutes), NOW) >= money_at_risk(
        raise_(small, minutes=minutes), NOW
    )


CHANGES = st.builds(
    Change,
    kind=st.sampled_from(Kind),
    pair=st.builds(Pair, st.integers(1, 3), st.integers(1, 3)),
    before=st.none() | st.decimals("1.01", "1000", places=2),
    after=st.none() | st.decimals("1.01", "1000", places=2),
    cause=st.sampled_from(Cause),
    kickoff=st.none() | st.datetimes(datetime(2026, 4, 1), datetime(2026, 6, 1), timezones=st.just(UTC)),
)


@given(st.lists(CHANGES, max_size=9))
def test_what_is_over_is_never_before_what_is_not(changes: list[Change]):
    urgent = sorted((each for each in changes if each.kind.urgent), key=lambda each: priority(each, NOW))
    over = [is_over(each, NOW) for each in urgent]
    assert over == sorted(over)


@given(CHANGES)
def test_the_risk_is_between_nothing_and_everything(change: Change):
    assert 0 <= money_at_risk(change, NOW) <= 1
    assert (priority(change, NOW).rank < 2) == change.kind.urgent
