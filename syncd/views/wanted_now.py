"""Wanted values of a few pairs, computed from the store at this moment.

The planner does not keep why a pair without a prediction has no price, and a daemon that stands by has no
wanted values at all. Nothing is planned or written by these.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.model.change import Wanted
from syncd.store import betting_status, mode
from syncd.store.connection import AsyncConnection
from syncd.store.mode import Mode
from syncd.sync.freshness import conditions, conditions_of, load_feeds
from syncd.sync.inputs import load_matches
from syncd.sync.references import References
from syncd.sync.states import Conditions, FilterState, MatchState
from syncd.sync.wanted_table import values_of_match

MATCHES_PER_SLICE = 20
"""Matches computed before the event loop gets its turn."""


class NoReferences(References):
    """Reads no history: a rule that starts from an earlier price is computed from the one of now."""

    async def add_prices(
        self, conn: AsyncConnection, matches: Sequence[MatchState], filters: Iterable[FilterState]
    ) -> list[MatchState]:
        """Return the matches as they are."""
        return list(matches)


async def conditions_now(conn: AsyncConnection, daemon: Daemon) -> dict[int, Conditions]:
    """Load the conditions of this moment by sport."""
    components, settings, now = daemon.components, daemon.settings, daemon.clock.now()
    withdrawn = components.mode.withdrawn if components else await mode.load(conn) is Mode.WITHDRAWN
    return conditions(
        components.feeds.states if components else await load_feeds(conn, settings),
        settings,
        now,
        withdrawn=withdrawn,
        betting_closed=await betting_status.closed(conn, settings.pinnacle.base_url, now),
    )


async def wanted_now(
    conn: AsyncConnection, daemon: Daemon, filters: Mapping[int, FilterState], pairs: Collection[Pair]
) -> dict[Pair, Wanted]:
    """Compute the wanted values of these pairs, without prices of the past. Raises `StoreError`."""
    if not pairs:
        return {}
    by_match: dict[int, list[FilterState]] = {}
    for pair in pairs:
        state = filters.get(pair.filter_id) or FilterState(filter_id=pair.filter_id)
        by_match.setdefault(pair.match_id, []).append(state)
    by_sport = await conditions_now(conn, daemon)
    used = [each for each in filters.values() if any(each in states for states in by_match.values())]
    matches = await load_matches(conn, by_match, used, NoReferences(daemon.clock))
    found: dict[Pair, Wanted] = {}
    for count, match in enumerate(matches, start=1):
        values = values_of_match(match, by_match[match.match_id], conditions_of(match, by_sport))
        found.update({value.pair: value for value in values})
        if not count % MATCHES_PER_SLICE:
            await asyncio.sleep(0)
    return found
