"""Odds: a delivered period replaces the stored one as a whole; one that is not delivered remains.

Most of a snapshot is stored already, so contents are compared as text: a row with the same text is not
written.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from syncd.model.openness import is_open_period
from syncd.model.pinnacle import Period
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.decode.events import decode_period
from syncd.pinnacle.feed.decode_cache import DecodeCache
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext, EndpointHandler
from syncd.pinnacle.feed.invalid_items import InvalidItems
from syncd.pinnacle.feed.suspect_snapshots import suspect_reason
from syncd.pinnacle.responses import OddsPayload, PeriodKey, RawItem, Response
from syncd.store import periods
from syncd.store.connection import AsyncConnection
from syncd.store.periods import NewPeriodContent, PeriodId, StoredContent

UNKNOWN_LEAGUE = 0
"""The league of an invalid period: nothing reads it."""


class NewText(Protocol):
    """A content to be stored, as text."""

    @property
    def json(self) -> str:
        """The text, equal for equal contents."""


KeyT = TypeVar("KeyT", bound=Hashable)
NewTextT = TypeVar("NewTextT", bound=NewText)


class DecodedOdds(NamedTuple):
    """A decoded period: its text, and the properties that would otherwise need decoding it again."""

    json: str
    has_prices: bool
    has_moneyline: bool


class OddsHandler(EndpointHandler[OddsPayload]):
    """The periods of one sport, with a cache of the decoded ones."""

    kind = "odds"
    endpoint = "odds"

    def __init__(self, client: PinnacleClient, sport_id: int, leagues: Collection[int]) -> None:
        super().__init__(client, sport_id, leagues)
        invalid = InvalidItems(self.kind, _log_fields)
        self._decoded = DecodeCache(_decode, _without_markets, invalid)

    async def request(self, since: int | None) -> Response[OddsPayload]:
        """Request the periods, or those that changed."""
        return await self._client.odds(self.sport_id, leagues=self._leagues, since=since)

    async def prepare(self, payload: OddsPayload, *, snapshot: bool) -> None:
        """Decode the periods that are new. An invalid one counts as one without any market."""
        await self._decoded.load(payload, snapshot=snapshot)

    async def apply(self, conn: AsyncConnection, payload: OddsPayload, context: ApplyContext) -> Applied:
        """Write the periods whose content is new, and mark those that a snapshot misses as gone."""
        received = self._contents(payload)
        gone: Collection[PeriodId] = ()
        if context.snapshot:
            stored = await periods.load_sport_contents(conn, self.sport_id)
            if reason := suspect_reason(
                stored,
                received,
                context,
                is_open=lambda key: _takes_bets(stored[key], context.server_now),
                what="periods",
            ):
                return Applied(suspect=reason)
            gone = stored.keys() - received.keys()
        else:
            stored = await periods.load_contents(conn, {event_id for event_id, _ in received})
        changed = changed_contents(stored, received)
        await periods.save(conn, changed, context.at)
        await periods.mark_gone(conn, gone, context.at)
        events = frozenset({each.event_id for each in changed} | {event for event, _ in gone})
        return Applied(changed=events, repriced=events - priced_or_not(stored, changed, gone))

    def _contents(self, payload: OddsPayload) -> dict[PeriodId, NewPeriodContent]:
        leagues = {key: item.league_id for key, item in payload.items.items()}
        leagues |= dict.fromkeys(payload.invalid, UNKNOWN_LEAGUE)
        return {
            key: NewPeriodContent(key.event_id, key.number, self.sport_id, league_id, *self._decoded[key])
            for key, league_id in leagues.items()
        }


def changed_contents(
    stored: Mapping[KeyT, StoredContent], received: Mapping[KeyT, NewTextT]
) -> list[NewTextT]:
    """The received contents whose text differs from the stored one, or is stored as gone."""
    return [each for key, each in received.items() if stored.get(key) != StoredContent(each.json, gone=False)]


def priced_or_not(
    stored: Mapping[PeriodId, StoredContent],
    changed: Iterable[NewPeriodContent],
    gone: Iterable[PeriodId],
) -> frozenset[int]:
    """The events that may have prices now and had none, or the other way round: a link may rest on that."""
    turned = {each.event_id for each in changed if each.has_prices is not _had_prices(stored, each)}
    return frozenset(turned.union(event for event, _ in gone))


def _had_prices(stored: Mapping[PeriodId, StoredContent], new: NewPeriodContent) -> bool | None:
    """Return whether the stored period has prices; None if nobody knows."""
    content = stored.get((new.event_id, new.number))
    if content is None or content.gone:
        return False
    try:
        return periods.has_prices(content.json)
    except (msgspec.MsgspecError, ValueError):
        return None  # the store was edited


def _decode(item: RawItem) -> DecodedOdds:
    return _decoded_odds(decode_period(item.json))


def _without_markets(key: PeriodKey) -> DecodedOdds:
    return _decoded_odds(Period(number=key.number))


def _decoded_odds(period: Period) -> DecodedOdds:
    return DecodedOdds(periods.encode(period), period.has_prices, period.moneyline is not None)


def _log_fields(key: PeriodKey) -> dict[str, int]:
    return {"event_id": key.event_id, "period": key.number}


def _takes_bets(content: StoredContent, now: datetime) -> bool:
    if content.gone:
        return False
    try:
        period: Period = periods.decode(content.json)
    except (msgspec.MsgspecError, ValueError):
        return False  # the store was edited: the next good response writes it again
    return period.has_prices and is_open_period(period, now)
