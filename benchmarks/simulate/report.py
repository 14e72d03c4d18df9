"""What a run has shown: broken promises, and figures as a table or JSON."""

import json
from typing import Any

from benchmarks.simulate.clock import START_S
from benchmarks.simulate.meter import Episode
from benchmarks.simulate.simulation import DAY_S, Simulation

USUAL_BOUND_S = 180.0
"""Longest exposure without any fault: one pace of Pinnacle's, and the time that the writes need."""


def broken_promises(simulation: Simulation) -> list[str]:
    """What should not have happened, in words; empty if every promise was kept."""
    return [
        *(f"exposed {_about(each)}" for each in simulation.meter.episodes if each.seconds > USUAL_BOUND_S),
        *(f"{_when(each.at)} {each.rule} {each.text}" for each in simulation.meter.wrong_writes),
        *_limits(simulation),
        *_deaths(simulation),
    ]


def _limits(simulation: Simulation) -> list[str]:
    box = simulation.sandbox
    found = [each for each in box.pinnacle.request_log.violations if each.rule == "too_early"]
    found += [each for each in box.bettune.request_log.violations if each.rule == "rate_limit"]
    return [f"{each.at:%d %H:%M:%S} {each.rule} {each.path} {each.detail}" for each in found]


def _deaths(simulation: Simulation) -> list[str]:
    return [
        f"{_when(death.at)} {machine.name} died: {death.text}"
        for machine in simulation.machines
        for death in machine.deaths
        if not death.expected
    ]


def figures(simulation: Simulation) -> dict[str, Any]:
    """The figures of the run, for JSON."""
    meter = simulation.meter
    days = simulation.passed.total_seconds() / DAY_S
    return {
        "seed": simulation.plan.seed,
        "days": simulation.plan.days,
        "log": simulation.journal.digest,
        "log_lines": simulation.journal.count,
        "writes": meter.writes,
        "coverage": round(sum(meter.coverage) / max(1, len(meter.coverage)), 4),
        "episodes": len(meter.episodes),
        "worst_exposure_s": round(max((each.seconds for each in meter.episodes), default=0.0), 1),
        "starts": sum(machine.starts for machine in simulation.machines),
        "seconds_per_day": round(simulation.took_s / days, 1) if days else None,
        "broken": broken_promises(simulation),
    }


def show(simulation: Simulation, *, as_json: bool) -> None:
    """Print the figures."""
    found = figures(simulation)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    broken = found.pop("broken")
    for name, value in found.items():
        print(f"{name:18} {value}")
    for text in broken:
        print(f"BROKEN: {text}")


def _about(episode: Episode) -> str:
    return (
        f"{episode.seconds:.0f} s from {_when(episode.since)}: {episode.pair} at {episode.odds}, "
        f"should be {episode.wanted}"
    )


def _when(seconds: float) -> str:
    day, rest = divmod(seconds - START_S, DAY_S)
    return f"day {day:.0f} {rest // 3600:02.0f}:{rest % 3600 // 60:02.0f}:{rest % 60:02.0f}"
