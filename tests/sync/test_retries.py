from datetime import UTC, datetime, timedelta

from syncd.model.bettune import Pair
from syncd.sync.retries import (
    FORGOTTEN_AFTER,
    LASTING,
    LONGEST_REFUSAL_PAUSE,
    SHARE_OF_BUDGET,
    STILL_TRIED,
    Retries,
    spacing,
)

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
ONE, OTHER = Pair(1, 1), Pair(1, 2)


def test_a_pair_is_tried_again_within_seconds_and_then_ever_more_slowly():
    retries, now, pauses = Retries(LONGEST_REFUSAL_PAUSE), T0, []
    for _ in range(9):
        until = retries.failed(ONE, now)
        pauses.append((until - now).total_seconds())
        now = until
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert retries.failed(OTHER, now) == now + timedelta(seconds=1)


def test_a_success_ends_it():
    retries = Retries(LONGEST_REFUSAL_PAUSE)
    retries.failed(ONE, T0)
    assert (bool(retries), retries.attempts(ONE)) == (True, 1)
    retries.succeeded(ONE)
    assert (bool(retries), retries.attempts(ONE)) == (False, 0)


def test_what_lasts_is_reported_as_long_as_it_is_tried():
    retries = Retries(LONGEST_REFUSAL_PAUSE)
    retries.failed(ONE, T0)
    retries.failed(OTHER, T0 + LASTING)
    assert retries.lasting(T0 + LASTING) == [ONE]
    assert retries.lasting(T0 + LASTING + STILL_TRIED) == [OTHER]
    assert retries.lasting(T0 + 2 * LASTING + STILL_TRIED) == []


def test_a_failure_of_long_ago_is_not_one_in_a_row():
    retries = Retries(LONGEST_REFUSAL_PAUSE)
    retries.failed(OTHER, retries.failed(ONE, T0) + FORGOTTEN_AFTER)
    assert (retries.attempts(ONE), retries.attempts(OTHER)) == (0, 1)


def test_many_pairs_together_use_a_share_of_the_budget():
    retries, limit, minute = Retries(LONGEST_REFUSAL_PAUSE), 60, timedelta(minutes=1)
    due, tries = {Pair(1, number): T0 for number in range(200)}, []
    for _ in range(2000):
        pair = min(due, key=lambda each: due[each])
        tries.append(due[pair])
        due[pair] = retries.failed(pair, due[pair], spacing(limit, minute))
    after = T0 + timedelta(hours=1)
    in_ten_minutes = sum(after <= each < after + 10 * minute for each in tries)
    assert 0 < in_ten_minutes <= 10 * limit * SHARE_OF_BUDGET
    assert len(retries.lasting(tries[-1])) == 200
