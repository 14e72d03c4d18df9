"""`syncd once`: one whole pass, for cron."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import click

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import holding_lease, load_mode, open_store, warn_of_other_rules
from syncd.cli.options import as_json
from syncd.cli.output import console, print_alerts, print_json, print_line
from syncd.model.change import Kind
from syncd.runtime.progress import ProgressBar
from syncd.store import writes
from syncd.store.engine import Store
from syncd.store.errors import LeaseHeldError
from syncd.store.mode import Mode
from syncd.sync import written_by
from syncd.sync.outcome import WriteOutcome
from syncd.views.formatting import counted

LONGEST_GAP = timedelta(hours=6)
"""Between two passes. After more, as on an older copy of a database, what is missing at BetTune was not
deleted by hand: later passes did it, and are not recorded."""

PAST_TENSE = {Kind.DELETE: "deleted", Kind.RAISE: "raised", Kind.LOWER: "lowered", Kind.CREATE: "created"}


@click.command(cls=CliCommand)
@as_json
@pass_command_context
def once(context: CommandContext, *, as_json: bool) -> None:
    """Do one whole pass and end: poll, link, plan, and write until BetTune holds what it should.

    For cron. The pace of earlier passes is kept: a feed that was requested too recently is not requested
    again; its last stored response is used. Exit status 1 if something could not be done.
    """
    context.begin()
    context.need_credentials()
    mode, result, written = run_async(_once(context))
    if as_json:
        print_json({"written": written, "result": result})
    else:
        _show(result, written)
        if mode is Mode.WITHDRAWN:
            print_line("syncd is withdrawn: no prediction is made until `syncd resume`.", style="yellow")
    print_alerts(result.alerts)
    if result.alerts or result.changes:
        raise click.exceptions.Exit(1)


async def _once(context: CommandContext) -> tuple[Mode, PassResult, dict[Kind, int]]:
    async with open_store(context, upgrade=True) as store, ProgressBar(console(stderr=True)) as bar:
        try:
            async with holding_lease(context, store) as lease:
                mode = await load_mode(store)
                if mode is Mode.PAUSED:
                    raise CommandError(
                        "syncd is paused, so nothing is written; `syncd resume` ends the pause"
                    )
                await warn_of_other_rules(context, store)
                async with store.write() as conn:
                    await written_by.note(conn, context.settings, context.clock.now())
                started = context.clock.now()
                long_gap = lease.was_free_for > LONGEST_GAP
                result = await one_pass.once(
                    context.settings,
                    store,
                    context.clock,
                    bar.update,
                    aliases=context.usable_aliases(),
                    doubt=long_gap,
                )
                return mode, result, await _written(store, started)
        except LeaseHeldError as error:
            message = f"another syncd ({error.holder}) works on this database and does all that `once` would"
            raise CommandError(message) from error


async def _written(store: Store, since: datetime) -> dict[Kind, int]:
    async with store.read() as conn:
        counts = await writes.count_since(conn, since)
    return {kind: counts.get((kind, WriteOutcome.DONE), 0) for kind in Kind}


def _show(result: PassResult, written: Mapping[Kind, int]) -> None:
    done = ", ".join(f"{count:,} {PAST_TENSE[kind]}" for kind, count in written.items() if count)
    print_line(f"Written: {done}." if done else "Nothing was written.")
    print_line(f"BetTune holds {counted(result.active, 'prediction')} of ours.")
    if result.withheld:
        print_line(
            f"{counted(len(result.withheld), 'change')} withheld: {result.withheld[0].reason}.",
            style="yellow",
        )
    if result.changes:
        print_line(f"{counted(len(result.changes), 'change')} could not be written.", style="red")
