"""Check the config beyond what loading it has shown. No request is sent."""

from collections.abc import Iterator

from syncd.config.presets import PRESETS, Pace
from syncd.config.settings import Settings
from syncd.config.values import format_duration
from syncd.views.check.report import Finding, ok, problem, warning
from syncd.views.formatting import counted


def check_config(settings: Settings) -> Iterator[Finding]:
    """Check that there are rules, and that the pace is not faster than the host publishes."""
    if settings.rules:
        yield ok("config", counted(len(settings.rules), "rule"))
    else:
        yield problem(
            "config",
            "it has no rules, so every filter is left alone",
            "add [[rules]] with a filter's name or id",
        )
    yield from _pace(settings)


def _pace(settings: Settings) -> Iterator[Finding]:
    preset = settings.pinnacle.preset
    published, configured = PRESETS[preset].pace, settings.pinnacle.pace
    faster = [
        f"{name} {format_duration(gap)} (preset {format_duration(getattr(published, name))})"
        for name in Pace.model_fields
        if name != "resnapshot" and (gap := getattr(configured, name)) < getattr(published, name)
    ]
    if faster:
        yield warning(
            "pinnacle.pace",
            f"faster than preset {preset}: {', '.join(faster)}",
            "more requests than the host publishes can cost the account",
        )
