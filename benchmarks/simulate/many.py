"""`python -m benchmarks.simulate.many`: hundreds of simulated days, several runs at a time.

First the seeds that once failed, then new ones in a fixed order: with and without guard, second daemon,
second league, the default pace and faults. Some run twice, which must come to the same. Exits 1 if a
promise is broken, with the command that repeats it.
"""

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import click

from benchmarks.simulate.__main__ import again, plan_of
from benchmarks.simulate.__main__ import main as simulate
from benchmarks.simulate.report import figures
from benchmarks.simulate.seeds import FAILED, OPEN
from benchmarks.simulate.simulation import Simulation
from benchmarks.simulate.table import write_table

FIRST_SEED = 20_000

VARIANTS = (
    (2.0, "--leagues 1"),
    (2.0, "--leagues 1 --guard"),
    (1.0, "--leagues 1 --daemons 2"),
    (2.0, "--leagues 2"),
    (2.0, "--leagues 1 --guard"),
    (1.0, "--leagues 1 --daemons 2 --guard"),
    (0.5, "--leagues 1 --guard --pace default"),
    (2.0, "--leagues 1 --faults none"),
)
"""Days and options of the new seeds, in turn."""

TWICE_EVERY = 32
"""Of so many seeds one runs a second time."""

SHOWN = 10
"""Broken promises of one run that are shown."""

LAST_RUN_S = 90.0
"""No run is begun when less than this is left."""

LOOK_EVERY_S = 0.1

Result = dict[str, Any]


class Run(NamedTuple):
    """One run: its options as on the command line, and how many days it takes."""

    options: str
    days: float
    again: bool = False
    """Whether it ran before, and must come to the same."""


def new_runs(first: int, days: float) -> Iterator[Run]:
    """Runs of new seeds, from `first` on, until they have so many days together."""
    left = days
    for seed in count(first):
        if left <= 0:
            return
        length, variant = VARIANTS[seed % len(VARIANTS)]
        options = f"--seed {seed} --days {length:g} {variant}"
        if options not in OPEN:
            yield Run(options, length)
            left -= length
            if seed % TWICE_EVERY == 1:
                yield Run(options, length, again=True)


def known_runs() -> Iterator[Run]:
    """Runs of the seeds that once failed."""
    for options, _ in FAILED:
        yield Run(options, 0.0)


class Days:
    """Runs one after the other, several at a time, each in a process of its own."""

    def __init__(
        self, runs: Iterator[Run], *, minutes: float | None = None, keep: Path | None = None
    ) -> None:
        self._runs = runs
        self._keep = keep
        self._ends = None if minutes is None else time.monotonic() + 60 * minutes
        self._folder = Path(tempfile.mkdtemp(prefix="syncd-days-"))
        self._running: dict[int, Run] = {}
        self._logs: dict[str, str] = {}
        self.results: list[Result] = []
        self.broken: Counter[str] = Counter()
        """How many promises were broken, by the options of the run."""
        self.cut_short = 0
        self.not_begun: list[Run] = []
        """Runs for which no time was left."""

    def work(self, jobs: int) -> None:
        """Run all, or until the time is over."""
        gc.freeze()  # what is imported by now is shared by all processes
        try:
            while self._fill(jobs) or self._running:
                self._collect()
                time.sleep(LOOK_EVERY_S)
            self.not_begun = list(self._runs)
        finally:
            for pid in self._running:
                os.kill(pid, signal.SIGKILL)
            shutil.rmtree(self._folder, ignore_errors=True)

    def _left_s(self) -> float:
        return float("inf") if self._ends is None else self._ends - time.monotonic()

    def _fill(self, jobs: int) -> bool:
        """Start what can be started; return whether anything was."""
        started = False
        while len(self._running) < jobs and self._left_s() > LAST_RUN_S:
            run = next(self._runs, None)
            if run is None:
                break
            started = True
            pid = os.fork()
            if pid == 0:
                _simulate(run.options, self._folder / f"{os.getpid()}")
            self._running[pid] = run
        return started

    def _collect(self) -> None:
        for pid, run in list(self._running.items()):
            if self._left_s() <= 0:
                os.kill(pid, signal.SIGKILL)
            ended, _ = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._running[pid]
                self._take(run, self._folder / f"{pid}")

    def _take(self, run: Run, path: Path) -> None:
        if self._left_s() <= 0:
            self.cut_short += 1
            return
        try:
            result: Result = json.loads(path.read_text()) | {"options": run.options}
        except (OSError, json.JSONDecodeError):
            self._blame(run.options, [f"the run ended without a result: {_text_of(path)}"])
            return
        self._compare(run.options, result["log"])
        if run.again:
            return
        self.results.append(result)
        self._blame(run.options, result["broken"])
        if self._keep:
            (self._keep / f"{run.options.replace(' ', '')}.json").write_text(json.dumps(result))

    def _compare(self, options: str, log: str) -> None:
        """Compare a run with the other one of the same options, whichever has ended first."""
        other = self._logs.setdefault(options, log)
        if log != other:
            self._blame(options, [f"the log was {other}, and then {log}"])

    def _blame(self, options: str, texts: list[str]) -> None:
        if texts:
            self.broken[options] += len(texts)
        for text in texts[:SHOWN]:
            print(f"BROKEN: python -m benchmarks.simulate {options}: {text}", flush=True)


def _simulate(options: str, path: Path) -> None:
    """Run in this process, which was forked for it, and write the figures. Never returns."""
    try:
        simulation = Simulation(plan_of(**simulate.make_context("simulate", options.split()).params))
        simulation.run()
        path.write_text(json.dumps(figures(simulation)))
    except BaseException:  # noqa: BLE001 - the parent shows it
        path.write_text(traceback.format_exc())
    os._exit(0)  # what was killed must not be tidied up by the interpreter


def _text_of(path: Path) -> str:
    return path.read_text()[-2000:] if path.exists() else "it was killed"


def report(days: Days) -> None:
    """Print the figures of all runs together."""
    sums: Counter[str] = Counter()
    for each in days.results:
        for name in ("days", "faults", "writes", "claims_of_the_log", "episodes", "starts", "deaths"):
            sums[name] += each[name]
    worst = max((each["worst_exposure_s"] for each in days.results), default=0.0)
    cpu = sum(each["cpu_s_per_day"] * each["days"] for each in days.results) / max(1.0, sums["days"])
    print(
        f"simulated {sums['days']:.0f} days in {len(days.results)} runs{_left(days)}: "
        f"{sums['faults']:.0f} faults, {sums['starts']:.0f} starts, {sums['deaths']:.0f} deaths, "
        f"{sums['writes']:.0f} writes; {len(days.broken)} runs broke a promise; "
        f"worst exposure {worst:.0f} s; {cpu:.1f} s of CPU a day"
    )
    for options in days.broken:
        print(again(options))
    for options, reason in OPEN.items():
        print(f"left out: {options}: {reason}")


def _left(days: Days) -> str:
    cut_short = f", {days.cut_short} cut short" if days.cut_short else ""
    if not days.not_begun:
        return cut_short
    of_new = sum(run.days for run in days.not_begun if not run.again)
    return f"{cut_short}; no time for {len(days.not_begun)} more, of {of_new:g} days"


@click.command()
@click.option("--days", "total", default=200.0, show_default=True, help="Of new seeds, together.")
@click.option("--minutes", type=float, help="Stop then, and say how many days were not run.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True)
@click.option("--known", is_flag=True, help="Only the seeds that once failed.")
@click.option("--first", default=FIRST_SEED, show_default=True, help="The first of the new seeds.")
@click.option("--keep", type=click.Path(path_type=Path), help="Write the figures of every run there.")
@click.option("--table", is_flag=True, help="Write the table in docs/reliability.md from all that is kept.")
def main(
    *, total: float, minutes: float | None, jobs: int, known: bool, first: int, keep: Path | None, table: bool
) -> None:
    """Run hundreds of simulated days."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    runs = [*known_runs(), *(() if known else new_runs(first, total))]
    days = Days(iter(runs), minutes=minutes, keep=keep)
    days.work(jobs)
    report(days)
    if table:
        kept = sorted(keep.glob("*.json")) if keep else []
        write_table([json.loads(path.read_text()) for path in kept] or days.results)
    sys.exit(bool(days.broken) or not days.results)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # as a single run does
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.simulate.many", *sys.argv[1:]])
    main()
