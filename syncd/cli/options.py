"""Options that several commands share."""

from pathlib import Path
from typing import Any

import click

CONFIG_META_KEY = "syncd.config"
"""The key in click's `Context.meta` under which the chosen file is kept."""


def config_option() -> click.Option:
    """Make the option `--config FILE`: before or after the command's name; the last one wins."""
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
        ctx.meta[CONFIG_META_KEY] = value


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document, for programs.")
