"""`syncd explain`: one prediction from Pinnacle's line to the last write."""

from collections.abc import Iterator
from datetime import datetime

import click
from rich.text import Text

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.completion import complete_filter, complete_match
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import open_store, warn_of_other_rules
from syncd.cli.options import as_json
from syncd.cli.output import console, print_json, print_line
from syncd.config.settings import Rule, Settings
from syncd.matching.aliases import Aliases
from syncd.matching.comparison import SupportingLesson
from syncd.model.change import Owner
from syncd.model.feed import FeedState
from syncd.model.link import Link, LinkState
from syncd.store.writes import Write
from syncd.views.explain import Explanation, explain_pair, summary
from syncd.views.formatting import ago, code_text, counted, moment, odds
from syncd.views.link_background import LinkBackground, load_link_background
from syncd.views.pair_search import UnknownError
from syncd.views.results import verdict_text

OWNER_TEXTS = {
    Owner.OURS: "ours",
    Owner.THEIRS: "set by hand, never changed by syncd",
    Owner.NOBODY: "none",
    Owner.UNKNOWN: "not read yet",
}

LINK_STATE_TEXTS = {LinkState.AUTO: "auto", LinkState.REVIEW: "waits for review"}

MAX_LESSONS = 3
"""Shown of the lessons that support a link."""


@click.command(cls=CliCommand)
@click.argument("filter_text", metavar="FILTER", shell_complete=complete_filter)
@click.argument("match_text", metavar="MATCH", shell_complete=complete_match)
@as_json
@pass_command_context
def explain(context: CommandContext, *, filter_text: str, match_text: str, as_json: bool) -> None:
    """Show why a prediction has its value, or why there is none.

    FILTER is a BetTune filter's id or name. MATCH is a match as syncd shows it: its id, that of its event, or
    its teams by either service's names, or a part of them. All from the store: no request is sent.
    """
    context.begin()
    try:
        found, background = run_async(_explain(context, filter_text, match_text))
    except UnknownError as error:
        raise CommandError(str(error)) from None
    if as_json:
        print_json({"summary": summary(found), "explanation": found, "background": background})
    else:
        show(found, context.settings, background)


async def _explain(
    context: CommandContext, filter_text: str, match_text: str
) -> tuple[Explanation, LinkBackground]:
    aliases = context.usable_aliases() or Aliases()
    async with open_store(context) as store:
        await warn_of_other_rules(context, store)
        found = await explain_pair(store, context.settings, filter_text, match_text)
        return found, await load_link_background(
            store, context.settings, found.link, found.event, found.match, aliases=aliases
        )


def show(found: Explanation, settings: Settings, background: LinkBackground) -> None:
    """Print the summary, and every step that leads to it."""
    print_line(summary(found), style="bold")
    for title, lines in (
        ("Filter", _filter(found, settings)),
        ("Match", _match(found)),
        ("Link", _link(found.link)),
        ("Results", _results(background)),
        ("Learnt", map(_lesson, background.supporting_lessons[:MAX_LESSONS])),
        ("Nearest", _nearest(found.link, background)),
        ("Pinnacle", _pinnacle(found)),
        ("Min Odds", _wanted(found)),
        ("BetTune", _actual(found)),
        ("Next", _next(found)),
        ("Writes", map(_write, found.writes)),
    ):
        for index, line in enumerate(lines):
            head = Text(f"{title if index == 0 else '':<10}", style="cyan")
            console().print(Text.assemble(head, line), soft_wrap=True)


def _filter(found: Explanation, settings: Settings) -> Iterator[str]:
    each = found.filter
    yield f"{each.name} (id {each.id}), {each.status}, bet type {each.bet_type!r}"
    yield f"means: {found.selection or 'unknown'}"
    if found.rule is None:
        yield "no rule fits: left alone"
    else:
        yield f"rules[{found.rule}]: {rule_text(settings.rules[found.rule])}"


def rule_text(rule: Rule) -> str:
    """Summarise a rule in one line."""
    which = "" if rule.reference == "latest" else f"{rule.reference} "
    price = f"Pinnacle's {which}price" if rule.price == "raw" else f"{which}fair price by {rule.method}"
    factor = f" times {rule.factor}" if rule.factor != 1 else ""
    return f'filter = "{rule.filter}", {price}{factor}'


def _match(found: Explanation) -> Iterator[str]:
    match = found.match
    yield f"{match.title} (id {match.id}), {moment(match.date)} UTC"
    yield f"{match.country.name}, {match.tournament.name}"


def _link(link: Link | None) -> Iterator[str]:
    if link is None:
        yield "none"
        return
    reason = f": {link.reason}" if link.reason else ""
    if link.state is LinkState.CONFIRMED:
        yield f"confirmed by a user, {moment(link.decided_at)} UTC"
    else:
        yield f"{LINK_STATE_TEXTS[link.state]}, confidence {link.confidence:.4f}{reason}"
    if link.evidence:
        yield "  evidence for (+) and against (-), as log likelihood ratios:"
    for each in link.evidence:
        weight = f"{each.weight:+5.1f}" if each.weight else f"{'':5}"
        yield f"  {weight}  {each.kind}: {each.text}"


def _lesson(supporting: SupportingLesson) -> str:
    lesson = supporting.lesson
    by = "the confirmed link" if lesson.confirmed else "the automatic link"
    proven = ", and its results agreed" if lesson.proven else ""
    return f"{supporting.names}: by {by} of event {lesson.event_id}, {lesson.learnt_at:%d %b %Y}{proven}"


def _results(background: LinkBackground) -> Iterator[str]:
    """Yield what results said of the link itself, and of earlier games of its teams under these names."""
    for each in background.verifications:
        yield f"event {each.link.event_id}: {verdict_text(each)}"
    for names, games in background.proven_games.items():
        yield f"{names}: proven by the results of {counted(games, 'game')}"


def _nearest(link: Link | None, background: LinkBackground) -> Iterator[str]:
    for near in background.nearest:
        event = near.event.event
        yield (
            f"{near.event.event.title} (event {event.id}, {near.event.league.name}, "
            f"{moment(event.starts)} UTC): {near.reason}"
        )
        yield f"  {near.comparison}"
    if link is None and not background.nearest:
        yield "no event of Pinnacle within four days has similar names"


def _pinnacle(found: Explanation) -> Iterator[str]:
    state = found.event
    if state is not None:
        event = state.event
        league = state.league.name or f"league {state.league.id}"
        yield f"{state.event.title} (event {event.id}), {moment(event.starts)} UTC, status {event.status}"
        yield league
    yield from (_feed(feed, found.at) for feed in found.feeds)


def _feed(feed: FeedState, now: datetime) -> str:
    text = f"{code_text(feed.kind)}: last good response {ago(feed.ok_at, now)}"
    return f"{text}; now {feed.error}" if feed.error else text


def _wanted(found: Explanation) -> Iterator[str]:
    wanted = found.wanted
    if wanted.odds is None:
        yield f"none ({wanted.cause})" + (", kept as it is" if wanted.keep else "")
    else:
        yield odds(wanted.odds)
    yield from (f"  {step}" for step in wanted.reason.split("; ") if step)


def _actual(found: Explanation) -> Iterator[str]:
    actual = found.actual
    read = f", read {ago(actual.read_at, found.at)}" if actual.read_at else ""
    value = f"{odds(actual.odds)}, " if actual.odds is not None else ""
    yield f"{value}{OWNER_TEXTS[actual.owner]}{read}"
    if actual.error:
        yield f"last error: {actual.error}"


def _next(found: Explanation) -> Iterator[str]:
    change = found.next_change
    if change:
        yield f"{change.kind}: {odds(change.before)} → {odds(change.after)}"
    elif not found.waits:
        yield "nothing to do"
    yield from found.waits


def _write(write: Write) -> str:
    before, after = odds(write.change.before), odds(write.change.after)
    text = f"{moment(write.at)} UTC  {write.change.kind}: {before} → {after}, {write.outcome}"
    return f"{text} ({write.error})" if write.error else text
