"""Links as a person looks at them: with the names behind the ids, the soonest kick-off first."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.model.bettune import Match, Pair
from syncd.model.feed import EventState
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, events, links
from syncd.store.engine import Store

PLAYED = timedelta(hours=3)
"""So long after kick-off a link is of no interest any more."""


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A link with what it links; an event or match that the store has forgotten is none."""

    link: Link
    event: EventState | None
    match: Match | None
    runner_up: Match | None = None
    behind: str = ""
    """Why the runner-up lies behind; only of what waits for review."""
    waiting: int = 0
    """How many predictions it would carry at once if a person confirmed it; only of what waits for review."""

    @property
    def kickoff(self) -> datetime | None:
        """By Pinnacle, else by BetTune."""
        if self.event:
            return self.event.event.starts
        return self.match.date if self.match else None


async def load_links(
    store: Store, *, states: Collection[LinkState] = tuple(LinkState), with_past: bool = False
) -> list[Linked]:
    """The links in these states; of games that are over only `with_past`."""
    async with store.read() as conn:
        found = [link for link in (await links.load_all(conn)).values() if link.state in states]
        seen = await _with_names(conn, found)
    since = store.clock.now() - PLAYED
    ahead = [each for each in seen if with_past or each.kickoff is None or each.kickoff > since]
    return sorted(ahead, key=lambda each: (each.kickoff is None, each.kickoff, each.link.event_id))


async def load_unlinked(store: Store, settings: Settings) -> list[Match]:
    """The matches of the horizon to which no event is linked, not even for review."""
    async with store.read() as conn:
        ids = set(await catalogue.matches_of_horizon(conn, store.clock.now(), settings.bettune.horizon))
        ids -= {link.match_id for link in (await links.load_all(conn)).values()}
        found = await catalogue.matches_by_id(conn, ids)
    since = store.clock.now() - PLAYED
    return sorted(
        (match for match in found.values() if match.date > since and not match.finished),
        key=lambda match: (match.date, match.id),
    )


async def _with_names(conn: AsyncConnection, found: list[Link]) -> list[Linked]:
    known = await events.load_ids(conn, [link.event_id for link in found])
    ids = {link.match_id for link in found} | {link.runner_up for link in found if link.runner_up}
    listed = await catalogue.matches_by_id(conn, ids)
    return [
        Linked(
            link=link,
            event=known.get(link.event_id),
            match=listed.get(link.match_id),
            runner_up=listed.get(link.runner_up) if link.runner_up else None,
        )
        for link in found
    ]


class Names(msgspec.Struct, frozen=True):
    """The names a person knows pairs by; the numbers where BetTune never told any."""

    filters: dict[int, str]
    matches: dict[int, str]

    def filter(self, pair: Pair) -> str:
        """The filter's name."""
        return self.filters.get(pair.filter_id, f"filter {pair.filter_id}")

    def match(self, pair: Pair) -> str:
        """`Home v Away`."""
        return self.matches.get(pair.match_id, f"match {pair.match_id}")


async def load_names(conn: AsyncConnection, pairs: Collection[Pair]) -> Names:
    """The names of all filters and matches among these pairs."""
    filters = await catalogue.filters_by_id(conn, {pair.filter_id for pair in pairs})
    matches = await catalogue.matches_by_id(conn, {pair.match_id for pair in pairs})
    return Names(
        {each.id: each.name for each in filters.values()},
        {each.id: each.title for each in matches.values()},
    )
