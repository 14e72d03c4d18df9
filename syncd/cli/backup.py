"""`syncd backup` and `syncd restore-backup`: the database as one file, and back."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import holding_lease, load_mode, open_store
from syncd.cli.output import console, print_line
from syncd.config.presets import Endpoint
from syncd.config.settings import Settings
from syncd.runtime.progress import ProgressBar
from syncd.store import backup as backups
from syncd.store import restore
from syncd.store.address import parse
from syncd.store.mode import Mode
from syncd.store.restore import NotEmptyError, Restored
from syncd.views.formatting import counted, moment

PRICING: Final[tuple[Endpoint, ...]] = (
    "odds",
    "special_odds",
    "fixtures",
    "special_fixtures",
    "settled",
    "settled_specials",
)
"""Endpoints with the paces that Pinnacle minds most."""


@click.command(cls=CliCommand)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@pass_command_context
def backup(context: CommandContext, *, path: Path) -> None:
    """Write a backup of the database to FILE, also while syncd runs.

    It is one file of SQLite, of the state at one moment, for your user alone (0600), also if the database is
    PostgreSQL. It contains links, prices, decisions and history, but no credentials.
    """
    settings = context.begin()
    size = run_async(_backup(settings, path))
    print_line(f"{parse(settings.store.url.get_secret_value()).safe} -> {path} ({size / 1e6:,.1f} MB)")


async def _backup(settings: Settings, path: Path) -> int:
    async with ProgressBar(console(stderr=True)) as bar:
        url = settings.store.url.get_secret_value()
        return await backups.back_up(url, path, lambda table: bar.update(f"copying {table}"))


@click.command("restore-backup", cls=CliCommand)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Also if the database is not empty: what it has is lost.")
@pass_command_context
def restore_backup(context: CommandContext, *, path: Path, force: bool) -> None:
    """Put a backup into the database that the config names: SQLite or PostgreSQL, whichever it was made of.

    Stop syncd first. A database that is in use, or that is not empty, is refused. The next start reads all
    predictions at BetTune before it writes; what is missing there counts as gone, and not as deleted by hand.
    """
    context.begin()
    try:
        restored, mode = run_async(_restore(context, path, force=force))
    except NotEmptyError as error:
        raise CommandError(
            f"{error}: name an empty one in store.url, or add --force, and all it has is replaced"
        ) from None
    until = f"; syncd last worked on it {moment(restored.worked_until)}" if restored.worked_until else ""
    print_line(f"{counted(restored.rows, 'row')} put back{until}.")
    if mode is not Mode.RUNNING:
        print_line(f"Its mode is {mode}: `syncd resume` has it write again.", style="yellow")


async def _restore(context: CommandContext, path: Path, *, force: bool) -> tuple[Restored, Mode]:
    async with open_store(context, upgrade=True) as store, ProgressBar(console(stderr=True)) as bar:
        async with holding_lease(context, store) as lease:
            restored = await restore.put_back(
                store,
                lease,
                path,
                pause=_pause(context.settings),
                force=force,
                report=lambda table: bar.update(f"putting back {table}"),
            )
        await restore.look_absent(store, lease)
        return restored, await load_mode(store)


def _pause(settings: Settings) -> timedelta:
    """The longest gap between two requests for prices: as if each had been asked right now."""
    gaps = [settings.pinnacle.pace.gaps(endpoint) for endpoint in PRICING]
    return max(max(gap.snapshot, gap.delta) for gap in gaps)
