"""Options that every command takes."""

from pathlib import Path
from typing import Any

import click

CONFIG = "syncd.config"
"""Where the chosen file is kept while a command runs."""


def config_option() -> click.Option:
    """`--config FILE`, before or after the command's name; the last one wins."""
    return click.Option(
        ["--config"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        expose_value=False,
        is_eager=True,
        callback=_remember,
        help="The config file. [default: $SYNCD_CONFIG, else config/syncd.toml]",
    )


def _remember(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    if value is not None:
        ctx.meta[CONFIG] = value


as_json = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")
