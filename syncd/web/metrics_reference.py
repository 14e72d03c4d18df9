"""The page on metrics, made from the table of metrics: `python -m syncd.web.metrics_reference`."""

from collections.abc import Mapping
from pathlib import Path

from syncd.web.metrics import COUNTERS, GAUGES, HISTOGRAMS, MetricDefinition

TARGET = Path("docs/metrics.md")

INTRODUCTION = """\
# Metrics

<!-- Made by `python -m syncd.web.metrics_reference` from syncd/web/metrics.py; change it there. -->

`/metrics` speaks the Prometheus text format, and OpenMetrics if the scraper accepts it. A value that is
not known at present is missing, not 0. In addition there are the usual `process_*` metrics of memory,
processor time and open files.

It needs no token, like `/healthz` and `/readyz`: it shows figures, but no prices and no names of matches.
On a loopback address it serves only requests that were sent to a loopback name.
"""

ALERTS = """\
## What to alert on

| condition | meaning |
| --- | --- |
| `max by (sport) (syncd_feed_stale) == 1` | Pinnacle was silent for too long: that sport is withdrawn |
| `syncd_alert_age_seconds{notify="true"} > 60` | a user has to act; the label `subject` says on what |
| `sum(syncd_working) < 1` | no daemon works |
| `syncd_bettune_response_age_seconds > 900` | BetTune is away, or refuses the token |
| `syncd_changes_withheld > 0` for 10 minutes | prices look wrong, and are withheld |
| `syncd_queue_changes{kind="raise"} > 20` for 5 minutes | the request budget is too small for what changes |
"""


def reference() -> str:
    """Make the page."""
    tables = {"Gauges": GAUGES, "Counters": COUNTERS, "Histograms": HISTOGRAMS}
    return "\n".join([INTRODUCTION, *(_table(*each) for each in tables.items()), ALERTS])


def _table(title: str, metrics: Mapping[str, MetricDefinition]) -> str:
    rows = [
        f"| `{name}` | {', '.join(f'`{label}`' for label in metric.labels)} | {metric.help} |"
        for name, metric in metrics.items()
    ]
    return "\n".join([f"## {title}", "", "| name | labels | meaning |", "| --- | --- | --- |", *rows, ""])


def main() -> None:
    """Write the page into the working copy."""
    TARGET.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
