"""Figures beside their goals, as every benchmark prints them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass
class Figures:
    """The rows of a table: what was measured, the goal, the result, a remark."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: float, unit: str, goal: float | None = None, more: str = "") -> None:
        """Add a figure that should be at most its goal."""
        verdict = "" if goal is None else ("ok" if measured <= goal else "OVER")
        goal_text = "" if goal is None else f"{goal:g} {unit}"
        self.rows.append((what, goal_text, f"{number(measured)} {unit}", f"{verdict} {more}".strip()))

    def count(self, what: str, number: int, more: str = "") -> None:
        """Add a count."""
        self.rows.append((what, "", f"{number:,}", more))

    def at_least(self, what: str, measured: float, unit: str, goal: float, more: str = "") -> None:
        """Add a figure that should be at least its goal."""
        verdict = "ok" if measured >= goal else "UNDER"
        self.rows.append(
            (what, f">= {goal:g} {unit}", f"{number(measured)} {unit}", f"{verdict} {more}".strip())
        )

    def show(self) -> None:
        """Print the table."""
        table = Table(title=self.title, title_justify="left", box=None, pad_edge=False, header_style="bold")
        for heading in ("", ">goal", ">measured", ""):
            table.add_column(heading.removeprefix(">"), justify="right" if heading[:1] == ">" else "left")
        for row in self.rows:
            table.add_row(*row)
        Console(width=118).print(table)


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
