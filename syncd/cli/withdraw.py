"""`syncd withdraw`: through the running daemon, or by this process where none runs."""

from datetime import timedelta

import click
from yarl import URL

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.app.withdrawal_note import leave_note
from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import BetTuneError
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.withdrawal import DirectWithdrawal
from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.control import set_mode
from syncd.cli.database import CommandStatus, holding_lease, open_store
from syncd.cli.guard import need_token
from syncd.cli.health import reachable_host
from syncd.cli.output import console, print_alerts, print_line
from syncd.guard.daemon_probe import DaemonProbe
from syncd.runtime.progress import ProgressBar
from syncd.store.engine import Store
from syncd.store.mode import Mode
from syncd.views.formatting import counted

GIVE_UP_AFTER = timedelta(minutes=5)
"""`withdraw --now` ends if BetTune has not responded for this long."""


@click.command(cls=CliCommand)
@click.option("--now", is_flag=True, help="Delete them by BetTune's API alone: no database, no daemon.")
@click.option("--force", is_flag=True, help="With --now: even beside a syncd that is ready.")
@pass_command_context
def withdraw(context: CommandContext, *, now: bool, force: bool) -> None:
    """Delete every prediction of ours at BetTune, and make none until `resume`.

    Predictions made by hand stay. Where no syncd runs, this command deletes them itself.

    With `--now` it needs nothing but BetTune: what the rules name and what was made through the API is
    deleted. A syncd that runs writes them again: beside one that is ready at web.port, nothing is done
    without `--force`.
    """
    context.begin()
    if now:
        need_token(context.settings)
        run_async(_withdraw_now(context, force=force))
    else:
        run_async(_withdraw(context))


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


async def _withdraw_now(context: CommandContext, *, force: bool) -> None:
    if not force:
        await _require_no_ready_daemon(context)
    bettune, clock = context.settings.bettune, context.clock
    url, began = context.settings.store.url.get_secret_value(), clock.now()
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
            raise CommandError(f"{withdrawal.progress.text} Then: {error}") from None
        finally:
            if withdrawal.progress.deleted:
                await leave_note(url, clock, began=began)
    for line in (progress.text, *progress.problems):
        print_line(line)
    if not progress.is_complete:
        raise click.exceptions.Exit(1)


async def _require_no_ready_daemon(context: CommandContext) -> None:
    """Raise `CommandError` beside a daemon that is ready. One that is hung, dead or not ready is none."""
    web = context.settings.web
    if not web.port:
        return
    url = str(URL.build(scheme="http", host=reachable_host(web.host), port=web.port))
    async with DaemonProbe(url, context.clock) as probe:
        if (await probe.look()).is_ready:
            raise CommandError(
                f"a syncd works ({url}) and would write them again, so nothing was deleted: "
                "`syncd withdraw` has it delete them and keep them away; or stop it; or add --force"
            )


async def _delete(context: CommandContext, store: Store) -> PassResult:
    async with ProgressBar(console(stderr=True)) as bar, holding_lease(context, store):
        return await one_pass.once(context.settings, store, context.clock, bar.update)
