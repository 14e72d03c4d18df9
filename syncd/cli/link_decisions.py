"""`syncd link`, `unlink` and `reject`: a user's decisions on links, which overrule the linker."""

from collections.abc import Awaitable, Callable
from typing import Any

import click

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context, run_async, user_name
from syncd.cli.database import CommandStatus, open_store, wait_until_done
from syncd.cli.output import print_line
from syncd.linking import decisions
from syncd.linking.decisions import DecisionError, DecisionResult
from syncd.store.engine import Store
from syncd.store.schema import HIGHEST_ID


class IdType(click.ParamType[int]):
    """An id of an event or a match."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail with what is expected."""
        text = str(value)
        # Python refuses to read a number of thousands of digits.
        is_id = text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= HIGHEST_ID
        if not is_id:
            self.fail(
                f"{text[:40]!r} is no id, which is a whole number; `syncd matches` lists them", param, ctx
            )
        return int(text)


event = click.argument("event", type=IdType())
match = click.argument("match", type=IdType())


@click.command(cls=CliCommand)
@event
@match
@click.option(
    "--force", is_flag=True, help="Even if the match has another event, or home and away are swapped."
)
@pass_command_context
def link(context: CommandContext, *, event: int, match: int, force: bool) -> None:
    """Confirm that Pinnacle's EVENT and BetTune's MATCH are the same game. Both are ids."""
    _decide(context, lambda store: decisions.link(store, event, match, force=force, by=user_name()))


@click.command(cls=CliCommand)
@event
@pass_command_context
def unlink(context: CommandContext, *, event: int) -> None:
    """Remove the link of Pinnacle's EVENT, for good; its predictions are deleted."""
    _decide(context, lambda store: decisions.unlink(store, event, by=user_name()))


@click.command(cls=CliCommand)
@event
@match
@click.option("--undo", is_flag=True, help="Remove the rejection: the linker decides again.")
@pass_command_context
def reject(context: CommandContext, *, event: int, match: int, undo: bool) -> None:
    """Decide that Pinnacle's EVENT and BetTune's MATCH are different games."""
    decision = decisions.unreject if undo else decisions.reject
    _decide(context, lambda store: decision(store, event, match, by=user_name()))


def _decide(context: CommandContext, decision: Callable[[Store], Awaitable[DecisionResult]]) -> None:
    context.begin()
    try:
        result, status = run_async(_decided(context, decision))
    except DecisionError as error:
        raise CommandError(str(error)) from None
    for sentence in result.sentences:
        print_line(sentence)
    if status is not None:
        print_line(status)


async def _decided(
    context: CommandContext, decision: Callable[[Store], Awaitable[DecisionResult]]
) -> tuple[DecisionResult, CommandStatus | None]:
    async with open_store(context) as store:
        result = await decision(store)
        status = None if result.command_id is None else await wait_until_done(store, result.command_id)
        return result, status
