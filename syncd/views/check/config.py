"""What the config says that cannot be right, or is worth a word: nobody is asked."""

from collections.abc import Iterator

from syncd.config.presets import PRESETS, Pace
from syncd.config.settings import Settings
from syncd.config.values import format_duration
from syncd.views.check.report import Finding, ok, problem, warning


def check_config(settings: Settings) -> Iterator[Finding]:
    """Beyond what loading it has shown."""
    if settings.rules:
        yield ok("config", f"{len(settings.rules)} {'rule' if len(settings.rules) == 1 else 'rules'}")
    else:
        yield problem(
            "config",
            "it has no rules, so every filter is left alone",
            "add [[rules]] with a filter's name or id",
        )
    yield from _pace(settings)


def _pace(settings: Settings) -> Iterator[Finding]:
    preset = settings.pinnacle.preset
    allowed, own = PRESETS[preset].pace, settings.pinnacle.pace
    faster = [
        f"{name} {format_duration(getattr(own, name))} (preset {format_duration(getattr(allowed, name))})"
        for name in Pace.model_fields
        if name != "resnapshot" and getattr(own, name) < getattr(allowed, name)
    ]
    if faster:
        yield warning(
            "pinnacle.pace",
            f"faster than preset {preset}: {', '.join(faster)}",
            "asking more often than the host publishes can cost the account",
        )
