"""Special odds: the delivered odds of a special replace the stored ones as a whole; others remain.

They may be received before their special. Those of outrights never get one, and nothing in the odds says
which they are, so all are kept.
"""

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from syncd.model.special import SpecialOdds
from syncd.pinnacle.decode.specials import decode_special_odds
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext
from syncd.pinnacle.feed.odds import changed_contents
from syncd.pinnacle.feed.on_demand import SpecialItemsHandler
from syncd.pinnacle.feed.suspect_snapshots import suspect_reason
from syncd.pinnacle.responses import RawItem, Response, SpecialsPayload
from syncd.store import special_prices, specials
from syncd.store.connection import AsyncConnection
from syncd.store.periods import StoredContent
from syncd.store.special_prices import NewSpecialOdds


class DecodedSpecialOdds(NamedTuple):
    """The decoded odds of a special: their text, and whether any price is in it."""

    json: str
    has_prices: bool


class SpecialOddsHandler(SpecialItemsHandler[DecodedSpecialOdds]):
    """The prices of one sport's specials, requested only on demand."""

    kind = "special_odds"
    endpoint = "special_odds"

    async def request(self, since: int | None) -> Response[SpecialsPayload]:
        """Request the prices of specials, or of those that changed."""
        return await self._client.special_odds(self.sport_id, leagues=self._leagues, since=since)

    async def apply(self, conn: AsyncConnection, payload: SpecialsPayload, context: ApplyContext) -> Applied:
        """Write the odds whose content is new, and mark those that a snapshot misses as gone."""
        received = {id_: NewSpecialOdds(id_, self.sport_id, *self._decoded[id_]) for id_ in payload.keys}
        gone: Collection[int] = ()
        if context.snapshot:
            stored = await special_prices.load_sport(conn, self.sport_id)
            open_ids = await specials.open_ids(conn, self.sport_id, context.server_now)
            if reason := suspect_reason(
                stored,
                received,
                context,
                is_open=lambda id_: id_ in open_ids and _has_prices(stored[id_]),
                what="special odds",
            ):
                return Applied(suspect=reason)
            gone = stored.keys() - received.keys()
        else:
            stored = await special_prices.load_ids(conn, received.keys())
        changed = changed_contents(stored, received)
        await special_prices.save(conn, changed, context.at)
        await special_prices.mark_gone(conn, gone, context.at)
        concerned = {each.special_id for each in changed}.union(gone)
        event_of = await special_prices.events_of(conn, concerned)
        events = frozenset(event_of.values())
        return Applied(changed=events, repriced=events)

    def _decode(self, item: RawItem) -> DecodedSpecialOdds:
        return _decoded_odds(decode_special_odds(item))

    def _substitute(self, special_id: int) -> DecodedSpecialOdds:
        return _decoded_odds(SpecialOdds(id=special_id))


def _decoded_odds(odds: SpecialOdds) -> DecodedSpecialOdds:
    return DecodedSpecialOdds(special_prices.encode(odds), _any_price(odds))


def _has_prices(content: StoredContent) -> bool:
    try:
        return _any_price(special_prices.decode(content.json))
    except (msgspec.MsgspecError, ValueError):
        return False  # the store was edited: the next good response writes it again


def _any_price(odds: SpecialOdds) -> bool:
    return any(line.price is not None for line in odds.lines)
