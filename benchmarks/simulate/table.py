"""The table of docs/reliability.md: the worst exposure that each kind of fault has cost."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.simulate.fault_kinds import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGINS, ENDS = "<!-- simulated: begins -->\n", "<!-- simulated: ends -->\n"


def write_table(results: Iterable[dict[str, Any]]) -> None:
    """Replace the table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGINS)
    after = rest.split(ENDS)[1]
    PAGE.write_text(f"{before}{BEGINS}{table(list(results))}{ENDS}{after}", encoding="utf-8")


def table(results: list[dict[str, Any]]) -> str:
    """The table as Markdown: kinds in the order in which they are defined."""
    rows = _merged(results)
    seeds = sorted({each["seed"] for each in results})
    days, faults = sum(each["days"] for each in results), sum(each["faults"] for each in results)
    span = f"{seeds[0]} to {seeds[-1]}" if seeds else "none"
    lines = [
        f"Measured in {days:.0f} simulated days with {faults} faults, {len(seeds)} seeds ({span}):",
        "",
        "| fault | times | worst exposure, s | allowed, s |",
        "| --- | ---: | ---: | ---: |",
        *(_line(name, rows.get(name)) for name in _names(rows)),
        "",
    ]
    return "\n".join(lines)


def _names(rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name in KINDS:
        yield name
        yield from sorted(each for each in rows if each.startswith(f"{name}, "))


def _merged(results: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for row in (row for each in results for row in each["kinds"]):
        known = rows.setdefault(row["fault"], {"times": 0, "worst_s": 0, "allowed_s": 0})
        known["times"] += row["times"]
        known["worst_s"] = max(known["worst_s"], row["worst_s"])
        known["allowed_s"] = max(known["allowed_s"], row["allowed_s"])
    return rows


def _line(name: str, row: dict[str, Any] | None) -> str:
    if row is None:
        return f"| {name} | 0 | | |"
    return f"| {name} | {row['times']} | {row['worst_s']} | {row['allowed_s']} |"
