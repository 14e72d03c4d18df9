"""`syncd link`, `unlink` and `reject`: a person's word about links, which beats everything."""

from collections.abc import Awaitable, Callable

import click

from syncd.cli.command import Command, Failure
from syncd.cli.context import App, finish, pass_app
from syncd.cli.database import open_store
from syncd.cli.output import say
from syncd.cli.wait import CommandStatus, wait_until_done
from syncd.linking import decisions
from syncd.linking.decisions import DecisionError, DecisionResult
from syncd.store.engine import Store
from syncd.store.schema import HIGHEST_ID

ID = click.IntRange(1, HIGHEST_ID)

event = click.argument("event", type=ID)
match = click.argument("match", type=ID)


@click.command(cls=Command)
@event
@match
@click.option(
    "--force", is_flag=True, help="Even if the match is another event's, or home and away are swapped."
)
@pass_app
def link(app: App, *, event: int, match: int, force: bool) -> None:
    """Say that Pinnacle's EVENT and BetTune's MATCH are the same game. Both are told by their ids."""
    _keep(app, lambda store: decisions.link(store, event, match, force=force))


@click.command(cls=Command)
@event
@pass_app
def unlink(app: App, *, event: int) -> None:
    """Take the link of Pinnacle's EVENT away, for good; its predictions are withdrawn."""
    _keep(app, lambda store: decisions.unlink(store, event))


@click.command(cls=Command)
@event
@match
@click.option("--undo", is_flag=True, help="Take the rejection back: the linker decides again.")
@pass_app
def reject(app: App, *, event: int, match: int, undo: bool) -> None:
    """Say that Pinnacle's EVENT and BetTune's MATCH are not the same game."""
    say_so = decisions.unreject if undo else decisions.reject
    _keep(app, lambda store: say_so(store, event, match))


def _keep(app: App, utter: Callable[[Store], Awaitable[DecisionResult]]) -> None:
    app.begin()
    try:
        said, status = finish(_kept(app, utter))
    except DecisionError as error:
        raise Failure(str(error)) from None
    for sentence in said.sentences:
        say(sentence)
    if status is not None:
        say(status)


async def _kept(
    app: App, utter: Callable[[Store], Awaitable[DecisionResult]]
) -> tuple[DecisionResult, CommandStatus | None]:
    async with open_store(app) as store:
        said = await utter(store)
        done = None if said.command_id is None else await wait_until_done(store, said.command_id)
        return said, done
