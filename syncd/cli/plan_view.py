"""Output of a plan: each change with its reason, the withheld ones, the causes without a price, the cost."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from rich.text import Text

from syncd.cli.output import Cell, console, lines, print_line, print_table
from syncd.linking.link_details import PairNames
from syncd.model.change import Cause, Change, Kind
from syncd.pricing.derivation import DERIVATION_TEXT, Derivation
from syncd.runtime.alerts import Alert
from syncd.store.mode import Mode
from syncd.sync.preview import Cost
from syncd.views.formatting import code_text, counted, duration, odds, short_moment

REASONS_BESIDE_WIDTH = 140
"""Columns from which on the reasons are shown beside the changes, not below them."""

MAX_WITHHELD_PRINTED = 20
KIND_STYLES = {Kind.DELETE: "red", Kind.RAISE: "green", Kind.LOWER: "yellow", Kind.CREATE: "cyan"}


class PlannedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change with the names of its filter and match."""

    kind: Kind
    filter_id: int
    filter: str
    match_id: int
    match: str
    league: str
    """Pinnacle's name of it; empty if the event is not known any more."""
    kickoff: datetime | None
    before: Decimal | None
    after: Decimal | None
    pinnacle: Decimal | None
    """Pinnacle's own price behind it."""
    event_id: int | None
    cause: Cause
    reason: str
    withheld_reason: str = ""
    """The reason why it is withheld; empty if it is not."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """All that would be written: the document of `syncd plan --json`."""

    at: datetime
    polled: bool
    """False if another syncd works on the database or is paused: the plan is made from the store alone."""
    lease_holder: str = ""
    """That other syncd; empty if there is none."""
    mode: Mode
    changes: tuple[PlannedChange, ...]
    withheld: tuple[PlannedChange, ...]
    alerts: tuple[Alert, ...] = ()
    no_price: dict[Cause, int]
    """Pairs of an approved filter with a rule and a match of the horizon without a price, by cause."""
    reads_pending: int
    """Pairs that must be read at BetTune before they may be written."""
    active: int
    """Predictions of ours that BetTune holds now."""
    cost: Cost
    left_out: int = 0
    """Changes and withheld ones that the options of the command leave out; `cost` is that of all."""
    kinds: dict[Kind, int]
    """The number of changes of each kind, with those that are left out."""

    @property
    def knows_nothing(self) -> bool:
        """True if neither service has ever responded, so that there is nothing to compare."""
        return not (self.active or self.no_price or self.changes or self.withheld or self.left_out)


def planned_change(
    change: Change, names: PairNames, leagues: Mapping[int, str], withheld_reason: str = ""
) -> PlannedChange:
    """Add the names to a change; `leagues` by event."""
    return PlannedChange(
        kind=change.kind,
        filter_id=change.pair.filter_id,
        filter=names.filter(change.pair),
        match_id=change.pair.match_id,
        match=names.match(change.pair),
        league=leagues.get(change.event_id or 0, ""),
        kickoff=change.kickoff,
        before=change.before,
        after=change.after,
        pinnacle=change.source_price,
        event_id=change.event_id,
        cause=change.cause,
        reason=change.reason,
        withheld_reason=withheld_reason,
    )


def show_plan(proposal: Proposal, *, limit: int) -> None:
    """Print the whole plan, with at most `limit` of its changes; 0: all."""
    if proposal.lease_holder:
        print_line(
            f"Another syncd ({proposal.lease_holder}) works on this database: the plan is from its store."
        )
    if proposal.mode is not Mode.RUNNING:
        print_line(f"syncd is {proposal.mode}: `syncd resume` lets it write.", style="yellow")
    if proposal.left_out:
        print_line(f"Left out by the options: {counted(proposal.left_out, 'change')}.", style="dim")
    if proposal.changes:
        _show_changes(proposal.changes, limit=limit)
    elif proposal.left_out:
        print_line("No change is as the options say.")
    elif proposal.knows_nothing:
        print_line("Nothing is known: no list of Pinnacle's or BetTune's has been read yet.", style="yellow")
    elif proposal.alerts or proposal.reads_pending:
        print_line("No change is known yet: not everything has been read.")
    else:
        print_line("Nothing to write: BetTune holds what it should.")
    _show_withheld(proposal.withheld)
    _show_causes(proposal)
    _show_cost(proposal)


def _show_changes(changes: Sequence[PlannedChange], *, limit: int) -> None:
    shown = changes[:limit] if limit else changes
    beside = console().width >= REASONS_BESIDE_WIDTH
    filter_and_reason = ["filter", "reason"] if beside else []
    headings = ["|", "match", *filter_and_reason, "|kick-off UTC", ">Min Odds", ">Pinnacle"]
    print_table(headings, [_row(each, beside=beside) for each in shown])
    if len(shown) < len(changes):
        print_line(f"... and {len(changes) - len(shown):,} more (--limit 0 shows all)")


def _row(each: PlannedChange, *, beside: bool) -> list[Cell]:
    reason = short_reason(each)
    kind = Text(each.kind, style=KIND_STYLES[each.kind])
    numbers = [short_moment(each.kickoff), f"{odds(each.before)} → {odds(each.after)}", odds(each.pinnacle)]
    if beside:
        return [kind, each.match, each.filter, Text(reason, style="dim"), *numbers]
    return [kind, lines(each.match, (f"{each.filter}: {reason}", "dim")), *numbers]


def short_reason(each: PlannedChange) -> str:
    """The reason without what the row shows already: the market, and what the rule made of its price."""
    if each.cause is not Cause.PRICED:
        return f"{code_text(each.cause)}: {each.reason}" if each.reason else code_text(each.cause)
    first, *steps = each.reason.split("; ")
    market = first.removesuffix(": " + DERIVATION_TEXT[Derivation.EXACT])
    priced = [number for number, step in enumerate(steps) if step.startswith("Pinnacle's price")]
    return "; ".join([market, *(steps[priced[0] + 1 :] if priced else steps)])


def _show_withheld(withheld: Sequence[PlannedChange]) -> None:
    if not withheld:
        return
    print_line()
    print_line(f"Withheld: {counted(len(withheld), 'change')}", style="bold")
    for each in withheld[:MAX_WITHHELD_PRINTED]:
        before, after = odds(each.before), odds(each.after)
        print_line(f"  {each.kind} {each.filter}, {each.match}: {before} → {after}: {each.withheld_reason}")


def _show_causes(proposal: Proposal) -> None:
    if not proposal.no_price:
        return
    print_line()
    print_line("No price, by cause (`syncd explain FILTER MATCH` explains a single pair):", style="bold")
    for cause, count in proposal.no_price.items():
        print_line(f"  {count:>7,}  {code_text(cause)}")


def _show_cost(proposal: Proposal) -> None:
    cost = proposal.cost
    print_line()
    print_line(f"BetTune holds {counted(proposal.active, 'prediction')} of ours.")
    if proposal.reads_pending:
        print_line(
            f"{counted(proposal.reads_pending, 'pair')} must be read first; their changes are not known yet."
        )
    parts = [f"{count:,} {kind}" for kind, count in proposal.kinds.items() if count]
    print_line(
        f"Cost: {counted(cost.requests, 'request')}"
        + (f" ({', '.join(parts)})" if parts else "")
        + (f", about {duration(cost.takes.total_seconds())}" if cost.takes else "")
        + f"; the limit is {cost.limit} per {duration(cost.window.total_seconds())}, {cost.used} are used."
    )


TSV_HEADINGS = (
    "kind",
    "filter_id",
    "filter",
    "match_id",
    "match",
    "league",
    "kickoff",
    "before",
    "after",
    "pinnacle",
    "event_id",
    "cause",
    "reason",
    "withheld",
)


def tsv_rows(proposal: Proposal) -> Iterator[tuple[object, ...]]:
    """Yield a row for each change and each withheld one, under `TSV_HEADINGS`; times in ISO 8601."""
    for each in (*proposal.changes, *proposal.withheld):
        yield (
            each.kind,
            each.filter_id,
            each.filter,
            each.match_id,
            each.match,
            each.league,
            each.kickoff.isoformat() if each.kickoff else None,
            each.before,
            each.after,
            each.pinnacle,
            each.event_id,
            each.cause,
            each.reason,
            each.withheld_reason,
        )
