"""`syncd db`: the database's tables."""

import click

from syncd.cli.command import Group
from syncd.cli.context import App, finish, pass_app
from syncd.cli.output import say
from syncd.store import migrate
from syncd.store.address import parse
from syncd.store.revision import HEAD, State

WORDS = {
    State.EMPTY: "empty: `syncd db upgrade` creates the tables; `syncd run` does so by itself",
    State.BEHIND: f"behind {HEAD}: `syncd db upgrade` brings it up to date; `syncd run` does so by itself",
    State.HEAD: "up to date",
    State.AHEAD: f"newer than {HEAD}, the newest that this syncd knows: install the syncd that wrote it",
    State.FOREIGN: "not syncd's: point [store] url to a database of its own",
}


@click.group(cls=Group)
def db() -> None:
    """The database's tables: upgrade them, tell their revision."""


@db.command()
@pass_app
def upgrade(app: App) -> None:
    """Create the tables, or bring older ones up to date.

    Any number of upgrades may be started at once: one works, the others wait for it. A newer database is
    refused and left as it is.
    """
    app.begin()
    url = app.settings.store.url.get_secret_value()
    done = finish(migrate.upgrade(url))
    where = parse(url).safe
    if done.before == done.after:
        say(f"{where} is up to date (revision {done.after})")
    else:
        say(f"{where}: {done.before or 'empty'} -> {done.after}")


@db.command()
@pass_app
def current(app: App) -> None:
    """Tell the revision of the tables, and whether this syncd can work with it."""
    app.begin()
    url = app.settings.store.url.get_secret_value()
    state, revision = finish(migrate.current(url))
    found = f"revision {revision}, " if revision else ""
    say(f"{parse(url).safe}: {found}{WORDS[state]}")
