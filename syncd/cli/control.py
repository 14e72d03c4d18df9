"""`syncd pause`, `resume`, `withdraw`, `resync`: commands to the running daemon, through the database."""

from datetime import timedelta

import click

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.app.withdrawal_note import leave_note
from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import BetTuneError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal
from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import CommandStatus, holding_lease, load_mode, open_store, wait_until_done
from syncd.cli.guard import need_token
from syncd.cli.output import console, print_alerts, print_line
from syncd.runtime.progress import ProgressBar
from syncd.store import commands, mode
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.lease import lease_holder
from syncd.store.mode import Mode
from syncd.views.formatting import counted

GIVE_UP_AFTER = timedelta(minutes=5)
"""`withdraw --now` ends if BetTune has not responded for this long."""

VERBS = {Mode.RUNNING: Verb.RESUME, Mode.PAUSED: Verb.PAUSE, Mode.WITHDRAWN: Verb.WITHDRAW}
"""The command that makes a running daemon apply a mode."""


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
@click.option("--now", is_flag=True, help="Delete them by BetTune's API alone: no database, no daemon.")
@pass_command_context
def withdraw(context: CommandContext, *, now: bool) -> None:
    """Delete every prediction of ours at BetTune, and make none until `resume`.

    Predictions made by hand stay. Where no syncd runs, this command deletes them itself.

    With `--now` it needs nothing but BetTune: what the rules name and what was made through the API is
    deleted. A syncd that runs writes them again, so stop it first.
    """
    context.begin()
    if now:
        need_token(context.settings)
        run_async(_withdraw_now(context))
    else:
        run_async(_withdraw(context))


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
    now, has_daemon = store.clock.now(), await lease_holder(store) is not None
    async with store.write() as conn:
        await mode.save(conn, new, now)
        command_id = await commands.request(conn, VERBS[new], now) if has_daemon else None
    return CommandStatus.NO_DAEMON if command_id is None else await wait_until_done(store, command_id)


async def _resync(context: CommandContext) -> str:
    async with open_store(context) as store:
        if await lease_holder(store) is None:
            return "No syncd is running: it reads everything again when it starts, and so does `syncd once`."
        async with store.write() as conn:
            command_id = await commands.request(conn, Verb.RESYNC, store.clock.now())
        status = await wait_until_done(store, command_id)
    if status is CommandStatus.DONE:
        return "The running syncd reads everything again, as soon as pace and budget allow."
    return status


async def _withdraw(context: CommandContext) -> None:
    async with open_store(context, upgrade=True) as store:
        status = await set_mode(store, Mode.WITHDRAWN)
        print_line(
            "Withdrawing: every prediction of ours is deleted as soon as the budget allows, "
            "and none is made until `syncd resume`."
        )
        if status is not CommandStatus.NO_DAEMON:
            print_line(status)
            return
        if context.settings.missing_credentials:
            print_line("No syncd is running, and without credentials this command cannot delete them.")
            raise click.exceptions.Exit(1)
        result = await _delete(context, store)
    print_line(f"BetTune still has {counted(result.active, 'prediction')} of ours.")
    print_alerts(result.alerts)
    if result.active:
        raise click.exceptions.Exit(1)


async def _withdraw_now(context: CommandContext) -> None:
    bettune, clock = context.settings.bettune, context.clock
    budget = MemoryBudget(clock, limit=bettune.limit.requests, span=bettune.limit.window)
    async with (
        ProgressBar(console(stderr=True)) as bar,
        BetTuneClient.from_settings(bettune, clock=clock, on_response=budget.learn) as client,
    ):
        withdrawal = DirectWithdrawal(
            client,
            budget,
            clock,
            rules=context.settings.rules,
            ahead=bettune.horizon,
            chunk=bettune.search_chunk,
            give_up_after=GIVE_UP_AFTER,
            report=lambda done: bar.update("withdrawing", done.deleted, done.found),
        )
        try:
            progress = await withdrawal.run()
        except BetTuneError as error:
            raise CommandError(f"{withdrawal.progress.text}; then: {error}") from None
        finally:
            if withdrawal.progress.deleted:
                await leave_note(context.settings.store.url.get_secret_value(), clock)
    print_line(progress.text)
    if progress.refused:
        raise click.exceptions.Exit(1)


async def _delete(context: CommandContext, store: Store) -> PassResult:
    async with ProgressBar(console(stderr=True)) as bar, holding_lease(store):
        return await one_pass.once(context.settings, store, context.clock, bar.update)
