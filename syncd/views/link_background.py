"""The background of a match's link: the lessons that support it; without a link, the nearest events."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Set
from datetime import timedelta

import msgspec

from syncd.config.settings import Settings
from syncd.linking.inputs import fixture_of
from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.comparison import Comparer, Comparison, SupportingLesson
from syncd.matching.lesson import Lesson
from syncd.matching.parameters import MAX_KICKOFF_APART_S
from syncd.model.bettune import Match
from syncd.model.feed import EventState
from syncd.model.link import Link, LinkState
from syncd.store import events, lessons, links, verifications
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.links import Rejection
from syncd.store.verifications import Verification

MAX_KICKOFF_APART = timedelta(seconds=MAX_KICKOFF_APART_S)
MAX_NEAREST = 3
MIN_SHOWN_SIMILARITY = 0.6
"""Of at most 2, as in `Comparison.similarity`. Events below it do not resemble the match."""


class NearestEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that resembles the match but is not linked to it."""

    event: EventState
    comparison: str
    """The similarity and the differences, in one line."""
    reason: str
    """The reason why they are not linked."""


class LinkBackground(msgspec.Struct, frozen=True, kw_only=True):
    """The lessons that support a link besides its own evidence, or the nearest events if there is none."""

    supporting_lessons: tuple[SupportingLesson, ...] = ()
    """Lessons of other events by which the teams are the same, the newest first."""
    verifications: tuple[Verification, ...] = ()
    """The links of this match that were judged by results after the game."""
    nearest: tuple[NearestEvent, ...] = ()
    """For a match without an automatic or confirmed link: the most similar events, the nearest first."""

    @property
    def proven_games(self) -> dict[str, int]:
        """The number of other games whose results agreed, by the names that they prove to be one team."""
        games: dict[str, set[int]] = {}
        for names, lesson in self.supporting_lessons:
            if lesson.proven:
                games.setdefault(names, set()).add(lesson.event_id)
        return {names: len(found) for names, found in games.items()}


async def load_link_background(
    store: Store,
    settings: Settings,
    link: Link | None,
    event: EventState | None,
    match: Match,
    *,
    aliases: Aliases,
    apart: timedelta = MAX_KICKOFF_APART,
) -> LinkBackground:
    """Load the background of a match's link, or of its absence. Raises `StoreError`.

    Events that kick off further `apart` from the match are not compared with it.
    """
    is_linked = link is not None and link.state.carries_predictions
    async with store.read() as conn:
        about_teams = await lessons.load_about(conn, (), {match.home.id, match.away.id})
        judged = tuple(await verifications.load_of_match(conn, match.id))
        around = {} if is_linked else await _events_around(conn, settings, match, apart)
        linked = await links.load_for_events(conn, around.keys())
        rejected = set() if is_linked else await links.load_rejections(conn)
    supporting = (
        await asyncio.to_thread(_supporting_lessons, event, match, about_teams, aliases)
        if link and event and about_teams
        else ()
    )
    others = {event_id: state for event_id, state in around.items() if not link or event_id != link.event_id}
    similar = await asyncio.to_thread(_most_similar, others, match, aliases) if others else []
    nearest = tuple(
        NearestEvent(
            event=others[event_id],
            comparison=comparison.text,
            reason=next(_reasons(others[event_id], match.id, comparison, linked.get(event_id), rejected)),
        )
        for event_id, comparison in similar
    )
    return LinkBackground(supporting_lessons=supporting, nearest=nearest, verifications=judged)


def _supporting_lessons(
    event: EventState, match: Match, known: Collection[Lesson], aliases: Aliases
) -> tuple[SupportingLesson, ...]:
    fixture = fixture_of(event, has_prices=True)
    comparer = Comparer([fixture], [match], aliases=aliases)
    return tuple(comparer.supporting_lessons(fixture.event.id, match.id, known))


async def _events_around(
    conn: AsyncConnection, settings: Settings, match: Match, apart: timedelta
) -> Mapping[int, EventState]:
    """Load the events, by id, that kick off near enough to the match to be compared with it."""
    known = await events.load_between(conn, settings.pinnacle.sports, match.date - apart, match.date + apart)
    return {event_id: state for event_id, state in known.items() if state.event.parent_id is None}


def _most_similar(
    around: Mapping[int, EventState], match: Match, aliases: Aliases
) -> list[tuple[int, Comparison]]:
    fixtures = [fixture_of(state, has_prices=True) for state in around.values()]
    comparer = Comparer(fixtures, [match], aliases=aliases)
    compared = ((event_id, comparer.compare(event_id, match.id)) for event_id in around)
    similar = [each for each in compared if each[1].similarity >= MIN_SHOWN_SIMILARITY]
    return sorted(similar, key=lambda each: -each[1].similarity)[:MAX_NEAREST]


def _reasons(
    state: EventState, match_id: int, comparison: Comparison, link: Link | None, rejected: Set[Rejection]
) -> Iterator[str]:
    """Give all reasons why the event is not linked to the match, the strongest first."""
    if (state.event.id, match_id) in rejected:
        yield "a user rejected this link"
    if never := unlinkable.reason(state.event, state.league.name):
        yield f"never linked: {never}"
    if not state.listed:
        yield "not in Pinnacle's newest list"
    if link and link.match_id == match_id:
        yield link.reason or "waits for review"
    if link and link.state.carries_predictions:
        by = (
            "confirmed by a user"
            if link.state is LinkState.CONFIRMED
            else f"confidence {link.confidence:.4f}"
        )
        yield f"it is linked to match {link.match_id} ({by})"
    if link:
        yield f"match {link.match_id} is more likely, and waits for review"
    yield comparison.objection
