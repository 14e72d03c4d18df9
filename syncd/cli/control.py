"""`syncd pause`, `resume`, `withdraw`, `resync`: commands to the running daemon, through the database."""

import click

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.cli.command import Command
from syncd.cli.context import App, finish, pass_app
from syncd.cli.database import holding_lease, open_store
from syncd.cli.output import counted, say
from syncd.cli.passes import mode_of, tell_troubles
from syncd.cli.progress import Bar
from syncd.cli.wait import CommandStatus, wait_until_done
from syncd.store import commands, mode
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.lease_holder import lease_holder
from syncd.store.mode import Mode

VERBS = {Mode.RUNNING: Verb.RESUME, Mode.PAUSED: Verb.PAUSE, Mode.WITHDRAWN: Verb.WITHDRAW}
"""The command that makes a running daemon apply a mode."""


@click.command(cls=Command)
@pass_app
def pause(app: App) -> None:
    """Stop writing to BetTune; feeds, links and plans go on. It lasts beyond a restart."""
    _change_mode(app, Mode.PAUSED, "Paused: nothing is written until `syncd resume`.")


@click.command(cls=Command)
@pass_app
def resume(app: App) -> None:
    """Write again, after `pause` or `withdraw`."""
    _change_mode(app, Mode.RUNNING, "Resumed.")


@click.command(cls=Command)
@pass_app
def withdraw(app: App) -> None:
    """Delete every prediction of ours at BetTune, and make none until `resume`.

    Predictions made by hand stay. Where no syncd runs, this command deletes them itself.
    """
    app.begin()
    finish(_withdraw(app))


@click.command(cls=Command)
@pass_app
def resync(app: App) -> None:
    """Have the running syncd take snapshots, and read everything at BetTune back, as soon as limits allow."""
    app.begin()
    say(finish(_resync(app)))


def _change_mode(app: App, new: Mode, text: str) -> None:
    app.begin()
    before, status = finish(_changed(app, new))
    say(text)
    if (before, new) == (Mode.WITHDRAWN, Mode.PAUSED):
        say(
            "This ends the withdrawal: predictions that are not deleted yet stay "
            "(`syncd withdraw` continues it).",
            style="yellow",
        )
    say(status)


async def _changed(app: App, new: Mode) -> tuple[Mode, CommandStatus]:
    async with open_store(app, upgrade=True) as store:
        before = await mode_of(store)
        return before, await set_mode(store, new)


async def set_mode(store: Store, new: Mode) -> CommandStatus:
    """Save the mode, which outlives a restart, and have a running daemon apply it now."""
    now, has_daemon = store.clock.now(), await lease_holder(store) is not None
    async with store.write() as conn:
        await mode.put(conn, new, now)
        command_id = await commands.request(conn, VERBS[new], now) if has_daemon else None
    return CommandStatus.NO_DAEMON if command_id is None else await wait_until_done(store, command_id)


async def _resync(app: App) -> str:
    async with open_store(app) as store:
        if await lease_holder(store) is None:
            return "No syncd is running: it reads everything again when it starts, and so does `syncd once`."
        async with store.write() as conn:
            command_id = await commands.request(conn, Verb.RESYNC, store.clock.now())
        status = await wait_until_done(store, command_id)
    if status is CommandStatus.DONE:
        return "The running syncd reads everything again, as soon as pace and budget allow."
    return status


async def _withdraw(app: App) -> None:
    async with open_store(app, upgrade=True) as store:
        status = await set_mode(store, Mode.WITHDRAWN)
        say("Withdrawn: every prediction of ours is deleted, and none is made until `syncd resume`.")
        if status is not CommandStatus.NO_DAEMON:
            say(status)
            return
        if app.settings.missing_credentials:
            say("No syncd is running, and without credentials this command cannot delete them.")
            raise click.exceptions.Exit(1)
        result = await _delete(app, store)
    say(f"BetTune still has {counted(result.standing, 'prediction')} of ours.")
    tell_troubles(result.alerts)
    if result.standing:
        raise click.exceptions.Exit(1)


async def _delete(app: App, store: Store) -> PassResult:
    async with Bar() as bar, holding_lease(store):
        return await one_pass.once(app.settings, store, app.clock, bar.show)
