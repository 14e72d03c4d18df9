"""`syncd matches`: which event is which match, and what waits for review."""

import click
from rich.text import Text

from syncd.cli.command import CliCommand, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import open_store
from syncd.cli.options import as_json
from syncd.cli.output import Cell, console, lines, print_json, print_line, print_table
from syncd.cli.verified import load_verified, show_verified
from syncd.linking.link_details import LinkDetails, load_links, load_unlinked
from syncd.matching.aliases import Aliases
from syncd.model.bettune import Match
from syncd.model.link import Link, LinkState
from syncd.views.formatting import counted, moment, short_moment
from syncd.views.review import load_review

NAMES_BESIDE_WIDTH = 120
"""Columns from which on event and match are shown beside each other, not below each other."""

STATE_STYLES = {LinkState.AUTO: "green", LinkState.CONFIRMED: "bold green", LinkState.REVIEW: "yellow"}


@click.command(cls=CliCommand)
@click.option("--review", is_flag=True, help="Only those that wait for review.")
@click.option("--unlinked", is_flag=True, help="BetTune's matches without a link instead.")
@click.option("--verified", is_flag=True, help="Links of finished games, with both results.")
@click.option("--all", "with_past", is_flag=True, help="Also games that are over.")
@as_json
@pass_command_context
def matches(
    context: CommandContext, *, review: bool, unlinked: bool, verified: bool, with_past: bool, as_json: bool
) -> None:
    """Show which Pinnacle event is which BetTune match, with confidence and reason; the earliest first.

    With --review, links with the same kick-off are ordered by the predictions that wait for them. Only links
    that are `auto` or `confirmed` carry predictions. `syncd link` and `syncd reject` decide those that wait
    for review.
    """
    if review + unlinked + verified > 1:
        raise WrongUsageError("--review, --unlinked and --verified are different lists: give one of them")
    context.begin()
    if verified:
        show_verified(run_async(load_verified(context)), as_json=as_json)
        return
    if unlinked:
        _show_unlinked(run_async(_unlinked(context)), as_json=as_json)
        return
    found = run_async(_review(context, with_past) if review else _links(context, with_past))
    if as_json:
        print_json(found)
    elif review:
        _show_review(found)
    else:
        _show(found)


async def _links(context: CommandContext, with_past: bool) -> list[LinkDetails]:
    async with open_store(context) as store:
        return await load_links(store, with_past=with_past)


async def _review(context: CommandContext, with_past: bool) -> list[LinkDetails]:
    aliases = context.usable_aliases() or Aliases()
    async with open_store(context) as store:
        return await load_review(store, context.settings, aliases, with_past=with_past)


async def _unlinked(context: CommandContext) -> list[Match]:
    async with open_store(context) as store:
        return await load_unlinked(store, context.settings)


def _show(found: list[LinkDetails]) -> None:
    if not found:
        print_line("No links yet: `syncd plan` or `syncd run` makes them.")
        return
    if console().width >= NAMES_BESIDE_WIDTH:
        print_table(
            ["|kick-off", ">event", "Pinnacle", ">match", "BetTune", "|", ">confidence"], map(_row, found)
        )
    else:
        print_table(["|kick-off", ">ids", "Pinnacle / BetTune", "|", ">confidence"], map(_narrow_row, found))
    waiting = sum(each.link.state is LinkState.REVIEW for each in found)
    number = counted(len(found), "link")
    print_line(f"{number}, of which {waiting} wait for review (--review)" if waiting else number)


def _show_review(found: list[LinkDetails]) -> None:
    if not found:
        print_line("Nothing waits for review.")
        return
    for each in found:
        ids = f"{each.link.event_id} {each.link.match_id}"
        print_line(f"{moment(each.kickoff)} UTC  {_event(each)}", style="bold")
        print_line(f"  {each.link.confidence:.2f}  {_match(each)}")
        if each.runner_up:
            print_line(f"  next  {_match_text(each.runner_up)}: {each.behind}")
        print_line(f"  why it waits: {each.link.reason}")
        print_line(f"  {'; '.join(piece.text for piece in each.link.evidence)}")
        print_line(f"  syncd link {ids}    syncd reject {ids}    {_would_follow(each.waiting)}", style="dim")
    print_line(
        f"{counted(len(found), 'link')} for review, with {_predictions(sum(each.waiting for each in found))}"
    )


def _would_follow(waiting: int) -> str:
    return f"{_predictions(waiting)} would follow" if waiting else "no prediction would follow now"


def _predictions(count: int) -> str:
    return counted(count, "prediction")


def _show_unlinked(found: list[Match], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [_unlinked_row(each) for each in found]
    if rows:
        print_table(["|kick-off", ">match", "BetTune", "tournament"], rows)
        print_line(
            "`syncd explain FILTER MATCH` shows the nearest events of a match, and why they are not linked."
        )
    print_line(f"{counted(len(found), 'coming match', 'coming matches')} without an event")


def _unlinked_row(match: Match) -> list[Cell]:
    tournament = f"{match.country.name}, {match.tournament.name}"
    return [short_moment(match.date), str(match.id), match.title, tournament]


def _row(each: LinkDetails) -> list[Cell]:
    link, (event, match) = each.link, _names(each)
    return [
        short_moment(each.kickoff),
        str(link.event_id),
        event,
        str(link.match_id),
        match,
        *_certainty(link),
    ]


def _narrow_row(each: LinkDetails) -> list[Cell]:
    ids = lines(str(each.link.event_id), str(each.link.match_id))
    return [short_moment(each.kickoff), ids, lines(*_names(each)), *_certainty(each.link)]


def _names(each: LinkDetails) -> tuple[str, str]:
    unknown = "no longer known"
    return (
        each.event.event.title if each.event else unknown,
        each.match.title if each.match else unknown,
    )


def _certainty(link: Link) -> list[Cell]:
    return [Text(link.state, style=STATE_STYLES[link.state]), f"{link.confidence:.3f}"]


def _event(each: LinkDetails) -> str:
    if each.event is None:
        return f"event {each.link.event_id}"
    return f"{each.event.event.title} (event {each.link.event_id}, {each.event.league.name})"


def _match(each: LinkDetails) -> str:
    return _match_text(each.match) if each.match else f"match {each.link.match_id}"


def _match_text(match: Match) -> str:
    return f"{match.title} (match {match.id}, {match.tournament.name}, {moment(match.date)} UTC)"
