"""syncd beside the plain script (benchmarks/script.py) and beside floors, as ratios of the same run.

`python -m benchmarks.bench_script [--json] [--seconds 20] [LOAD ...]`. Each load has the same world, the same
changes and fresh servers for both; both poll the odds each second. *Reaction* is from the moment that
Pinnacle's answer with a change leaves to the arrival of the PUT; *latency* is from the change itself. Only
ratios of one run mean anything: other work on the machine slows both.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.daemon import daemon, environment, write_config
from benchmarks.football import Football
from benchmarks.servers import Servers, serving
from benchmarks.table import number, percentile
from syncd.sync.writer import MAX_PARALLEL_REQUESTS

FILTERS = {
    "Pinnacle Home": "Home", "Pinnacle Draw": "Draw", "Pinnacle Away": "Away",
    "Pinnacle Over": "Over 2.5", "Pinnacle Under": "Under 2.5",
}  # fmt: skip
ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
Figures = dict[str, float]


@dataclass(frozen=True)
class Load:
    """So many matches with all filters; so many of their prices change each second."""

    matches: int
    changes: float
    round_trip_s: float = 0.0


LOADS = {"60 x 5": Load(60, 5), "60 x 5, 80 ms": Load(60, 5, 0.08), "800 x 5": Load(800, 150)}


def world_of(load: Load) -> Football:
    """The first so many matches that can be linked, and nothing else."""
    world = Football(datetime.now(UTC).replace(microsecond=0))
    world.linkable = world.linkable[: load.matches]
    events = {event.id for event in world.linkable}
    matches = {world.match_of[event] for event in events}
    world.events = {key: event for key, event in world.events.items() if key in events}
    world.matches = {key: match for key, match in world.matches.items() if key in matches}
    return world


async def changes(world: Football, servers: Servers, load: Load, seconds: float) -> Figures:
    """Change prices for so long. Returns reaction and latency in milliseconds."""
    dice, made = random.Random(7), dict[int, float]()
    account = servers.bettune.account
    seen, began = len(account.writes), time.monotonic()
    reactions, latencies = list[float](), list[float]()
    done = 0
    while (now := time.monotonic()) < began + seconds + 5:
        while now < began + seconds and done < (now - began) * load.changes:
            event = dice.choice(world.linkable)
            world.tick(event)
            made.setdefault(world.match_of[event.id], time.monotonic())
            done += 1
        for write in account.writes[seen:]:
            if (since := made.pop(write.pair.match_id, None)) is not None:
                latencies.append(1000 * (write.seconds - since))
                answers = (each.at for each in servers.responses if each.at > since and each.size)
                reactions.append(1000 * (write.seconds - min(answers, default=since)))
        seen = len(account.writes)
        await asyncio.sleep(0.005)
    return {
        "reaction p50, ms": percentile(reactions, 0.5),
        "reaction p95, ms": percentile(reactions, 0.95),
        "latency p95, ms": percentile(latencies, 0.95),
    }


def cpu_s(pid: int) -> float:
    """Processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Its resident memory now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@asynccontextmanager
async def script(servers: Servers, log: Path) -> AsyncIterator[int]:
    """Run the script. Yields its process id."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.script",
            "--pinnacle", servers.pinnacle_url, "--bettune", servers.bettune_url,
            stdout=asyncio.subprocess.DEVNULL, stderr=errors, cwd=ROOT, env=environment(),
        )  # fmt: skip
        try:
            yield process.pid
        finally:
            process.kill()
            await process.wait()


async def observe(pid: int, world: Football, servers: Servers, load: Load, seconds: float) -> Figures:
    """Fill, idle, change: the same for both."""
    began = time.monotonic()
    puts = await servers.until_quiet(began, 3.0)
    found = {
        "first PUT, s": puts[0] - began,
        "first fill, s": puts[-1] - began,
        "predictions": float(len(puts)),
    }
    found["memory after the fill, MB"] = memory_mb(pid)
    before, spent = len(servers.bettune.account.writes), cpu_s(pid)
    found |= await changes(world, servers, load, seconds)
    calls = len(servers.bettune.account.writes) - before
    if load.changes >= 100:  # else the polls cost more than the calls
        found["CPU per BetTune call, ms"] = 1000 * (cpu_s(pid) - spent) / max(1, calls)
    found["memory under load, MB"] = memory_mb(pid)
    return found


async def measure(load: Load, name: str, seconds: float) -> dict[str, Figures]:
    """Run both against one load each."""
    results = dict[str, Figures]()
    for who in ("script", "syncd"):
        world = world_of(load)
        with tempfile.TemporaryDirectory(prefix="syncd-bench-") as place:
            folder = Path(place)
            async with serving(world, FILTERS, pace=1.0, round_trip_s=load.round_trip_s) as servers:
                log = folder / "log"
                if who == "script":
                    async with script(servers, log) as pid:
                        results[who] = await observe(pid, world, servers, load, seconds)
                    continue
                config = write_config(folder, servers, f"sqlite:///{folder / 'syncd.db'}", pace="1s")
                began = time.monotonic()
                async with daemon(config, log) as process:
                    results[who] = await observe(process.pid, world, servers, load, seconds)
                    polled = [each["at"] for each in process.reports if each["kind"] == "polled"]
                    results[who]["exec to first poll, s"] = polled[0] - began
                    results[who]["longest turn, ms"] = process.longest_turn(began).own_ms
                results[who] |= commands(config)
    return results


def commands(config: Path) -> Figures:
    """Seconds that commands take on this database, by the clock and of a processor: the best of three."""
    found = Figures()
    for name in ("status", "matches"):
        tries = [_takes(name, config) for _ in range(3)]
        found[f"syncd {name}, s"] = min(clock for clock, _ in tries)
        found[f"syncd {name}, CPU s"] = min(cpu for _, cpu in tries)
    return found


def _takes(command: str, config: Path) -> tuple[float, float]:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "syncd", command, "--config", str(config)],
        cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PUT_MS, PUT_CPU_MS = "a PUT by bare aiohttp, server included, ms", "a PUT by bare aiohttp, CPU ms"


async def floors(predictions: int = 300) -> Figures:
    """What nothing can beat: PUTs by bare aiohttp, one after the other; SQLite's prepared insert.

    The servers run in this process, so the CPU of a PUT includes theirs.
    """
    world = world_of(LOADS["60 x 5"])
    async with serving(world, FILTERS, pace=0.0) as servers:
        url, auth = servers.bettune_url, {"Authorization": "Bearer demo-token"}
        match = world.match_of[world.linkable[0].id]
        filter_id = servers.bettune.account.filters[0].id
        began, spent = time.monotonic(), time.process_time()
        async with aiohttp.ClientSession(headers=auth) as session:
            for odds in range(predictions):
                path = f"{url}/prediction-filters/{filter_id}/matches/{match}/prediction"
                async with session.put(path, json={"odds": 2 + odds / 1000}) as response:
                    await response.read()
        put_ms = 1000 * (time.monotonic() - began) / predictions
        cpu_ms = 1000 * (time.process_time() - spent) / predictions
    return {PUT_MS: put_ms, PUT_CPU_MS: cpu_ms, "a prepared insert, CPU ms": insert_ms()}


def floor_of(what: str, load: Load, own: Figures, known: Figures) -> float | None:
    """The floor of a figure of syncd's; None if nobody knows one."""
    trip_ms = 1000 * load.round_trip_s
    at_once = MAX_PARALLEL_REQUESTS if load.round_trip_s else 1
    return {
        "reaction p50, ms": known[PUT_MS] + trip_ms,
        "reaction p95, ms": known[PUT_MS] + trip_ms,
        "first fill, s": own["predictions"] * (known[PUT_MS] + trip_ms / at_once) / 1000,
        "CPU per BetTune call, ms": known[PUT_CPU_MS],
    }.get(what)


def insert_ms(rows: int = 5000) -> float:
    """Processor time of one row in one transaction of many."""
    with sqlite3.connect(":memory:") as conn:
        conn.execute("CREATE TABLE writes (id INTEGER PRIMARY KEY, pair TEXT, odds TEXT, at REAL)")
        began = time.process_time()
        values = ((number, "11580/1611243", "2.150000", 1.5) for number in range(rows))
        conn.executemany("INSERT INTO writes VALUES (?, ?, ?, ?)", values)
        return 1000 * (time.process_time() - began) / rows


def table(name: str, found: dict[str, Figures], known: Figures) -> Table:
    """Both, and the ratios of syncd to the script and to the floor."""
    shown = Table(title=name, title_justify="left", box=None, pad_edge=False, header_style="bold")
    shown.add_column("")
    for heading in ("floor", "script", "syncd", "x floor", "x script"):
        shown.add_column(heading, justify="right")
    for what, value in found["syncd"].items():
        other = found["script"].get(what)
        floor = floor_of(what, LOADS[name], found["syncd"], known)
        shown.add_row(
            what,
            "" if floor is None else number(floor),
            "" if other is None else number(other),
            number(value),
            f"{value / floor:.2f} x" if floor else "",
            f"{value / other:.2f} x" if other else "",
        )
    return shown


async def main() -> None:
    """Measure the loads that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_script", description=__doc__)
    parser.add_argument("loads", nargs="*", metavar="LOAD", help=f"some of: {'; '.join(LOADS)}")
    parser.add_argument("--seconds", type=float, default=20.0, help="of changes for each load")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {"floors": await floors()}
    for name in given.loads or LOADS:
        found[name] = await measure(LOADS[name], name, given.seconds)
        if not given.json:
            Console(width=118).print(table(name, found[name], found["floors"]), "")
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        print("floors:", ", ".join(f"{what}: {value:.3g}" for what, value in found["floors"].items()))


if __name__ == "__main__":
    asyncio.run(main())
