"""League names: newer hosts send them with the fixtures; on others they are requested when one is missing."""

from collections.abc import Collection, Iterable

from syncd.model.pinnacle import League
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext, EndpointHandler
from syncd.pinnacle.responses import LeaguesPayload, Response
from syncd.store import events
from syncd.store.connection import AsyncConnection


class LeaguesHandler(EndpointHandler[LeaguesPayload]):
    """The league names of one sport, requested only while a league with events has none."""

    kind = "leagues"
    endpoint = "leagues"
    replaces = False
    optional = True

    def __init__(self, client: PinnacleClient, sport_id: int, leagues: Collection[int]) -> None:
        super().__init__(client, sport_id, leagues)
        self._unnamed: frozenset[int] = frozenset()
        self.has_looked = False
        """True once the leagues without a name have been found."""

    @property
    def idle(self) -> bool:
        """True while every league has its name."""
        return not self._unnamed

    async def find_unnamed(self, conn: AsyncConnection) -> None:
        """Find the leagues that have events but no name."""
        self._unnamed = await events.unnamed_league_ids(conn, self.sport_id)
        self.has_looked = True

    async def rename(self, conn: AsyncConnection, leagues: Iterable[League]) -> frozenset[int]:
        """Store the names that are new. Returns the events of these leagues."""
        named = {league.id: league for league in leagues}
        known = await events.load_leagues(conn, named.keys())
        changed = [league for league in named.values() if known.get(league.id) != league]
        if not changed:
            return frozenset()
        await events.save_leagues(conn, changed)
        return await events.ids_in_leagues(conn, {league.id for league in changed})

    async def request(self, since: int | None) -> Response[LeaguesPayload]:
        """Request all names."""
        assert since is None  # noqa: S101 - without a cursor no delta is ever requested
        response = await self._client.leagues(self.sport_id)
        leagues = {
            league.id: League(id=league.id, sport_id=self.sport_id, name=league.name)
            for league in response.payload.leagues
        }
        return Response(
            payload=LeaguesPayload(items=leagues, unreadable=response.payload.unreadable),
            requested_at=response.requested_at,
            received_at=response.received_at,
            server_time=response.server_time,
        )

    async def apply(self, conn: AsyncConnection, payload: LeaguesPayload, context: ApplyContext) -> Applied:
        """Store the names."""
        changed = await self.rename(conn, payload.items.values())
        await self.find_unnamed(conn)
        return Applied(changed=changed)
