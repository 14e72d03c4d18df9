"""Links that wait for a person: the most worthy first, each with its runner-up and why that lies behind."""

from collections.abc import Collection

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.linking.link_details import LinkDetails, load_links
from syncd.linking.relinker import aliases_of, fixture_of
from syncd.matching.comparison import Comparer
from syncd.matching.review_order import sort_for_review
from syncd.model.link import LinkState
from syncd.store.engine import Store
from syncd.store.rows import in_chunks
from syncd.sync.freshness import conditions, conditions_of, load_feeds
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.references import References
from syncd.sync.states import MatchState
from syncd.sync.wanted import wanted

MATCHES_PER_CHUNK = 200
"""Matches whose markets are in memory at the same time."""


async def load_review(store: Store, settings: Settings, *, with_past: bool = False) -> list[LinkDetails]:
    """What waits for a person: soonest first, then what most predictions wait for, then the likeliest."""
    found = await load_links(store, states=(LinkState.REVIEW,), with_past=with_past)
    async with store.read() as conn:
        counts = await _waiting(conn, settings, {each.link.match_id for each in found}, store)
    by_event = {each.link.event_id: each for each in found}
    ordered = sort_for_review(
        (each.link for each in found),
        kickoffs={event_id: each.kickoff for event_id, each in by_event.items() if each.kickoff},
        waiting=counts,
    )
    return [
        _beside(replace(by_event[link.event_id], waiting=counts.get(link.match_id, 0)), settings)
        for link in ordered
    ]


async def _waiting(
    conn: AsyncConnection, settings: Settings, match_ids: Collection[int], store: Store
) -> dict[int, int]:
    """For each match, how many predictions it would get if its link were confirmed.

    That the feed is stale or everything withdrawn just now tells nothing about what a link is worth.
    """
    filters = await load_filters(conn, settings)
    ruled = [each for each in filters.values() if each.rule]
    now = conditions(await load_feeds(conn, settings), settings, store.clock.now())
    here = {sport: replace(each, stale="") for sport, each in now.items()}
    counts: dict[int, int] = {}
    references = References(store.clock)
    for chunk in in_chunks(match_ids, MATCHES_PER_CHUNK):
        scenes = await load_matches(conn, chunk, filters.values(), references)
        for scene in map(_as_confirmed, scenes):
            at = conditions_of(scene, here)
            priced = (wanted(each, scene, at).odds is not None for each in ruled)
            counts[scene.match_id] = sum(priced)
    return counts


def _as_confirmed(scene: MatchState) -> MatchState:
    if scene.link is None:
        return scene
    return replace(scene, link=replace(scene.link, state=LinkState.CONFIRMED))


def _beside(each: LinkDetails, settings: Settings) -> LinkDetails:
    """With the reason why the runner-up lies behind."""
    if not (each.event and each.match and each.runner_up):
        return each
    event = fixture_of(each.event, has_prices=True)
    comparer = Comparer([event], [each.match, each.runner_up], aliases=aliases_of(settings))
    best, next_best = (comparer.compare(event.event.id, match.id) for match in (each.match, each.runner_up))
    return replace(each, behind=next_best.weaker_than(best))
