"""`syncd db`: the tables of the database."""

import click

from syncd.cli.command import CliGroup
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.output import print_line
from syncd.store import migrate
from syncd.store.address import parse
from syncd.store.revision import HEAD_REVISION, RevisionState

STATE_TEXTS = {
    RevisionState.EMPTY: "empty: `syncd db upgrade` creates the tables; `syncd run` does so by itself",
    RevisionState.BEHIND: (
        f"behind {HEAD_REVISION}: `syncd db upgrade` brings it up to date, and so does `syncd run`"
    ),
    RevisionState.HEAD: "up to date",
    RevisionState.AHEAD: (
        f"newer than {HEAD_REVISION}, the newest that this syncd knows: install the syncd that wrote it"
    ),
    RevisionState.FOREIGN: "not syncd's: point [store] url to a database of its own",
}


@click.group(cls=CliGroup)
def db() -> None:
    """Upgrade the database's tables, or show their revision."""


@db.command()
@pass_command_context
def upgrade(context: CommandContext) -> None:
    """Create the tables, or bring older ones up to date.

    Several upgrades may be started at once: one works, the others wait for it. A newer database is refused
    and left as it is.
    """
    context.begin()
    url = context.settings.store.url.get_secret_value()
    done = run_async(migrate.upgrade(url))
    where = parse(url).safe
    if done.before == done.after:
        print_line(f"{where} is up to date (revision {done.after})")
    else:
        print_line(f"{where}: {done.before or 'empty'} -> {done.after}")


@db.command()
@pass_command_context
def current(context: CommandContext) -> None:
    """Show the revision of the tables.

    It also says whether this syncd can work with it, and what to run if not. Exit status 1 if it never can.
    """
    context.begin()
    url = context.settings.store.url.get_secret_value()
    state, revision = run_async(migrate.current_revision(url))
    prefix = f"revision {revision}, " if revision else ""
    print_line(f"{parse(url).safe}: {prefix}{STATE_TEXTS[state]}")
    if state in (RevisionState.AHEAD, RevisionState.FOREIGN):
        raise click.exceptions.Exit(1)
