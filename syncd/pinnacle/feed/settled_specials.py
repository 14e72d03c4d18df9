"""Settlements of specials: they close at once what absence from lists would close minutes later."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.pinnacle.answers import Answer, SettledSpecial, SettledSpecialsAnswer
from syncd.pinnacle.feed.listing import closed, closes
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.pinnacle.feed.on_need import OnNeed
from syncd.store import specials


class SettledSpecialsMirror(OnNeed):
    """The settlements of one sport's specials, asked for only while there is a need."""

    kind = "settled_specials"
    endpoint: Endpoint = "settled_specials"
    replaces = False
    optional = True

    async def call(self, since: int | None) -> Answer[SettledSpecialsAnswer]:
        """Ask for what was settled in the last 24 hours, or since."""
        return await self._client.settled_specials(self.sport_id, leagues=self._only, since=since)

    def nothing(self) -> SettledSpecialsAnswer:
        """Nothing was settled."""
        return SettledSpecialsAnswer(last=None, settlements={})

    def merge(self, older: SettledSpecialsAnswer, newer: SettledSpecialsAnswer) -> SettledSpecialsAnswer:
        """Never needed: an older snapshot of settlements does no harm."""
        return SettledSpecialsAnswer(last=newer.last, settlements={**older.settlements, **newer.settlements})

    async def prepare(self, answer: SettledSpecialsAnswer, *, snapshot: bool) -> None:
        """Nothing: the answer came decoded."""

    async def apply(
        self, conn: AsyncConnection, answer: SettledSpecialsAnswer, occasion: Occasion
    ) -> Applied:
        """Close the specials that new settlements end."""
        known = await specials.load_settlement_ids(conn, answer.settlements.keys())
        fresh = newer(known, answer.settlements)
        await specials.save_settlement_ids(conn, {each.id: each.settlement_id for each in fresh})
        ending = {each.id: each.status for each in fresh if closes(each.status, each.settled_at, occasion)}
        states = await specials.load_ids(conn, ending.keys())
        after = [closed(state, ending[id_], occasion.at) for id_, state in states.items()]
        shut = [state for state in after if state is not None]
        await specials.save(conn, shut)
        return Applied(changed=frozenset(each.special.event_id for each in shut if each.special.event_id))


def newer(known: Mapping[int, int], told: Mapping[int, SettledSpecial]) -> list[SettledSpecial]:
    """Those that say something new of a special that we know: the greatest id counts."""
    return [each for id_, each in told.items() if id_ in known and known[id_] < each.settlement_id]
