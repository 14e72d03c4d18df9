"""`syncd completion SHELL`: has a shell complete commands, options, filters and matches."""

import os
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta

import click
from click.shell_completion import CompletionItem, get_completion_class

from syncd.cli.command import CliCommand
from syncd.cli.context import CommandContext, run_async
from syncd.cli.options import CONFIG_META_KEY
from syncd.config.settings import Settings
from syncd.runtime.printable import one_line
from syncd.store import catalogue
from syncd.store.address import parse
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store

VARIABLE = "_SYNCD_COMPLETE"
"""The environment variable by which the script of a shell asks `syncd` for completions."""

SHELLS = ("bash", "zsh", "fish")

MOST = 60
"""Completions that are offered at a time."""

STARTED_BEFORE = timedelta(hours=3)
"""Matches that began since are offered too: people ask what happened."""

Load = Callable[[AsyncConnection, Settings, Store], Awaitable[Iterable[str]]]


@click.command(cls=CliCommand)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes commands, options, and the names of filters and matches.

    In bash put the line `eval "$(syncd completion bash)"` into ~/.bashrc; in zsh the same with zsh into
    ~/.zshrc. In fish: `syncd completion fish > ~/.config/fish/completions/syncd.fish`.
    """
    group, kind = click.get_current_context().find_root().command, get_completion_class(shell)
    if kind:
        click.echo(kind(group, {}, "syncd", VARIABLE).source())


def complete_filter(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the names of BetTune's filters."""

    async def names(conn: AsyncConnection, _: Settings, __: Store) -> Iterable[str]:
        return [each.name for each in (await catalogue.listed_filters(conn)).values()]

    return _offered(context, incomplete, names)


def complete_match(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the matches from today to the horizon, as `Home v Away`."""

    async def names(conn: AsyncConnection, settings: Settings, store: Store) -> Iterable[str]:
        now = store.clock.now()
        found = await catalogue.matches_between(conn, now - STARTED_BEFORE, now + settings.bettune.horizon)
        by_time = sorted(found.values(), key=lambda each: each.date)
        return [f"{each.home.name} v {each.away.name}" for each in by_time]

    return _offered(context, incomplete, names)


def _offered(context: click.Context, incomplete: str, load: Load) -> list[CompletionItem]:
    """Load names from the store, and return those that begin so. Nothing if anything goes wrong."""
    names: Iterable[str] = ()
    with suppress(Exception):  # a shell shows no error while somebody types
        names = run_async(_loaded(CommandContext(context.meta.get(CONFIG_META_KEY)), load))
    fitting = [name for name in names if name.casefold().startswith(incomplete.casefold())]
    return [CompletionItem(_for_shell(one_line(name))) for name in fitting[:MOST]]


async def _loaded(command: CommandContext, load: Load) -> Iterable[str]:
    url = command.settings.store.url.get_secret_value()
    if parse(url).is_missing:  # to open it would create it
        return ()
    async with await Store.open(url, command.clock) as store, store.read() as conn:
        return await load(conn, command.settings, store)


def _for_shell(name: str) -> str:
    """Escape a name for bash, which inserts it as it is; the others quote it themselves."""
    if not os.environ.get(VARIABLE, "").startswith("bash"):
        return name
    return "".join(f"\\{char}" if char in " \t'\"\\$`&|;<>()[]*?!#~{}" else char for char in name)
