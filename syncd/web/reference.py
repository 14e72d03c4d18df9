"""The page on metrics, made from the table of figures: `python -m syncd.web.reference`."""

from collections.abc import Mapping
from pathlib import Path

from syncd.web.figures import COUNTERS, GAUGES, Meaning

TARGET = Path("docs/metrics.md")

INTRODUCTION = """\
# Metrics

<!-- Made by `python -m syncd.web.reference` from syncd/web/figures.py; change it there. -->

`/metrics` speaks the Prometheus text format, and OpenMetrics where the scraper asks for it. A figure
that is not known at present is missing, not 0. Beside those below there are the usual `process_*`
figures of memory, processor time and open files.

It needs no token, as `/healthz` and `/readyz` need none: it tells figures, no prices and no names of
matches. On a loopback address it answers only requests that were sent to a loopback name.
"""

ALERTS = """\
## What to be alerted about

| when | what it means |
| --- | --- |
| `max by (sport) (syncd_feed_stale) == 1` | Pinnacle was silent for too long: that sport is withdrawn |
| `syncd_trouble_age_seconds{loud="true"} > 60` | a person has to do something; the label tells what about |
| `sum(syncd_working) < 1` | no daemon works |
| `syncd_bettune_answer_age_seconds > 900` | BetTune is away, or refuses the token |
| `syncd_held > 0` for 10 minutes | prices look wrong, and are held back |
| `syncd_queue_changes{kind="raise"} > 20` for 5 minutes | the request budget is too small for what changes |
"""


def reference() -> str:
    """The page."""
    return "\n".join([INTRODUCTION, _table("Gauges", GAUGES), _table("Counters", COUNTERS), ALERTS])


def _table(title: str, meanings: Mapping[str, Meaning]) -> str:
    rows = [
        f"| `{name}` | {', '.join(f'`{label}`' for label in meaning.labels)} | {meaning.help} |"
        for name, meaning in meanings.items()
    ]
    return "\n".join([f"## {title}", "", "| name | labels | meaning |", "| --- | --- | --- |", *rows, ""])


def main() -> None:
    """Write the page into the working copy."""
    TARGET.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
