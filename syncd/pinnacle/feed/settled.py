"""Settlements: the one place where Pinnacle says that an event is over, called off or deleted."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.model.feed import EventState
from syncd.model.pinnacle import MATCH_PERIOD, Settlement
from syncd.pinnacle.answers import Answer, PeriodKey, SettledAnswer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.listing import closed, closes
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.store import events


class SettledMirror:
    """The settlements of one sport."""

    kind = "settled"
    endpoint: Endpoint = "settled"
    replaces = False
    optional = True
    """Deprecated on Pinnacle's own host in 2026: absence from snapshots then has to do."""
    idle = False

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int]) -> None:
        self.sport_id = sport_id
        self._client = client
        self._only = only

    async def call(self, since: int | None) -> Answer[SettledAnswer]:
        """Ask for what was settled in the last 24 hours, or since."""
        return await self._client.settled(self.sport_id, leagues=self._only, since=since)

    def nothing(self) -> SettledAnswer:
        """Nothing was settled."""
        return SettledAnswer(last=None, settlements={})

    def merge(self, older: SettledAnswer, newer: SettledAnswer) -> SettledAnswer:
        """Never needed: an older snapshot of settlements does no harm."""
        return SettledAnswer(last=newer.last, settlements={**older.settlements, **newer.settlements})

    async def prepare(self, answer: SettledAnswer, *, snapshot: bool) -> None:
        """Nothing: the answer came decoded."""

    async def apply(self, conn: AsyncConnection, answer: SettledAnswer, occasion: Occasion) -> Applied:
        """Write settlements that are new, and close the events they end."""
        ids = {key.event_id for key in answer.settlements}
        fresh = newer(await events.load_settlements(conn, ids), answer.settlements)
        await events.save_settlements(conn, fresh)
        ending = {each.event_id: each for each in fresh if _ends_event(each, occasion)}
        closed = list(close(await events.load_ids(conn, ending.keys()), ending, occasion))
        await events.save(conn, closed)
        return Applied(changed=frozenset(state.event.id for state in closed))


def newer(
    known: Mapping[tuple[int, int], Settlement], told: Mapping[PeriodKey, Settlement]
) -> list[Settlement]:
    """Those that say something new of their period: the greatest id counts."""
    return [each for key, each in told.items() if key not in known or known[key].id < each.id]


def close(
    known: Mapping[int, EventState], ending: Mapping[int, Settlement], occasion: Occasion
) -> Iterable[EventState]:
    """The events that these settlements end."""
    for event_id, settlement in ending.items():
        if event_id in known and (after := closed(known[event_id], settlement.status, occasion.at)):
            yield after


def _ends_event(settlement: Settlement, occasion: Occasion) -> bool:
    of_match = settlement.period == MATCH_PERIOD
    return of_match and closes(settlement.status, settlement.settled_at, occasion)
