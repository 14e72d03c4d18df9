"""What stands behind a link, or in place of one: who taught the names, or which events came nearest."""

from collections.abc import Collection, Iterator, Mapping, Set
from datetime import timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.linking.relinker import aliases_of, fixture_of
from syncd.matching import unlinkable
from syncd.matching.comparison import Comparer, Comparison, SupportingLesson
from syncd.matching.memory import Lesson
from syncd.matching.parameters import MAX_KICKOFF_APART_S
from syncd.model.bettune import Match
from syncd.model.feed import EventState
from syncd.model.link import Link, LinkState
from syncd.store import events, lessons, links
from syncd.store.engine import Store
from syncd.store.links import Rejection

MAX_NEAREST = 3
_MIN_SIMILARITY = 0.6
"""Less likeness than this is none."""


class NearestEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that resembles the match, how far, and why it is not linked to it."""

    event: EventState
    likeness: str
    why_not: str


class LinkBackground(msgspec.Struct, frozen=True, kw_only=True):
    """What a link stands on besides its own evidence, or what there is in place of one."""

    witnesses: tuple[SupportingLesson, ...] = ()
    """Who taught that the teams are the same, the newest first: never the event itself."""
    nearest: tuple[NearestEvent, ...] = ()
    """Where nothing is linked for sure: the events most like the match, the nearest first."""


async def load_link_background(
    store: Store, settings: Settings, link: Link | None, state: EventState | None, match: Match
) -> LinkBackground:
    """What is behind the link of this match, if it has any. Raises `StoreError`."""
    async with store.read() as conn:
        known = await lessons.load_all(conn)
        around = await _around(conn, settings, match)
        linked = await links.of_events(conn, around.keys())
        rejected = await links.load_rejections(conn)
    told = _witnesses(state, match, known, settings) if link and state else ()
    if link and link.state.carries_predictions:
        return LinkBackground(witnesses=told)
    others = {event_id: state for event_id, state in around.items() if not link or event_id != link.event_id}
    return LinkBackground(
        witnesses=told,
        nearest=tuple(
            NearestEvent(
                event=around[event_id],
                likeness=facts.text,
                why_not=next(_reasons(around[event_id], match.id, facts, linked.get(event_id), rejected)),
            )
            for event_id, facts in _most_alike(others, match, settings)
        ),
    )


def _witnesses(
    state: EventState, match: Match, known: Collection[Lesson], settings: Settings
) -> tuple[SupportingLesson, ...]:
    fixture = fixture_of(state, has_prices=True)
    comparer = Comparer([fixture], [match], aliases=aliases_of(settings))
    return tuple(comparer.supporting_lessons(fixture.event.id, match.id, known))


async def _around(conn: AsyncConnection, settings: Settings, match: Match) -> Mapping[int, EventState]:
    within = timedelta(seconds=MAX_KICKOFF_APART_S)
    known = await events.load(conn, settings.pinnacle.sports)
    return {
        event_id: state
        for event_id, state in known.items()
        if abs(state.event.starts - match.date) <= within and state.event.parent_id is None
    }


def _most_alike(
    around: Mapping[int, EventState], match: Match, settings: Settings
) -> list[tuple[int, Comparison]]:
    fixtures = [fixture_of(state, has_prices=True) for state in around.values()]
    comparer = Comparer(fixtures, [match], aliases=aliases_of(settings))
    seen = ((event_id, comparer.compare(event_id, match.id)) for event_id in around)
    alike = [(event_id, facts) for event_id, facts in seen if facts.similarity >= _MIN_SIMILARITY]
    return sorted(alike, key=lambda each: -each[1].similarity)[:MAX_NEAREST]


def _reasons(
    state: EventState, match_id: int, facts: Comparison, link: Link | None, rejected: Set[Rejection]
) -> Iterator[str]:
    if (state.event.id, match_id) in rejected:
        yield "a person said that it is not this one"
    if never := unlinkable.reason(state.event, state.league.name):
        yield f"never linked: {never}"
    if not state.listed:
        yield "not in Pinnacle's newest list"
    if link and link.match_id == match_id:
        yield link.reason or "waits for review"
    if link and link.state.carries_predictions:
        by = "by a person" if link.state is LinkState.CONFIRMED else f"confidence {link.confidence:.4f}"
        yield f"it is match {link.match_id} ({by})"
    if link:
        yield f"match {link.match_id} is likelier, and waits for review"
    yield facts.objection
