"""`python -m benchmarks.simulate.many --minutes 8`: as many simulated days as fit, several at a time.

First the seeds that once failed, then new ones in a fixed order, with and without guard and second daemon.
Some run twice, which must come to the same. Exits 1 if a promise is broken, with the command that repeats it.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import click

from benchmarks.simulate.seeds import FAILED
from benchmarks.simulate.table import write_table

FIRST_SEED = 10_000
TWICE_EVERY = 8
"""Of so many seeds one runs a second time."""

SHOWN = 10
"""Broken promises of one run that are shown."""

LAST_RUN_S = 90.0
"""No run is begun when less than this is left."""

Result = dict[str, Any]


def options_of(seed: int) -> str:
    """The options of a new seed: one daemon alone, one with a guard, or two, in turn."""
    variants = ("", " --guard", " --daemons 2", " --daemons 2 --guard")
    return f"--seed {seed} --days 1 --leagues {1 + seed // 4 % 2}{variants[seed % len(variants)]}"


def plans(first: int | None) -> Iterator[tuple[str, bool]]:
    """Options, and whether they run twice: of the known seeds, then of new ones from `first` on."""
    for options, _ in FAILED:
        yield options, False
    for seed in () if first is None else count(first):
        yield options_of(seed), seed % TWICE_EVERY == 1


class Days:
    """Runs plans one after the other, several at a time, until the time is over."""

    def __init__(self, *, minutes: float, first: int | None, keep: Path | None = None) -> None:
        self._keep = keep
        self.ends = time.monotonic() + 60 * minutes
        self.results: list[Result] = []
        self.broken: list[str] = []
        self.cut_short = 0
        self._plans = plans(first)

    async def work(self) -> None:
        """Run plans until the time is over."""
        while time.monotonic() + LAST_RUN_S < self.ends:
            options, twice = next(self._plans, ("", False))
            if not options:
                return
            first = await self._run(options)
            second = await self._run(options) if first and twice else first
            if first and second and first["log"] != second["log"]:
                self._blame(options, [f"the log was {first['log']}, and then {second['log']}"])

    async def _run(self, options: str) -> Result | None:
        command = [sys.executable, "-m", "benchmarks.simulate", *options.split(), "--json"]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(max(1.0, self.ends - time.monotonic())):
                out, err = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            self.cut_short += 1
            return None
        try:
            result: Result = json.loads(out) | {"options": options}
        except json.JSONDecodeError:
            self._blame(options, [err.decode(errors="replace")[-2000:]])
            return None
        self.results.append(result)
        self._blame(options, result["broken"])
        if self._keep:
            (self._keep / f"{options.replace(' ', '')}.json").write_text(json.dumps(result))
        return result

    def _blame(self, options: str, texts: list[str]) -> None:
        self.broken += texts
        for text in texts[:SHOWN]:
            print(f"BROKEN: python -m benchmarks.simulate {options}: {text}", flush=True)


def report(days: Days) -> None:
    """Print the figures of all runs together."""
    sums: Counter[str] = Counter()
    for each in days.results:
        for name in ("days", "faults", "writes", "claims_of_the_log", "episodes", "starts", "deaths"):
            sums[name] += each[name]
    worst = max((each["worst_exposure_s"] for each in days.results), default=0.0)
    cpu = sorted(each["cpu_s_per_day"] for each in days.results)
    print(
        f"simulated {sums['days']:.1f} days in {len(days.results)} runs ({days.cut_short} cut short): "
        f"{sums['faults']:.0f} faults, {sums['starts']:.0f} starts, {sums['deaths']:.0f} deaths, "
        f"{sums['writes']:.0f} writes, {sums['claims_of_the_log']:.0f} claims of the log; "
        f"worst exposure {worst:.0f} s; {cpu[len(cpu) // 2] if cpu else 0:.0f} s of CPU a day"
    )


async def run(days: Days, jobs: int) -> None:
    """Run several plans at a time."""
    await asyncio.gather(*(days.work() for _ in range(jobs)))


@click.command()
@click.option("--minutes", default=8.0, show_default=True)
@click.option("--jobs", default=min(2, os.cpu_count() or 1), show_default=True)
@click.option("--known", is_flag=True, help="Only the seeds that once failed.")
@click.option("--first", default=FIRST_SEED, show_default=True, help="The first of the new seeds.")
@click.option("--keep", type=click.Path(path_type=Path), help="Write the figures of every run there.")
@click.option("--table", is_flag=True, help="Write the table in docs/reliability.md from all that is kept.")
def main(*, minutes: float, jobs: int, known: bool, first: int, keep: Path | None, table: bool) -> None:
    """Run as many simulated days as fit."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    days = Days(minutes=minutes, first=None if known else first, keep=keep)
    asyncio.run(run(days, jobs))
    report(days)
    if table:
        kept = sorted(keep.glob("*.json")) if keep else []
        write_table([json.loads(path.read_text()) for path in kept] or days.results)
    sys.exit(bool(days.broken) or not days.results)


if __name__ == "__main__":
    main()
