"""What a run has shown: broken promises, and figures for each kind of fault, as a table or JSON."""

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.simulate.clock import EPOCH, START_S
from benchmarks.simulate.meter import Episode
from benchmarks.simulate.schedule import Fault, allowed, near_to
from benchmarks.simulate.simulation import DAY_S, Simulation

BACK_WITHIN_S = 600.0
"""After the aftermath of a fault, and a pace: a snapshot and the catalogue have come again."""

SEEING = 0.7
"""The smallest share of the wanted predictions that is there on a day without faults."""


def broken_promises(simulation: Simulation) -> list[str]:
    """What should not have happened, in words; empty if every promise was kept."""
    return [
        *_exposures(simulation),
        *(f"{_when(each.at)} {each.rule}: {each.text}" for each in simulation.meter.wrong_writes),
        *(f"{_when(each.at)} {each.rule}: {each.text}" for each in simulation.audit.wrong),
        *(f"{_when(at)} an unforeseen error: {text}" for at, text in simulation.journal.errors),
        *(f"the page: {text}" for text in simulation.page_errors),
        *simulation.memory.growth(),
        *_limits(simulation),
        *_blindness(simulation),
        *_deaths(simulation),
    ]


def _exposures(simulation: Simulation) -> Iterator[str]:
    for each in simulation.meter.episodes:
        bound = _bound(simulation, each)
        if each.seconds > bound:
            faults = near_to(each, simulation.started, simulation.faults)
            yield f"{_about(each)} ({bound:.0f} s are allowed: {_names(faults) or 'no fault'})"


def _bound(simulation: Simulation, episode: Episode) -> float:
    return allowed(episode, simulation.started, simulation.faults, simulation.setup)


def _limits(simulation: Simulation) -> list[str]:
    box = simulation.sandbox
    found = [each for each in box.pinnacle.request_log.violations if each.rule == "too_early"]
    found += [each for each in box.bettune.request_log.violations if each.rule == "rate_limit"]
    return [
        f"{each.at:%d %H:%M:%S} {each.rule}: {each.path} {each.detail}"
        for each in found
        if not _nobody_knew(simulation, (each.at - EPOCH).total_seconds() + START_S - simulation.started)
    ]


def _nobody_knew(simulation: Simulation, since: float) -> bool:
    """Return whether the daemon works with a new database, which knows of no request."""
    lost = (fault.ends for fault in simulation.faults if fault.kind.forgets)
    return any(at <= since <= at + simulation.setup.pace.snapshot_s for at in lost)


def _blindness(simulation: Simulation) -> Iterator[str]:
    """Long after every fault most of the wanted predictions should be there again."""
    for at, share in simulation.meter.coverage:
        within = BACK_WITHIN_S + simulation.setup.pace.feeds_s
        since = at - simulation.started - within
        quiet = since > 0 and not any(f.touches(since, since + within) for f in simulation.faults)
        if quiet and share < SEEING:
            yield f"{_when(at)} blind: only {share:.0%} of the wanted predictions are there"


def _deaths(simulation: Simulation) -> list[str]:
    return [
        f"{_when(death.at)} {machine.name} died: {death.text}"
        for machine in (*simulation.machines, *filter(None, [simulation.guard]))
        for death in machine.deaths
    ]


def by_kind(simulation: Simulation) -> list[dict[str, Any]]:
    """For each kind of fault: how often, the worst exposure near it, what is allowed, deaths."""
    kinds = dict.fromkeys(fault.kind.name for fault in simulation.faults)
    return [_row(simulation, name) for name in kinds]


def _row(simulation: Simulation, name: str) -> dict[str, Any]:
    faults = [fault for fault in simulation.faults if fault.kind.name == name]
    # Of an exposure near faults of several kinds nobody knows whose it is.
    near = [each for each in simulation.meter.episodes if near_to(each, simulation.started, faults)]
    alone = [
        each
        for each in near
        if {f.kind.name for f in near_to(each, simulation.started, simulation.faults)} == {name}
    ]
    over = [each for each in near if each.seconds > _bound(simulation, each)]
    deaths = [
        death
        for machine in simulation.machines
        for death in machine.deaths
        if any(f.touches(death.at - simulation.started, death.at - simulation.started) for f in faults)
    ]
    return {
        "fault": name + _besides(simulation, faults[0]),
        "times": len(faults),
        "worst_s": round(max((each.seconds for each in alone), default=0.0)),
        "allowed_s": round(
            simulation.setup.pace.usual_s + max(fault.extra(simulation.setup) for fault in faults)
        ),
        "over": len(over),
        "deaths": len(deaths),
    }


def _besides(simulation: Simulation, fault: Fault) -> str:
    """Name what takes the predictions back in place of the daemon, where that makes a difference."""
    if not fault.kind.guarded:
        return ""
    setup = simulation.setup
    return ", second daemon" if setup.daemons > 1 else ", guard" if setup.guarded else ""


def figures(simulation: Simulation) -> dict[str, Any]:
    """The figures of the run, for JSON."""
    meter = simulation.meter
    days = simulation.passed.total_seconds() / DAY_S
    return {
        "seed": simulation.plan.seed,
        "days": simulation.plan.days,
        "log": simulation.journal.digest,
        "log_lines": simulation.journal.count,
        "faults": len(simulation.faults),
        "writes": meter.writes,
        "claims_of_the_log": simulation.audit.claims,
        "coverage": round(sum(share for _, share in meter.coverage) / max(1, len(meter.coverage)), 4),
        "episodes": len(meter.episodes),
        "worst_exposure_s": round(max((each.seconds for each in meter.episodes), default=0.0), 1),
        "objects_grown": simulation.memory.most,
        "starts": sum(machine.starts for machine in simulation.machines),
        "deaths": sum(len(machine.deaths) for machine in simulation.machines),
        "errors": len(simulation.journal.errors),
        "cpu_s_per_day": round(simulation.took_s / days, 1) if days else None,
        "kinds": by_kind(simulation),
        "notes": notes(simulation),
        "broken": broken_promises(simulation),
    }


def show(simulation: Simulation, *, as_json: bool) -> None:
    """Print the figures."""
    found = figures(simulation)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    broken, kinds, remarks = (found.pop(name) for name in ("broken", "kinds", "notes"))
    for name, value in found.items():
        print(f"{name:18} {value}")
    if kinds:
        print(f"\n{'fault':28} {'times':>5} {'worst s':>8} {'allowed':>8} {'over':>5} {'deaths':>6}")
    for row in kinds:
        print(
            f"{row['fault']:28} {row['times']:5} {row['worst_s']:8} {row['allowed_s']:8} "
            f"{row['over'] or '':>5} {row['deaths'] or '':>6}"
        )
    for text in remarks:
        print(f"NOTE: {text}")
    for text in broken:
        print(f"BROKEN: {text}")


def notes(simulation: Simulation) -> list[str]:
    """Errors of the daemon's own that it has survived; each text once, with the faults of that moment."""
    found: dict[str, str] = {}
    for at, text in simulation.journal.errors:
        since = at - simulation.started
        near = [fault for fault in simulation.faults if fault.touches(since, since)]
        found.setdefault(text, f"{_when(at)} {text} ({_names(near) or 'no fault'})")
    return list(found.values())


def _names(faults: list[Fault]) -> str:
    return ", ".join(str(fault) for fault in faults)


def _about(episode: Episode) -> str:
    return (
        f"{_when(episode.since)} exposed for {episode.seconds:.0f} s: "
        f"{tuple(episode.pair)} at {episode.odds}, should be {episode.wanted}"
    )


def _when(seconds: float) -> str:
    day, rest = divmod(seconds - START_S, DAY_S)
    return f"day {day:.0f} {rest // 3600:02.0f}:{rest % 3600 // 60:02.0f}:{rest % 60:02.0f}"
