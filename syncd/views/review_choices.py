"""Matches that a user may choose in place of the linker's, and what an accepted link taught."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from syncd.linking.inputs import fixture_of
from syncd.matching.aliases import Aliases
from syncd.matching.comparison import Comparer
from syncd.matching.lesson import Lesson
from syncd.model.bettune import Match
from syncd.model.link import Link
from syncd.store import catalogue, events, lessons, links
from syncd.store.engine import Store

SEARCHED_APART = timedelta(hours=48)
"""Matches that kick off further from the event are not offered."""

MAX_CHOICES = 12


class MatchChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A match that may be the event's."""

    match: Match
    comparison: str
    """The similarity and the differences, in one line."""
    linked: Link | None
    """Its link with another event."""


async def search_matches(store: Store, aliases: Aliases, event_id: int, text: str) -> list[MatchChoice]:
    """Find matches near an event whose names contain every word of a text; all of them if it is empty.

    The most similar come first. Returns none if the event is not known. Raises `StoreError`.
    """
    async with store.read() as conn:
        event = (await events.load_ids(conn, [event_id])).get(event_id)
        if event is None:
            return []
        starts = event.event.starts
        near = await catalogue.matches_between(conn, starts - SEARCHED_APART, starts + SEARCHED_APART)
        found = [match for match in near.values() if _has_words(match, text.casefold().split())]
        linked = await links.load_for_matches(conn, [match.id for match in found])
    by_match = {link.match_id: link for link in linked.values() if link.event_id != event_id}
    comparer = Comparer([fixture_of(event, has_prices=True)], found, aliases=aliases)
    compared = ((comparer.compare(event_id, match.id), match) for match in found)
    best = sorted(compared, key=lambda each: (-each[0].similarity, abs(each[1].date - starts)))
    return [
        MatchChoice(match=match, comparison=comparison.text, linked=by_match.get(match.id))
        for comparison, match in best[:MAX_CHOICES]
    ]


def _has_words(match: Match, words: Iterable[str]) -> bool:
    text = f"{match.title} {match.tournament.name} {match.country.name} {match.id}".casefold()
    return all(word in text for word in words)


async def load_taught(store: Store, event_id: int) -> list[str]:
    """Load the lessons of an event's link as sentences. Raises `StoreError`."""
    async with store.read() as conn:
        taught = (await lessons.load_for_events(conn, [event_id])).get(event_id, ())
        link = (await links.load_for_events(conn, [event_id])).get(event_id)
        match = (await catalogue.matches_by_id(conn, [link.match_id])).get(link.match_id) if link else None
    return [_sentence(lesson, match) for lesson in taught if lesson.kind in ("team", "league")]


def _sentence(lesson: Lesson, match: Match | None) -> str:
    named = (match.home, match.away, match.tournament) if match else ()
    name = next((each.name for each in named if each.id == lesson.target_id), "")
    what = "league" if lesson.kind == "league" else "team"
    return f"“{lesson.name}” is BetTune's {what} {name or lesson.target_id}"
