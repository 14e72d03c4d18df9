"""League names: newer hosts send them with the fixtures, the others are asked when one is missing."""

from collections.abc import Iterable

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.model.pinnacle import League
from syncd.pinnacle.answers import Answer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.store import events


class LeagueNames(msgspec.Struct, frozen=True, kw_only=True):
    """All leagues of a sport. This list has no deltas."""

    leagues: tuple[League, ...] = ()
    last: None = None


class LeagueMirror:
    """The league names of one sport, asked for only while some league with events has none."""

    kind = "leagues"
    endpoint: Endpoint = "leagues"
    replaces = False
    optional = True

    def __init__(self, client: Pinnacle, sport_id: int) -> None:
        self.sport_id = sport_id
        self._client = client
        self._unnamed: frozenset[int] = frozenset()

    @property
    def idle(self) -> bool:
        """Whether every league has its name."""
        return not self._unnamed

    async def look(self, conn: AsyncConnection) -> None:
        """See which leagues have events but no name."""
        self._unnamed = await events.unnamed_leagues(conn, self.sport_id)

    async def rename(self, conn: AsyncConnection, named: Iterable[League]) -> frozenset[int]:
        """Remember names that are new, and tell which events they concern."""
        told = {league.id: league for league in named}
        known = await events.load_leagues(conn, told.keys())
        fresh = [league for league in told.values() if known.get(league.id) != league]
        if not fresh:
            return frozenset()
        await events.save_leagues(conn, fresh)
        return await events.ids_in_leagues(conn, {league.id for league in fresh})

    async def call(self, since: int | None) -> Answer[LeagueNames]:
        """Ask for all names."""
        assert since is None  # noqa: S101 - without a cursor no delta is ever asked
        answer = await self._client.leagues(self.sport_id)
        leagues = (
            League(id=league.id, sport_id=self.sport_id, name=league.name) for league in answer.value or ()
        )
        return Answer(
            value=LeagueNames(leagues=tuple(leagues)),
            asked_at=answer.asked_at,
            answered_at=answer.answered_at,
            server_time=answer.server_time,
        )

    def nothing(self) -> LeagueNames:
        """No league."""
        return LeagueNames()

    def merge(self, older: LeagueNames, newer: LeagueNames) -> LeagueNames:
        """Never needed: without a cursor no snapshot is held back."""
        return LeagueNames(leagues=older.leagues + newer.leagues)

    async def prepare(self, answer: LeagueNames, *, snapshot: bool) -> None:
        """Nothing."""

    async def apply(self, conn: AsyncConnection, answer: LeagueNames, occasion: Occasion) -> Applied:
        """Remember the names."""
        changed = await self.rename(conn, answer.leagues)
        await self.look(conn)
        return Applied(changed=changed)
