"""`syncd pause`, `resume`, `withdraw`, `resync`: orders that reach a daemon through the database."""

import click

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.cli import wait
from syncd.cli.command import Command
from syncd.cli.context import App, finish, pass_app
from syncd.cli.database import holding_lease, open_store
from syncd.cli.output import counted, say
from syncd.cli.passes import mode_of, tell_troubles
from syncd.cli.progress import Bar
from syncd.store import commands, mode
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.lease_holder import lease_holder
from syncd.store.mode import Mode

LIGHTEST = Verb.LINKS_CHANGED
"""Any order will do: a daemon looks at the mode before its orders, so once one is done, the mode holds."""


@click.command(cls=Command)
@pass_app
def pause(app: App) -> None:
    """Stop writing to BetTune; feeds, links and plans go on. It lasts beyond a restart."""
    _order(app, Mode.PAUSED, "Paused: nothing is written until `syncd resume`.")


@click.command(cls=Command)
@pass_app
def resume(app: App) -> None:
    """Write again, after `pause` or `withdraw`."""
    _order(app, Mode.RUNNING, "Resumed.")


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


def _order(app: App, ordered: Mode, words: str) -> None:
    app.begin()
    before, taken = finish(_ordered(app, ordered))
    say(words)
    if (before, ordered) == (Mode.WITHDRAWN, Mode.PAUSED):
        say(
            "This ends the withdrawal: what is not deleted yet stays (`syncd withdraw` goes on).",
            style="yellow",
        )
    say(wait.in_words(taken))


async def _ordered(app: App, ordered: Mode) -> tuple[Mode, bool | None]:
    async with open_store(app, upgrade=True) as store:
        before = await mode_of(store)
        return before, await _put(store, ordered)


async def _put(store: Store, ordered: Mode) -> bool | None:
    now, working = store.clock.now(), await lease_holder(store)
    async with store.write() as conn:
        await mode.put(conn, ordered, now)
        order_id = await commands.request(conn, LIGHTEST, now) if working else None
    return await wait.taken_up(store, order_id) if order_id else None


async def _resync(app: App) -> str:
    async with open_store(app) as store:
        if await lease_holder(store) is None:
            return "No syncd is running: it reads everything anew when it starts, and so does `syncd once`."
        async with store.write() as conn:
            order_id = await commands.request(conn, Verb.RESYNC, store.clock.now())
        return wait.in_words(await wait.taken_up(store, order_id))


async def _withdraw(app: App) -> None:
    async with open_store(app, upgrade=True) as store:
        taken = await _put(store, Mode.WITHDRAWN)
        say("Withdrawn: every prediction of ours is deleted, and none is made until `syncd resume`.")
        if taken is not None:
            say(wait.in_words(taken))
            return
        if app.settings.missing_credentials:
            say("No syncd is running, and without credentials none can be deleted here.")
            raise click.exceptions.Exit(1)
        result = await _delete(app, store)
    say(f"BetTune holds {counted(result.standing, 'prediction')} of ours.")
    tell_troubles(result.alerts)
    if result.standing:
        raise click.exceptions.Exit(1)


async def _delete(app: App, store: Store) -> PassResult:
    async with Bar() as bar, holding_lease(store):
        return await one_pass.once(app.settings, store, app.clock, bar.show)
