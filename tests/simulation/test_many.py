"""Hundreds of days: which runs there are, and what is said of one that fails."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from benchmarks.simulate import many
from benchmarks.simulate.many import Days, Run, new_runs, report


def result(log: str = "1", broken: tuple[str, ...] = ()) -> dict[str, Any]:
    sums = ("days", "faults", "writes", "claims_of_the_log", "episodes", "starts", "deaths")
    return {"log": log, "broken": list(broken), "worst_exposure_s": 0, "cpu_s_per_day": 0} | dict.fromkeys(
        sums, 1
    )


def days_of(
    monkeypatch: pytest.MonkeyPatch, outcome: Callable[[str], dict[str, Any]], *runs: Run, jobs: int = 2
) -> Days:
    """Run them; `outcome` is what a run comes to."""

    def simulate(options: str, path: Path) -> NoReturn:
        try:
            path.write_text(json.dumps(outcome(options)))
        finally:
            os._exit(0)

    monkeypatch.setattr(many, "_simulate", simulate)
    days = Days(iter(runs))
    days.work(jobs)
    return days


def test_the_new_runs_are_the_same_each_time_and_have_the_days_that_were_asked_for():
    runs = list(new_runs(20_000, 200))
    assert runs == list(new_runs(20_000, 200))
    once = [run for run in runs if not run.again]
    assert 200 <= sum(run.days for run in once) < 203
    assert len({run.options for run in once}) == len(once)
    assert {run.options for run in runs if run.again} < {run.options for run in once}
    for variant in ("--guard", "--daemons 2", "--leagues 2", "--pace default", "--faults none"):
        assert any(variant in run.options for run in once)


def test_a_seed_that_is_known_to_fail_is_left_out(monkeypatch):
    first = next(new_runs(20_000, 200))
    monkeypatch.setitem(many.OPEN, first.options, "why")
    assert first not in list(new_runs(20_000, 200))


def test_a_run_that_fails_is_printed_with_the_command_that_repeats_it(monkeypatch, capsys):
    def outcome(options: str) -> dict[str, Any]:
        return result(broken=("exposed for long",) if "2" in options else ())

    days = days_of(monkeypatch, outcome, Run("--seed 1", 1), Run("--seed 2", 1), Run("--seed 3", 1))
    assert dict(days.broken) == {"--seed 2": 1}
    assert len(days.results) == 3
    assert "python -m benchmarks.simulate --seed 2: exposed for long" in capsys.readouterr().out
    report(days)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"again, with Python {python}: python -m benchmarks.simulate --seed 2" in capsys.readouterr().out


def test_a_run_that_ends_without_a_result_fails(monkeypatch, capsys):
    days = days_of(monkeypatch, lambda _: {"not": {1, 2}}, Run("--seed 1", 1))
    assert dict(days.broken) == {"--seed 1": 1}
    assert "without a result" in capsys.readouterr().out


def test_a_run_that_comes_to_something_else_the_second_time_fails(monkeypatch):
    runs = Run("--seed 1", 1), Run("--seed 1", 1, again=True)
    same = days_of(monkeypatch, lambda _: result("same"), *runs, jobs=1)
    assert not same.broken
    other = days_of(monkeypatch, lambda _: result(str(os.getpid())), *runs, jobs=1)
    assert dict(other.broken) == {"--seed 1": 1}


def test_what_no_time_was_left_for_is_said(monkeypatch, capsys):
    monkeypatch.setattr(
        many, "_simulate", lambda _, path: os._exit(path.write_text(json.dumps(result())) * 0)
    )
    time = iter([0.0, 0.0, 0.0, 0.0] + [60 * 10 - many.LAST_RUN_S] * 1000)
    monkeypatch.setattr(many.time, "monotonic", lambda: next(time))
    days = Days(iter([Run("--seed 1", 2), Run("--seed 2", 1), Run("--seed 2", 1, again=True)]), minutes=10)
    days.work(1)
    report(days)
    assert len(days.results) == 1
    assert "no time for 2 more, of 1 days" in capsys.readouterr().out


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_runs_of_one_seed_are_compared_whichever_ends_first(tmp_path, order):
    days = Days(iter(()))
    runs = Run("--seed 1", 1), Run("--seed 1", 1, again=True)
    for number in order:
        path = tmp_path / str(number)
        path.write_text(json.dumps(result(str(number))))
        days._take(runs[number], path)
    assert dict(days.broken) == {"--seed 1": 1}
    assert [each["log"] for each in days.results] == ["0"]
