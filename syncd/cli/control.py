"""`syncd pause`, `resume`, `resync`: commands to the running daemon, through the database."""

import click

from syncd.app.control import change_mode, request_resync
from syncd.cli.command import CliCommand
from syncd.cli.context import CommandContext, pass_command_context, run_async, user_name
from syncd.cli.database import CommandStatus, load_mode, open_store, wait_until_done
from syncd.cli.output import print_line
from syncd.store.engine import Store
from syncd.store.mode import Mode


@click.command(cls=CliCommand)
@pass_command_context
def pause(context: CommandContext) -> None:
    """Stop writing to BetTune; feeds, links and plans go on. It lasts beyond a restart."""
    _change_mode(context, Mode.PAUSED, "Paused: nothing is written until `syncd resume`.")


@click.command(cls=CliCommand)
@pass_command_context
def resume(context: CommandContext) -> None:
    """Write again, after `pause` or `withdraw`."""
    _change_mode(context, Mode.RUNNING, "Resumed.")


@click.command(cls=CliCommand)
@pass_command_context
def resync(context: CommandContext) -> None:
    """Make the running syncd take snapshots and read all predictions back, as soon as the limits allow."""
    context.begin()
    print_line(run_async(_resync(context)))


def _change_mode(context: CommandContext, new: Mode, text: str) -> None:
    context.begin()
    before, status = run_async(_changed(context, new))
    print_line(text)
    if (before, new) == (Mode.WITHDRAWN, Mode.PAUSED):
        print_line(
            "This ends the withdrawal: predictions that are not deleted yet stay "
            "(`syncd withdraw` continues it).",
            style="yellow",
        )
    print_line(status)


async def _changed(context: CommandContext, new: Mode) -> tuple[Mode, CommandStatus]:
    async with open_store(context, upgrade=True) as store:
        before = await load_mode(store)
        return before, await set_mode(store, new)


async def set_mode(store: Store, new: Mode) -> CommandStatus:
    """Save the mode, which outlives a restart, and have a running daemon apply it now."""
    command_id = await change_mode(store, new, by=user_name())
    return CommandStatus.NO_DAEMON if command_id is None else await wait_until_done(store, command_id)


async def _resync(context: CommandContext) -> str:
    async with open_store(context) as store:
        command_id = await request_resync(store, by=user_name())
        if command_id is None:
            return "No syncd is running: it reads everything again when it starts, and so does `syncd once`."
        status = await wait_until_done(store, command_id)
    if status is CommandStatus.DONE:
        return "The running syncd reads everything again, as soon as pace and budget allow."
    return status
