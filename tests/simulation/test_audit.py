"""The audit: each thing that a run must fail on is found."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from benchmarks.simulate.audit import NOTICED_WITHIN_S, TRUSTED_AFTER_S, Audit
from benchmarks.simulate.memory import MemoryGrowth
from syncd.model.bettune import Pair
from syncd.simulator.bettune_account import ReceivedWrite, SimulatedPrediction

PAIR = Pair(11_583, 1_611_000)
AT = datetime(2026, 3, 14, tzinfo=UTC)
OURS = SimulatedPrediction(id=1, pair=PAIR, odds=Decimal(2), source="api", created_at=AT, updated_at=AT)
BY_HAND = replace(OURS, source="ui")


class World:
    def __init__(self) -> None:
        self.now = 10_000.0
        self.odds: Decimal | None = None
        self.ready_since: float | None = None
        self.audit = Audit(lambda: self.now, lambda _: self.odds, lambda: self.ready_since)

    def write(
        self, before: SimulatedPrediction | None, after: SimulatedPrediction | None, author: str = "syncd0.1"
    ) -> None:
        write = ReceivedWrite(at=AT, seconds=self.now, pair=PAIR, before=before, after=after)
        self.audit.wrote(write, author)

    def say(self, after: str | None) -> None:
        fields = {"filter_id": PAIR.filter_id, "match_id": PAIR.match_id, "after": after}
        self.audit.said("prediction_written", "info", fields)

    @property
    def rules(self) -> list[str]:
        return [each.rule for each in self.audit.wrong]


@pytest.fixture
def world() -> World:
    return World()


def test_a_guard_that_deletes_beside_a_ready_daemon_fights(world):
    world.ready_since = world.now - TRUSTED_AFTER_S / 2
    world.write(OURS, None, "guard.1")
    assert world.rules == []
    world.now += TRUSTED_AFTER_S
    world.write(OURS, None, "guard.1")
    assert world.rules == ["guard_fights"]


def test_a_daemon_may_delete_whenever_it_likes(world):
    world.ready_since = 0.0
    world.write(OURS, None)
    assert world.rules == []


def test_a_prediction_made_by_hand_is_overwritten_only_unnoticed(world):
    world.audit.edited(PAIR)
    world.now += NOTICED_WITHIN_S + 1
    world.write(BY_HAND, OURS)
    assert world.rules == ["by_hand"]


def test_a_prediction_deleted_by_hand_is_not_made_again(world):
    world.audit.edited(PAIR)
    world.now += NOTICED_WITHIN_S + 1
    world.write(None, OURS)
    assert world.rules == ["revived"]


def test_without_its_database_nobody_remembers_what_was_deleted(world):
    world.audit.edited(PAIR)
    world.audit.forget_edits()
    world.now += NOTICED_WITHIN_S + 1
    world.write(None, OURS)
    assert world.rules == []


def test_the_log_may_only_report_what_happened(world):
    world.write(None, OURS)
    world.odds = OURS.odds
    world.say("2.000000")
    assert world.rules == []
    world.say(None)
    assert world.rules == ["untrue"]


def grown(each_six_hours: int, days: int, *processes: str) -> list[str]:
    """What is said of processes that keep so many objects more each six hours."""
    growth, kept = MemoryGrowth(), []
    for number in range(4 * days + 1):
        process = processes[number * len(processes) // (4 * days + 1)]
        growth.note(number * 6 * 3600.0, (process,))
        kept += [[] for _ in range(each_six_hours)]
    return [text.split(" had")[0] for text in growth.growth()]


def test_memory_that_grows_while_the_same_processes_run_is_found():
    assert grown(1000, 3, "syncd0.1") == ["memory grows: syncd0.1"]
    assert grown(360, 5, "syncd0.1") == ["memory grows: syncd0.1"]


def test_a_little_more_each_day_is_no_growth():
    assert grown(100, 30, "syncd0.1") == []


def test_a_table_that_is_loaded_once_is_no_growth():
    growth, kept = MemoryGrowth(), []
    for number in range(9):
        growth.note(number * 6 * 3600.0, ("syncd0.1",))
        kept += [[] for _ in range(20_000 if number == 5 else 100)]
    assert list(growth.growth()) == []


def test_other_processes_are_no_growth():
    assert grown(800, 3, "syncd0.1", "syncd0.2") == []
