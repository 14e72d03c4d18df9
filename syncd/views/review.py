"""Links that wait for review, the most useful first, each with its runner-up and why that is weaker."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from syncd.config.settings import Settings
from syncd.linking.inputs import fixture_of
from syncd.linking.link_details import LinkDetails, load_links
from syncd.matching.aliases import Aliases
from syncd.matching.comparison import Comparer
from syncd.model.link import Link, LinkState
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.rows import in_chunks
from syncd.sync.freshness import conditions, conditions_of, load_feeds
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.references import References
from syncd.sync.states import MatchState
from syncd.sync.wanted import wanted

MATCHES_PER_CHUNK = 200
"""Matches whose markets are in memory at the same time."""


async def load_review(
    store: Store, settings: Settings, aliases: Aliases, *, with_past: bool = False
) -> list[LinkDetails]:
    """Load the links for review: by kick-off, then by predictions that wait, then by confidence.

    Raises `StoreError`.
    """
    waiting_links = await load_links(store, states=(LinkState.REVIEW,), with_past=with_past)
    async with store.read() as conn:
        counts = await _count_waiting(conn, settings, {each.link.match_id for each in waiting_links}, store)
    by_event = {each.link.event_id: each for each in waiting_links}
    ordered = sort_for_review(
        (each.link for each in waiting_links),
        kickoffs={event_id: each.kickoff for event_id, each in by_event.items() if each.kickoff},
        waiting=counts,
    )
    return [
        _with_comparison(replace(by_event[link.event_id], waiting=counts.get(link.match_id, 0)), aliases)
        for link in ordered
    ]


def sort_for_review(
    links: Iterable[Link], *, kickoffs: Mapping[int, datetime], waiting: Mapping[int, int]
) -> list[Link]:
    """Return those for review: the soonest first, then the most predictions waiting, then the likeliest.

    `kickoffs` is by event id (an event without one comes last), `waiting` counts predictions by match id.
    """

    def sort_key(link: Link) -> tuple[bool, float, int, float]:
        kickoff = kickoffs.get(link.event_id)
        seconds = kickoff.timestamp() if kickoff else 0.0
        return kickoff is None, seconds, -waiting.get(link.match_id, 0), -link.confidence

    return sorted((link for link in links if link.state is LinkState.REVIEW), key=sort_key)


async def _count_waiting(
    conn: AsyncConnection, settings: Settings, match_ids: Collection[int], store: Store
) -> dict[int, int]:
    """Count for each match id the predictions that it would get if its link were confirmed.

    Whether the feed is stale or everything is withdrawn is ignored: a link is worth the same then.
    """
    filters = await load_filters(conn, settings)
    with_rule = [each for each in filters.values() if each.rule]
    by_sport = conditions(await load_feeds(conn, settings), settings, store.clock.now())
    fresh = {sport: replace(each, stale="") for sport, each in by_sport.items()}
    counts: dict[int, int] = {}
    references = References(store.clock)
    for chunk in in_chunks(match_ids, MATCHES_PER_CHUNK):
        states = await load_matches(conn, chunk, filters.values(), references)
        for state in map(_as_confirmed, states):
            now = conditions_of(state, fresh)
            priced = (wanted(each, state, now).odds is not None for each in with_rule)
            counts[state.match_id] = sum(priced)
    return counts


def _as_confirmed(state: MatchState) -> MatchState:
    if state.link is None:
        return state
    return replace(state, link=replace(state.link, state=LinkState.CONFIRMED))


def _with_comparison(each: LinkDetails, aliases: Aliases) -> LinkDetails:
    """Add the reason why the runner-up is weaker."""
    if not (each.event and each.match and each.runner_up):
        return each
    event = fixture_of(each.event, has_prices=True)
    comparer = Comparer([event], [each.match, each.runner_up], aliases=aliases)
    best, next_best = (comparer.compare(event.event.id, match.id) for match in (each.match, each.runner_up))
    return replace(each, behind=next_best.weaker_than(best))
