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

```yaml
scrape_configs:                   # of prometheus.yml
  - job_name: syncd
    scrape_interval: 15s
    static_configs: [{targets: ["127.0.0.1:8080"]}]
```

It needs no token, like `/healthz` and `/readyz`: it shows figures, but no prices and no names of matches.
On a loopback address it serves only requests that were sent to a loopback name.
"""

ALERTS = """\
## What to alert on

[deploy/alerts.yml](../deploy/alerts.yml) has the rules for Prometheus,
[deploy/grafana.json](../deploy/grafana.json) a dashboard for Grafana. The one rule that you must have is
`SyncdNotWorking`: no `syncd_working` of 1 for two minutes. Everything else syncd can also say itself, through
`notify.urls`.
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
