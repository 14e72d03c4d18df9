"""`syncd restore`: takes up a prediction again that was given up because somebody deleted it by hand."""

import click

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.completion import complete_filter, complete_match
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import CommandStatus, holding_lease, open_store, wait_until_done
from syncd.cli.output import print_line
from syncd.linking.link_details import load_pair_names
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Owner
from syncd.store import commands, predictions, rows
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.errors import LeaseHeldError
from syncd.sync.ownership import taken_up
from syncd.views.formatting import moment, odds
from syncd.views.pair_search import UnknownError, find_pair


@click.command(cls=CliCommand)
@click.argument("filter_text", metavar="FILTER", shell_complete=complete_filter)
@click.argument("match_text", metavar="MATCH", shell_complete=complete_match)
@pass_command_context
def restore(context: CommandContext, *, filter_text: str, match_text: str) -> None:
    """Take up a prediction again that was deleted by hand at BetTune, and therefore left alone.

    FILTER and MATCH are named as for `syncd explain`. A prediction that a user has set by hand stays theirs:
    delete it at BetTune first. It is read before it is written.
    """
    context.begin()
    try:
        title, status = run_async(_restore(context, filter_text, match_text))
    except UnknownError as error:
        raise CommandError(str(error)) from None
    print_line(f"{title} is taken up again: it is read at BetTune, and made if it has a price.")
    print_line(status)


async def _restore(context: CommandContext, filter_text: str, match_text: str) -> tuple[str, CommandStatus]:
    async with open_store(context, upgrade=True) as store:
        async with store.read() as conn:
            pair = await find_pair(conn, filter_text, match_text, store.clock.now())
            names = await load_pair_names(conn, [pair])
            actual = (await predictions.load_of_match(conn, pair.match_id)).get(pair)
        title = f"{names.filter(pair)}, {names.match(pair)}"
        if actual is None or not actual.respected:
            raise CommandError(f"{title}: {_why_not(actual, context)}")
        try:
            async with holding_lease(context, store), store.write() as conn:
                await rows.write(conn, [predictions.row(taken_up(actual))])
        except LeaseHeldError:
            return title, await _by_daemon(store, pair)
        return title, CommandStatus.NO_DAEMON


async def _by_daemon(store: Store, pair: Pair) -> CommandStatus:
    async with store.write() as conn:
        command_id = await commands.request(
            conn, Verb.RESTORE, store.clock.now(), filter_id=pair.filter_id, match_id=pair.match_id
        )
    return await wait_until_done(store, command_id)


def _why_not(actual: Actual | None, context: CommandContext) -> str:
    """Return why there is nothing to restore."""
    if actual is None:
        return "it was never given up: syncd has not read it yet"
    if actual.owner is Owner.THEIRS:
        return (
            f"a user has set {odds(actual.odds)} by hand, and it stays theirs. "
            "Delete it at BetTune, and restore it then"
        )
    if actual.quarantined_until and actual.quarantined_until > context.clock.now():
        until = moment(actual.quarantined_until)
        return f"it was not given up: BetTune rejected the last write, which is tried again at {until} UTC"
    return "it was not given up; `syncd explain` says why it has its value, or none"
