"""How a plan is shown: each change with its reason, what is held back, what is refused, and the cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from rich.text import Text

from syncd.app.one_pass import PassResult
from syncd.cli.output import Cell, console, counted, odds, print_table, say, short_moment, span
from syncd.linking.link_details import PairNames
from syncd.model.change import Cause, Change, Kind
from syncd.pricing.min_odds import ROAD_WORDS
from syncd.pricing.quote import Road
from syncd.runtime.alerts import Alert
from syncd.store.mode import Mode
from syncd.sync.preview import Cost

WIDE = 140
"""From so many columns on the reasons stand beside the changes, else below them."""

PAST = {Kind.DELETE: "deleted", Kind.RAISE: "raised", Kind.LOWER: "lowered", Kind.CREATE: "created"}
STYLES = {Kind.DELETE: "red", Kind.RAISE: "green", Kind.LOWER: "yellow", Kind.CREATE: "cyan"}


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A change with the names a person knows its pair by."""

    kind: Kind
    filter_id: int
    filter: str
    match_id: int
    match: str
    kickoff: datetime | None
    before: Decimal | None
    after: Decimal | None
    pinnacle: Decimal | None
    """Pinnacle's own price behind it."""
    event_id: int | None
    cause: Cause
    why: str
    held_because: str = ""
    """Why it is held back; empty where it is not."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What would be written: what `syncd plan --json` prints."""

    at: datetime
    polled: bool
    """False: another syncd works on the database or is paused, and the plan is made of what is stored."""
    worker: str = ""
    """That other syncd, where there is one."""
    mode: Mode
    changes: tuple[Planned, ...]
    held: tuple[Planned, ...]
    troubles: tuple[Alert, ...] = ()
    refusals: dict[Cause, int]
    """Pairs of an approved filter with a rule and a match of the horizon without a price, by the cause."""
    unread: int
    """Pairs that have to be read at BetTune before they may be written."""
    standing: int
    """Predictions of ours that BetTune holds now."""
    cost: Cost


def planned(change: Change, names: PairNames, held_because: str = "") -> Planned:
    """A change as it is shown."""
    return Planned(
        kind=change.kind,
        filter_id=change.pair.filter_id,
        filter=names.filter(change.pair),
        match_id=change.pair.match_id,
        match=names.match(change.pair),
        kickoff=change.kickoff,
        before=change.before,
        after=change.after,
        pinnacle=change.source_price,
        event_id=change.event_id,
        cause=change.cause,
        why=change.reason,
        held_because=held_because,
    )


def show_plan(proposal: Proposal, *, limit: int) -> None:
    """The whole plan for a person, with so many of its changes; 0: all."""
    if proposal.worker:
        say(f"Another syncd ({proposal.worker}) works on this database: this is by what it has stored.")
    if proposal.mode is not Mode.RUNNING:
        say(f"syncd is {proposal.mode}: `syncd resume` lets it write.", style="yellow")
    if proposal.changes:
        _show_changes(proposal.changes, limit=limit)
    else:
        say("Nothing to write: BetTune holds what it ought to.")
    _show_held(proposal.held)
    _show_refusals(proposal)
    _show_cost(proposal)


def show_pass(result: PassResult, written: Mapping[Kind, int]) -> None:
    """What a pass came to."""
    done = ", ".join(f"{count:,} {PAST[kind]}" for kind, count in written.items() if count)
    say(f"Written: {done}." if done else "Nothing was written.")
    say(f"BetTune holds {counted(result.standing, 'prediction')} of ours.")
    if result.held:
        say(f"{counted(len(result.held), 'change')} held back: {result.held[0].why}.", style="yellow")
    if result.changes:
        say(f"{counted(len(result.changes), 'change')} could not be written.", style="red")


def _show_changes(changes: Sequence[Planned], *, limit: int) -> None:
    shown = changes[:limit] if limit else changes
    wide = console().width >= WIDE
    filter_and_why = ["filter", "why"] if wide else []
    headings = ["|", "match", *filter_and_why, "|kick-off UTC", ">Min Odds", ">Pinnacle"]
    print_table(headings, [_row(each, wide=wide) for each in shown])
    if len(shown) < len(changes):
        say(f"... and {len(changes) - len(shown):,} more (--limit 0 shows all)")


def _row(each: Planned, *, wide: bool) -> list[Cell]:
    why = in_short(each)
    kind = Text(each.kind, style=STYLES[each.kind])
    numbers = [short_moment(each.kickoff), f"{odds(each.before)} → {odds(each.after)}", odds(each.pinnacle)]
    if wide:
        return [kind, each.match, each.filter, Text(why, style="dim"), *numbers]
    return [kind, Text.assemble(each.match, "\n", (f"{each.filter}: {why}", "dim")), *numbers]


def in_short(each: Planned) -> str:
    """The reason without what stands in the row: the market, and what the rule made of its price."""
    if each.cause is not Cause.PRICED:
        return f"{each.cause.replace('_', ' ')}: {each.why}" if each.why else each.cause.replace("_", " ")
    first, *steps = each.why.split("; ")
    own = first.removesuffix(": " + ROAD_WORDS[Road.EXACT])
    made = [number for number, step in enumerate(steps) if step.startswith("Pinnacle's price")]
    return "; ".join([own, *(steps[made[0] + 1 :] if made else steps)])


def _show_held(held: Sequence[Planned]) -> None:
    if not held:
        return
    say()
    say(f"Held back: {counted(len(held), 'change')}", style="bold")
    for each in held[:20]:
        before, after = odds(each.before), odds(each.after)
        say(f"  {each.kind} {each.filter}, {each.match}: {before} → {after}: {each.held_because}")


def _show_refusals(proposal: Proposal) -> None:
    if not proposal.refusals:
        return
    say()
    say("No price, by the cause (`syncd explain FILTER MATCH` tells of each):", style="bold")
    for cause, count in proposal.refusals.items():
        say(f"  {count:>7,}  {cause.replace('_', ' ')}")


def _show_cost(proposal: Proposal) -> None:
    cost = proposal.cost
    say()
    say(f"BetTune holds {counted(proposal.standing, 'prediction')} of ours.")
    if proposal.unread:
        say(f"{counted(proposal.unread, 'pair')} have to be read first; their changes are not known yet.")
    kinds = {kind: sum(change.kind is kind for change in proposal.changes) for kind in Kind}
    parts = [f"{count:,} {kind}" for kind, count in kinds.items() if count]
    say(
        f"Cost: {counted(cost.requests, 'request')}"
        + (f" ({', '.join(parts)})" if parts else "")
        + (f", about {span(cost.takes)}" if cost.takes else "")
        + f" at {cost.limit} per {span(cost.window)}, of which {cost.used} are used."
    )
