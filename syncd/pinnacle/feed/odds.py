"""Odds: a delivered period replaces what was known of it; one that is not delivered stands.

Most of a snapshot is what we have already, so work goes by text: rows whose text is the same are
not written.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.model.openness import is_open_period
from syncd.model.pinnacle import Period
from syncd.pinnacle import decode
from syncd.pinnacle.answers import Answer, OddsAnswer, PeriodKey, Raw
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.disbelief import Disbelief
from syncd.pinnacle.feed.loss import doubt_snapshot
from syncd.pinnacle.feed.memory import Memory
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.store import periods
from syncd.store.periods import Content, NewContent, PeriodId


class Read(NamedTuple):
    """What a period's bytes mean: the text of its content, and what need not be decoded to be known."""

    json: str
    has_prices: bool
    has_moneyline: bool


class OddsMirror:
    """The periods of one sport, and a memory of what their bytes mean."""

    kind = "odds"
    endpoint: Endpoint = "odds"
    replaces = True
    optional = False
    idle = False

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int]) -> None:
        self.sport_id = sport_id
        self._client = client
        self._only = only
        disbelief = Disbelief(self.kind, _in_the_log)
        self._memory: Memory[PeriodKey, Read] = Memory(_read, _without_markets, disbelief)

    async def call(self, since: int | None) -> Answer[OddsAnswer]:
        """Ask for all periods, or those that changed."""
        return await self._client.odds(self.sport_id, leagues=self._only, since=since)

    def nothing(self) -> OddsAnswer:
        """No period at all."""
        return OddsAnswer(last=None, periods={})

    def merge(self, older: OddsAnswer, newer: OddsAnswer) -> OddsAnswer:
        """The newer word on each period."""
        return OddsAnswer(
            last=newer.last if newer.last is not None else older.last,
            periods={**older.periods, **newer.periods},
        )

    async def prepare(self, answer: OddsAnswer, *, snapshot: bool) -> None:
        """Decode what was not decoded before.

        A period that cannot be believed counts as one without any market.
        """
        await self._memory.take(answer.periods, snapshot=snapshot)

    async def apply(self, conn: AsyncConnection, answer: OddsAnswer, occasion: Occasion) -> Applied:
        """Write the periods whose content is new, and mark those that a snapshot no longer holds."""
        told = self._contents(answer)
        if occasion.snapshot:
            held = await periods.load_sport_contents(conn, self.sport_id)
            if why := doubt_snapshot(
                held,
                told,
                occasion,
                is_open=lambda key: _takes_bets(held[key], occasion.server_now),
                what="periods",
            ):
                return Applied(doubt=why)
            gone = held.keys() - told.keys()
        else:
            held = await periods.load_contents(conn, {key.event_id for key in answer.periods})
            gone = set()
        fresh = differing(held, told)
        await periods.save(conn, fresh, occasion.at)
        await periods.mark_gone(conn, gone, occasion.at)
        return Applied(changed=frozenset({each.event_id for each in fresh} | {event for event, _ in gone}))

    def _contents(self, answer: OddsAnswer) -> dict[PeriodId, NewContent]:
        return {
            key: NewContent(key.event_id, key.number, self.sport_id, raw.league_id, *self._memory[key])
            for key, raw in answer.periods.items()
        }


def _read(raw: Raw) -> Read:
    return _meaning(decode.period(raw.json))


def _without_markets(key: PeriodKey) -> Read:
    return _meaning(Period(number=key.number))


def _meaning(period: Period) -> Read:
    return Read(periods.encode(period), period.has_prices, period.moneyline is not None)


def _in_the_log(key: PeriodKey) -> dict[str, int]:
    return {"event_id": key.event_id, "period": key.number}


def differing(held: Mapping[PeriodId, Content], told: Mapping[PeriodId, NewContent]) -> list[NewContent]:
    """The periods that the store does not hold just so."""
    return [each for key, each in told.items() if held.get(key) != Content(each.json, gone=False)]


def _takes_bets(content: Content, now: datetime) -> bool:
    if content.gone:
        return False
    period: Period = periods.decode(content.json)
    return period.has_prices and is_open_period(period, now)
