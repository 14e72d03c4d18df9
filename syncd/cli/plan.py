"""`syncd plan`: what would be written now, why, and what it costs."""

import click
import msgspec

from syncd.app import one_pass
from syncd.app.one_pass import PassResult
from syncd.app.withdrawal_note import may_have_been_withdrawn
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.cli.command import CliCommand, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import holding_lease, load_mode, open_store, warn_of_other_rules
from syncd.cli.options import as_json
from syncd.cli.output import console, print_alerts, print_json
from syncd.cli.plan_choice import PlanChoice, choice_options, print_tsv
from syncd.cli.plan_view import (
    TSV_HEADINGS,
    PlannedChange,
    Proposal,
    planned_change,
    show_plan,
    tsv_rows,
)
from syncd.linking.link_details import load_pair_names
from syncd.model.change import Kind
from syncd.runtime.alerts import Alert
from syncd.runtime.progress import ProgressBar
from syncd.store import alerts, events
from syncd.store.engine import Store
from syncd.store.errors import LeaseHeldError
from syncd.store.mode import Mode
from syncd.sync.preview import cost, preview
from syncd.sync.stale_report import STALE

NOT_READ = (AWAY, REFUSED, STALE)
"""Alerts of a daemon that cannot read what the plan rests on."""

DEFAULT_ROWS = 50
"""Rows of a plan that a terminal shows without `--limit`."""


@click.command(cls=CliCommand)
@as_json
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help=f"Rows to show; 0: all.  [default: {DEFAULT_ROWS}, in a pipe all]",
)
@choice_options
@click.option("--tsv", "as_tsv", is_flag=True, help="Print a line for each change, with tabs, for programs.")
@pass_command_context
def plan(
    context: CommandContext, /, *, as_json: bool, as_tsv: bool, limit: int | None, **choice: tuple[str, ...]
) -> None:
    """Show what would be written to BetTune now, why, and what it costs. Nothing is written there.

    Reads Pinnacle and BetTune as far as the limits allow, and saves that in the database, whose tables it
    upgrades first. While another syncd works on this database, or after `syncd pause`, no request is sent:
    the plan is made from the database alone. Exit status 1 if not everything could be read.
    """
    if as_json and as_tsv:
        raise WrongUsageError("--json and --tsv are different forms: give one of them")
    context.begin()
    proposal = chosen(run_async(_plan(context)), msgspec.convert(choice, PlanChoice))
    if as_json:
        print_json(proposal)
    elif as_tsv:
        print_tsv(TSV_HEADINGS, tsv_rows(proposal))
    else:
        show_plan(proposal, limit=_rows_to_show(limit))
    print_alerts(proposal.alerts)
    if proposal.alerts or proposal.knows_nothing:
        raise click.exceptions.Exit(1)


async def _plan(context: CommandContext) -> Proposal:
    async with open_store(context, upgrade=True) as store, ProgressBar(console(stderr=True)) as bar:
        await warn_of_other_rules(context, store)
        try:
            async with holding_lease(context, store) as lease:
                context.need_credentials()
                if await load_mode(store) is Mode.PAUSED:
                    return await _proposal(context, store)
                doubt = may_have_been_withdrawn(lease.was_free_for, context.settings.guard.after)
                result = await one_pass.propose(
                    context.settings,
                    store,
                    context.clock,
                    bar.update,
                    aliases=context.usable_aliases(),
                    doubt=doubt,
                )
                return await _proposal(context, store, result)
        except LeaseHeldError as error:
            return await _proposal(context, store, lease_holder=error.holder)


async def _proposal(
    context: CommandContext, store: Store, result: PassResult | None = None, lease_holder: str = ""
) -> Proposal:
    """Make the proposal from a pass's result, or else from the store; the other figures are the store's."""
    stored = await preview(store, context.settings)
    changes, withheld = (
        (result.changes, result.withheld) if result else (stored.plan.changes, stored.plan.withheld)
    )
    async with store.read() as conn:
        all_changes = [*changes, *(each.change for each in withheld)]
        names = await load_pair_names(conn, [each.pair for each in all_changes])
        known = await events.load_ids(conn, {each.event_id for each in all_changes if each.event_id})
        firing = () if result else tuple(await alerts.load_firing(conn))
    leagues = {event_id: state.league.name for event_id, state in known.items()}
    return Proposal(
        at=context.clock.now(),
        polled=result is not None,
        lease_holder=lease_holder,
        mode=stored.mode,
        changes=tuple(planned_change(each, names, leagues) for each in changes),
        withheld=tuple(planned_change(each.change, names, leagues, each.reason) for each in withheld),
        alerts=result.alerts if result else _of_daemon(firing, lease_holder),
        no_price=stored.no_price,
        reads_pending=0 if result else stored.reads_pending,
        active=stored.active,
        cost=await cost(store, context.settings, len(changes)),
        kinds={kind: sum(change.kind is kind for change in changes) for kind in Kind},
    )


def _of_daemon(firing: tuple[Alert, ...], lease_holder: str) -> tuple[Alert, ...]:
    """Return what keeps the daemon that works from reading everything: then the plan is not whole."""
    return tuple(each for each in firing if lease_holder and each.subject in NOT_READ)


def chosen(proposal: Proposal, choice: PlanChoice) -> Proposal:
    """Return the proposal with those of its changes that the choice takes."""
    if choice.is_everything:
        return proposal

    def takes(each: PlannedChange) -> bool:
        filter_, match = (each.filter_id, each.filter), (each.match_id, each.match)
        return choice.takes(filter_, match, each.league, each.kind)

    changes = tuple(filter(takes, proposal.changes))
    withheld = tuple(filter(takes, proposal.withheld))
    left_out = len(proposal.changes) + len(proposal.withheld) - len(changes) - len(withheld)
    return msgspec.structs.replace(proposal, changes=changes, withheld=withheld, left_out=left_out)


def _rows_to_show(limit: int | None) -> int:
    """The given limit; without one a screenful, and in a file or a pipe 0, which shows all."""
    if limit is not None:
        return limit
    return DEFAULT_ROWS if console().is_terminal else 0
