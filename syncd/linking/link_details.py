"""Links with the names behind their ids, as users read them: the earliest kick-off first."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from syncd.config.settings import Settings
from syncd.model.bettune import Match, Pair
from syncd.model.feed import EventState
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, events, links
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store

GAME_OVER_AFTER = timedelta(hours=3)
"""Time after kick-off from which a game is taken to be over."""


class LinkDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A link with its event and match; they are None if the store has forgotten them."""

    link: Link
    event: EventState | None
    match: Match | None
    runner_up: Match | None = None
    behind: str = ""
    """The reason why the runner-up fits less well; only for links that wait for review."""
    waiting: int = 0
    """Predictions that would follow at once if a user confirmed it; only for links that wait for review."""

    @property
    def kickoff(self) -> datetime | None:
        """Kick-off by Pinnacle, else by BetTune. None if both are unknown."""
        if self.event:
            return self.event.event.starts
        return self.match.date if self.match else None


async def load_links(
    store: Store, *, states: Collection[LinkState] = tuple(LinkState), with_past: bool = False
) -> list[LinkDetails]:
    """Return the links in these states; those of games that are over only `with_past`."""
    async with store.read() as conn:
        found = [link for link in (await links.load_all(conn)).values() if link.state in states]
        detailed = await _with_details(conn, found)
    since = store.clock.now() - GAME_OVER_AFTER
    shown = [each for each in detailed if with_past or each.kickoff is None or each.kickoff > since]
    return sorted(shown, key=lambda each: (each.kickoff is None, each.kickoff, each.link.event_id))


async def load_unlinked(store: Store, settings: Settings) -> list[Match]:
    """Return the matches of the horizon to which no event is linked, not even for review."""
    async with store.read() as conn:
        ids = set(await catalogue.matches_of_horizon(conn, store.clock.now(), settings.bettune.horizon))
        ids -= {link.match_id for link in (await links.load_all(conn)).values()}
        found = await catalogue.matches_by_id(conn, ids)
    since = store.clock.now() - GAME_OVER_AFTER
    return sorted(
        (match for match in found.values() if match.date > since and not match.finished),
        key=lambda match: (match.date, match.id),
    )


async def _with_details(conn: AsyncConnection, found: list[Link]) -> list[LinkDetails]:
    known = await events.load_ids(conn, [link.event_id for link in found])
    ids = {link.match_id for link in found} | {link.runner_up for link in found if link.runner_up}
    listed = await catalogue.matches_by_id(conn, ids)
    return [
        LinkDetails(
            link=link,
            event=known.get(link.event_id),
            match=listed.get(link.match_id),
            runner_up=listed.get(link.runner_up) if link.runner_up else None,
        )
        for link in found
    ]


class PairNames(msgspec.Struct, frozen=True):
    """The names of filters and matches by id; an id without a name is shown as a number."""

    filters: dict[int, str]
    matches: dict[int, str]

    def filter(self, pair: Pair) -> str:
        """Return the filter's name."""
        return self.filters.get(pair.filter_id, f"filter {pair.filter_id}")

    def match(self, pair: Pair) -> str:
        """Return `Home v Away`."""
        return self.matches.get(pair.match_id, f"match {pair.match_id}")

    def of(self, pair: Pair) -> dict[str, str]:
        """Return both names, under the keys `filter` and `match`."""
        return {"filter": self.filter(pair), "match": self.match(pair)}


async def load_pair_names(conn: AsyncConnection, pairs: Collection[Pair]) -> PairNames:
    """Load the names of all filters and matches of these pairs."""
    filters = await catalogue.filters_by_id(conn, {pair.filter_id for pair in pairs})
    matches = await catalogue.matches_by_id(conn, {pair.match_id for pair in pairs})
    return PairNames(
        {each.id: each.name for each in filters.values()},
        {each.id: each.title for each in matches.values()},
    )
