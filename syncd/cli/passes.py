"""`syncd once` and `syncd plan`: one pass from end to end, with and without writing."""

from datetime import datetime

import click

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.cli.command import Command, Failure
from syncd.cli.context import App, finish, pass_app
from syncd.cli.database import holding_lease, open_store
from syncd.cli.options import as_json
from syncd.cli.output import console, print_json, say
from syncd.cli.plan_view import Proposal, planned, show_pass, show_plan
from syncd.cli.progress import Bar
from syncd.linking.link_details import load_pair_names
from syncd.model.change import Kind
from syncd.runtime.alerts import Alert
from syncd.store import mode, writes
from syncd.store.engine import Store
from syncd.store.errors import LeaseHeldError
from syncd.store.mode import Mode
from syncd.sync.outcome import WriteOutcome as Written
from syncd.sync.preview import cost, preview

ROWS = 50
"""Rows of a plan that a terminal shows where nothing else is asked for."""


@click.command(cls=Command)
@as_json
@pass_app
def once(app: App, *, as_json: bool) -> None:
    """Do one whole pass and end: poll, link, plan, write until BetTune holds what it ought to.

    For cron. The pace of earlier passes is kept: a feed that was asked too lately is not asked again, and
    what the store knows holds. Exit status 1 where something could not be done.
    """
    app.begin()
    app.need_credentials()
    ordered, result, written = finish(_once(app))
    if as_json:
        print_json({"written": written, "result": result})
    else:
        show_pass(result, written)
        if ordered is Mode.WITHDRAWN:
            say("syncd is withdrawn: no prediction is made until `syncd resume`.", style="yellow")
    tell_troubles(result.alerts)
    if result.alerts or result.changes:
        raise click.exceptions.Exit(1)


async def _once(app: App) -> tuple[Mode, PassResult, dict[Kind, int]]:
    async with open_store(app, upgrade=True) as store, Bar() as bar:
        try:
            async with holding_lease(store):
                ordered = await mode_of(store)
                if ordered is Mode.PAUSED:
                    raise Failure("syncd is paused, so nothing may be written; `syncd resume` ends that")
                started = app.clock.now()
                result = await one_pass.once(app.settings, store, app.clock, bar.show)
                return ordered, result, await _written(store, started)
        except LeaseHeldError as error:
            message = (
                f"another syncd ({error.holder}) works on this database, and does all that `once` would do"
            )
            raise Failure(message) from error


async def _written(store: Store, since: datetime) -> dict[Kind, int]:
    async with store.read() as conn:
        counts = await writes.counts_since(conn, since)
    return {kind: counts.get((kind, Written.DONE), 0) for kind in Kind}


@click.command(cls=Command)
@as_json
@click.option(
    "--limit", type=click.IntRange(min=0), help=f"Rows to show; 0: all.  [default: {ROWS}, piped all]"
)
@pass_app
def plan(app: App, *, as_json: bool, limit: int | None) -> None:
    """Show what would be written to BetTune now, why, and what it costs. Nothing is written there.

    Reads what the limits allow, into the store. While a syncd works on the database, or is paused, nothing
    is asked: then the plan is made of what the store holds.
    """
    app.begin()
    proposal = finish(_plan(app))
    if as_json:
        print_json(proposal)
    else:
        show_plan(proposal, limit=rows_to_show(limit))
    tell_troubles(proposal.troubles)
    if proposal.troubles:
        raise click.exceptions.Exit(1)


async def _plan(app: App) -> Proposal:
    async with open_store(app, upgrade=True) as store, Bar() as bar:
        try:
            async with holding_lease(store):
                app.need_credentials()
                if await mode_of(store) is Mode.PAUSED:
                    return await _proposal(app, store)
                result = await one_pass.propose(app.settings, store, app.clock, bar.show)
                return await _proposal(app, store, result)
        except LeaseHeldError as error:
            return await _proposal(app, store, worker=error.holder)


async def _proposal(app: App, store: Store, result: PassResult | None = None, worker: str = "") -> Proposal:
    """By what a pass has found, else by the store alone; both with what the store tells of refusals."""
    seen = await preview(store, app.settings)
    changes, held = (result.changes, result.held) if result else (seen.changes, seen.held)
    async with store.read() as conn:
        names = await load_pair_names(conn, [each.pair for each in (*changes, *(one.change for one in held))])
    return Proposal(
        at=app.clock.now(),
        polled=result is not None,
        worker=worker,
        mode=seen.mode,
        changes=tuple(planned(each, names) for each in changes),
        held=tuple(planned(each.change, names, each.why) for each in held),
        troubles=result.alerts if result else (),
        refusals=seen.refusals,
        unread=0 if result else seen.unread,
        standing=seen.standing,
        cost=await cost(store, app.settings, len(changes)),
    )


def rows_to_show(asked: int | None) -> int:
    """What was asked for, else a screenful; 0, where it goes into a file or a pipe, is everything."""
    if asked is not None:
        return asked
    return ROWS if console().is_terminal else 0


async def mode_of(store: Store) -> Mode:
    """What a person ordered last."""
    async with store.read() as conn:
        return await mode.load(conn)


def tell_troubles(troubles: tuple[Alert, ...]) -> None:
    """What went wrong on the way, on standard error: a cron job sends it by mail."""
    for trouble in troubles:
        console(stderr=True).print(
            f"{trouble.subject}: {trouble.message}", style="red", markup=False, soft_wrap=True
        )
