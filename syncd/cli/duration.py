"""The type of options that are a span of time."""

from datetime import timedelta
from typing import Any

import click

from syncd.config.values import BadValueError, parse_duration


class Duration(click.ParamType[timedelta]):
    """A span such as `60s` or `2m`; a plain number counts seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Parse it, or fail with what is expected."""
        try:
            span = parse_duration(f"{value}s" if str(value).isdecimal() else value)
        except BadValueError:
            span = timedelta(0)
        if span <= timedelta(0):
            self.fail(f"{value!r} is no duration such as 60s or 2m", param, ctx)
        return span
