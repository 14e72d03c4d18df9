"""`python -m benchmarks.simulate --seed 7 --days 30`: days of everything in one process, on virtual time.

The same seed gives the same log, whose hash is printed. Exits 1 if a promise is broken.
"""

import os
import sys
from contextlib import ExitStack
from typing import Any, TextIO

import click

from benchmarks.simulate.paces import PACES
from benchmarks.simulate.report import broken_promises, show
from benchmarks.simulate.simulation import Plan, Simulation


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--days", default=1.0, show_default=True)
@click.option("--leagues", default=2, show_default=True, help="Four or five games a day each.")
@click.option("--pace", default="patient", show_default=True, type=click.Choice(list(PACES)))
@click.option("--daemons", default=1, show_default=True, help="One works, the others stand by.")
@click.option("--guard", is_flag=True, help="`syncd guard` watches.")
@click.option("--faults", default="*", show_default=True, help="Kinds, as globs; `none`: no faults.")
@click.option("--only", default="", help="Of the faults drawn only these numbers: to shrink a failure.")
@click.option("--log", "log_path", type=click.Path(), help="Write every line of the log to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of a table.")
def main(*, log_path: str | None, as_json: bool, **options: Any) -> None:
    """Simulate days of syncd, Pinnacle and BetTune."""
    with ExitStack() as stack:
        log: TextIO | None = None
        if log_path:
            log = stack.enter_context(open(log_path, "w", encoding="utf-8", errors="backslashreplace"))
        simulation = Simulation(plan_of(**options), log=log)
        simulation.run()
    show(simulation, as_json=as_json)
    broken = bool(broken_promises(simulation))
    if broken:
        click.echo(again(" ".join(sys.argv[1:])), err=True)
    sys.stdout.flush()
    os._exit(broken)  # what was killed must not be tidied up by the interpreter


def again(options: str) -> str:
    """The command that repeats a run. `asyncio` takes other steps in each version of Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"again, with Python {version}: python -m benchmarks.simulate {options}"


def plan_of(
    *,
    seed: int,
    days: float,
    leagues: int,
    pace: str,
    daemons: int,
    guard: bool,
    faults: str,
    only: str,
    **_: object,
) -> Plan:
    """The plan that these options describe."""
    return Plan(
        seed=seed,
        days=days,
        leagues=leagues,
        pace=pace,
        machines=daemons,
        guard=guard,
        faults=() if faults == "none" else tuple(faults.split(",")),
        only=frozenset(int(number) for number in only.split(",") if number),
    )


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets of texts depends on it
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.simulate", *sys.argv[1:]])
    main()
