"""Special odds: a delivered special replaces what was known of its prices; others stand.

They may come before their special, and those of outrights come without one: which it is cannot be
told from them, so all are kept.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.model.special import SpecialOdds
from syncd.pinnacle import decode_specials
from syncd.pinnacle.answers import Answer, Raw, SpecialsAnswer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.loss import doubt_snapshot
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.pinnacle.feed.on_need import Need, OfSpecials
from syncd.store import special_prices, specials
from syncd.store.periods import Content
from syncd.store.special_prices import NewOdds


class Read(NamedTuple):
    """What the bytes of a special's odds mean: the text of their content, and whether any price is in it."""

    json: str
    has_prices: bool


class SpecialOddsMirror(OfSpecials[Read]):
    """The prices of one sport's specials, asked for only while there is a need."""

    kind = "special_odds"
    endpoint: Endpoint = "special_odds"

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int], need: Need) -> None:
        super().__init__(client, sport_id, only, need, kind=self.kind, read=_read, empty=_without_prices)

    async def call(self, since: int | None) -> Answer[SpecialsAnswer]:
        """Ask for the prices of all specials, or of those that changed."""
        return await self._client.special_odds(self.sport_id, leagues=self._only, since=since)

    async def apply(self, conn: AsyncConnection, answer: SpecialsAnswer, occasion: Occasion) -> Applied:
        """Write the odds whose content is new, and mark those that a snapshot no longer holds."""
        told = {id_: NewOdds(id_, self.sport_id, *self._memory[id_]) for id_ in answer.specials}
        gone: Collection[int] = ()
        if occasion.snapshot:
            held = await special_prices.load_sport(conn, self.sport_id)
            open_ids = await specials.open_ids(conn, self.sport_id, occasion.server_now)
            if why := doubt_snapshot(
                held,
                told,
                occasion,
                is_open=lambda id_: id_ in open_ids and _has_prices(held[id_]),
                what="special odds",
            ):
                return Applied(doubt=why)
            gone = held.keys() - told.keys()
        else:
            held = await special_prices.load_ids(conn, told.keys())
        fresh = differing(held, told)
        await special_prices.save(conn, fresh, occasion.at)
        await special_prices.mark_gone(conn, gone, occasion.at)
        concerned = {each.special_id for each in fresh}.union(gone)
        event_of = await special_prices.events_of(conn, concerned)
        return Applied(changed=frozenset(event_of.values()))


def differing(held: Mapping[int, Content], told: Mapping[int, NewOdds]) -> list[NewOdds]:
    """The odds that the store does not hold just so."""
    return [each for id_, each in told.items() if held.get(id_) != Content(each.json, gone=False)]


def _read(raw: Raw) -> Read:
    return _meaning(decode_specials.special_odds(raw))


def _without_prices(special_id: int) -> Read:
    return _meaning(SpecialOdds(id=special_id))


def _meaning(odds: SpecialOdds) -> Read:
    return Read(special_prices.encode(odds), any(line.price is not None for line in odds.lines))


def _has_prices(content: Content) -> bool:
    return any(line.price is not None for line in special_prices.decode(content.json).lines)
