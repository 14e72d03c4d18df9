"""`python -m benchmarks.budget`: what each order of writing costs on a day of prices, under some limits.

Everything is in virtual time, and the same for the same seed; only the CPU times are measured. syncd's own
order is the daemon's code: `sync/plan.py`, `sync/queue.py`, `sync/priority.py`, `sync/reads.py`,
`bettune/window.py`.
"""

import argparse
import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.budget.day import HOUR, Day, generate
from benchmarks.budget.meter import Account
from benchmarks.budget.oracle import LOOK_AHEAD_S, Oracle
from benchmarks.budget.orders import FirstInFirstOut, LatestValueOnly, SoonestKickoff, SyncdOrder, WidestGap
from benchmarks.budget.run import Result, run
from syncd.sync.queue import Queue

READ_CHUNK = 100
"""Default of `bettune.search_chunk`."""

SIMPLE = {
    "first in, first out": FirstInFirstOut,
    "latest value only": LatestValueOnly,
    "soonest kick-off": SoonestKickoff,
    "widest gap": WidestGap,
}
SYNCD, ORACLE = "syncd", "oracle"

NEGLIGIBLE_H = 0.001
"""Exposure of four seconds at the widest gap: no order is better or worse by less."""

GOALS = {"exposure": 1.15, "requests": 1.01, "reads": 0.1}
"""Of syncd: exposure by that of the oracle, writes by values needed, reads by budget."""


def results(day: Day, limit: int, end: float) -> Iterator[tuple[str, Result]]:
    """Run every order; the oracle's result is that of the look-ahead with the least exposure."""
    for name, order in SIMPLE.items():
        yield name, run(day, order, limit, end)
    yield SYNCD, run(day, lambda account: SyncdOrder(account, Queue(READ_CHUNK)), limit, end)
    yield (
        ORACLE,
        min(
            (run(day, _oracle(day, seconds), limit, end) for seconds in LOOK_AHEAD_S),
            key=lambda result: result.cost.exposure,
        ),
    )


def _oracle(day: Day, look_ahead_s: float) -> Any:
    def order(account: Account) -> Oracle:
        return Oracle(account, day, look_ahead_s)

    return order


def misses(found: dict[str, Result]) -> list[str]:
    """Return the goals that syncd's order does not reach, in words."""
    own, best = found[SYNCD], found[ORACLE]
    exposure = own.cost.exposure - NEGLIGIBLE_H
    simple = min(found[name].cost.exposure for name in SIMPLE)
    goals = {
        f"exposure over {GOALS['exposure']} x the oracle's": own.cost.exposure
        > GOALS["exposure"] * best.cost.exposure,
        "exposure above that of a simple order": exposure > simple,
        f"writes over {GOALS['requests']} x the values needed": own.writes > GOALS["requests"] * own.needed,
        f"reads over {GOALS['reads']:.0%} of the budget": own.reads > GOALS["reads"] * own.budget,
    }
    return [text for text, is_missed in goals.items() if is_missed]


def table(title: str, found: dict[str, Result]) -> Table:
    """Return the figures of all orders as a table."""
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    shown.add_column("order")
    for heading in (
        "exposure h",
        "x oracle",
        "at risk h",
        "missed h",
        "near h",
        "writes",
        "/ needed",
        "reads",
        "CPU s",
    ):
        shown.add_column(heading, justify="right")
    best = found[ORACLE].cost.exposure
    for name, each in found.items():
        cost = each.cost
        shown.add_row(
            name, f"{cost.exposure:,.3f}", f"{cost.exposure / best:.2f}" if best else "-",
            f"{cost.at_risk:,.3f}", f"{cost.missed:,.1f}", f"{cost.missed_near:,.1f}", f"{each.writes:,}",
            f"{each.writes / max(1, each.needed):.3f}", f"{each.reads / each.budget:.1%}",
            f"{each.cpu_s:.1f}",
        )  # fmt: skip
    return shown


def main() -> None:
    """Print a table for each number of predictions and each limit, or everything as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.budget", description=__doc__)
    parser.add_argument("--predictions", type=int, nargs="+", default=[1500, 6000])
    parser.add_argument("--limits", type=int, nargs="+", default=[10, 30, 60, 300], help="requests a minute")
    parser.add_argument("--hours", type=float, default=24.0, help="only so much of the day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows, console = list[dict[str, Any]](), Console(width=118)
    for predictions in given.predictions:
        day = generate(predictions, given.seed, given.hours)
        for limit in given.limits:
            found = dict(results(day, limit, given.hours * HOUR))
            missed = misses(found)
            rows.append(
                {
                    "predictions": predictions, "limit": limit, "moves": len(day.moves),
                    "goals_missed": missed,
                    "orders": {name: dataclasses.asdict(each) for name, each in found.items()},
                }
            )  # fmt: skip
            if not given.json:
                title = f"{predictions:,} predictions, {len(day.moves):,} moves, {limit} requests a minute"
                console.print(table(title, found), f"\n{'; '.join(missed) or 'every goal is reached'}\n")
    if given.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
