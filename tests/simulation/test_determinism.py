"""The simulation: the same seed does the same, and an ordinary day keeps every promise."""

import pytest

from benchmarks.simulate.report import broken_promises, figures
from benchmarks.simulate.simulation import Plan, Simulation

ORDINARY = {"seed": 7, "days": 0.035, "leagues": 1}


def run(**plan: object) -> Simulation:
    simulation = Simulation(Plan(**plan))  # type: ignore[arg-type]
    simulation.run()
    return simulation


@pytest.fixture(scope="module")
def ordinary() -> Simulation:
    return run(**ORDINARY)


@pytest.mark.timeout(300)
def test_one_seed_does_the_same_twice_and_another_one_something_else(ordinary: Simulation) -> None:
    again, other = run(**ORDINARY), run(**ORDINARY | {"seed": 4})

    assert ordinary.journal.count > 20
    assert list(ordinary.journal.lines) == list(again.journal.lines)
    assert ordinary.journal.digest == again.journal.digest
    assert other.journal.digest != ordinary.journal.digest


@pytest.mark.timeout(300)
def test_without_faults_every_promise_is_kept_and_every_prediction_is_there(ordinary: Simulation) -> None:
    assert broken_promises(ordinary) == []
    found = figures(ordinary)
    assert found["writes"] > 10
    assert max(share for _, share in ordinary.meter.coverage) == 1.0


@pytest.mark.timeout(300)
def test_kills_freezes_and_a_second_daemon_are_the_same_twice_too() -> None:
    plan = {
        "seed": 5,
        "days": 0.04,
        "leagues": 1,
        "machines": 2,
        "faults": ("process.kill", "process.freeze"),
    }
    first, second = run(**plan), run(**plan)

    assert first.faults
    assert first.journal.digest == second.journal.digest
    assert broken_promises(first) == []
