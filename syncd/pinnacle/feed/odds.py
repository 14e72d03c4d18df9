"""Odds: a delivered period replaces what was known of it; one that is not delivered stands.

Most of a snapshot is what we have already, so work goes by text: raw bytes that were seen before
are not decoded again, and rows whose text is the same are not written.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.pinnacle import Period
from syncd.pinnacle import decode
from syncd.pinnacle.answers import Answer, OddsAnswer, PeriodKey
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.pinnacle.feed.standing import doubt
from syncd.store import periods
from syncd.store.periods import Content, NewContent, PeriodId

SLICE = 30
"""Periods decoded between two turns of the event loop: some 4 ms."""


class Read(NamedTuple):
    """A period that was decoded before: by its raw bytes' digest, the text of its content."""

    digest: bytes
    json: str


class OddsMirror:
    """The periods of one sport, and a memory of what their bytes mean."""

    kind = "odds"
    endpoint = "odds"
    replaces = True
    optional = False
    idle = False

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int]) -> None:
        self.sport_id = sport_id
        self._client = client
        self._only = only
        self._read: dict[PeriodKey, Read] = {}

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
        """Decode what was not decoded before, letting the event loop turn in between.

        One period that cannot be read spoils the whole answer: nothing of it is applied.
        """
        read = {} if snapshot else self._read
        for done, (key, raw) in enumerate(answer.periods.items(), start=1):
            digest = blake2b(raw.json, digest_size=16).digest()
            held = self._read.get(key)
            if held is None or held.digest != digest:
                held = Read(digest, periods.encode(decode.period(raw.json)))
            read[key] = held
            if done % SLICE == 0:
                await asyncio.sleep(0)
        self._read = read

    async def apply(self, conn: AsyncConnection, answer: OddsAnswer, occasion: Occasion) -> Applied:
        """Write the periods whose content is new, and mark those that a snapshot no longer holds."""
        told = self._contents(answer)
        if occasion.snapshot:
            held = await periods.load_sport_contents(conn, self.sport_id)
            gone = absent(held, told)
            why = doubt_snapshot(held, gone, told, occasion)
            if why:
                return Applied(doubt=why)
        else:
            held = await periods.load_contents(conn, {key.event_id for key in told})
            gone = []
        fresh = differing(held, told)
        await periods.save(conn, fresh, occasion.at)
        await periods.mark_gone(conn, gone, occasion.at)
        return Applied(changed=frozenset({each.event_id for each in fresh} | {event for event, _ in gone}))

    def _contents(self, answer: OddsAnswer) -> dict[PeriodKey, NewContent]:
        return {
            key: NewContent(key.event_id, key.number, self.sport_id, raw.league_id, self._read[key].json)
            for key, raw in answer.periods.items()
        }


def differing(held: Mapping[PeriodId, Content], told: Mapping[PeriodKey, NewContent]) -> list[NewContent]:
    """The periods that the store does not hold just so."""
    return [each for key, each in told.items() if held.get(key) != Content(each.json, gone=False)]


def absent(held: Mapping[PeriodId, Content], told: Collection[PeriodId]) -> list[PeriodId]:
    """The periods that were there and are not named any more."""
    return [key for key, content in held.items() if not content.gone and key not in told]


def doubt_snapshot(
    held: Mapping[PeriodId, Content],
    gone: Iterable[PeriodId],
    told: Collection[PeriodId],
    occasion: Occasion,
) -> str:
    """Why a snapshot is not to be applied yet; empty where it is.

    Raises `BadPayloadError` for an empty one while periods took bets.
    """
    lost = sum(_takes_bets(held[key], occasion.server_now) for key in gone)
    if not lost or (told and occasion.agreed):
        return ""
    open_before = lost
    for key in held.keys() & set(told):
        open_before += _takes_bets(held[key], occasion.server_now)
        if open_before >= 2 * lost and told:
            return ""
    if not told:
        raise BadPayloadError(f"an empty snapshot, though {open_before} periods took bets")
    return doubt(lost, open_before, "periods")


def _takes_bets(content: Content, now: datetime) -> bool:
    if content.gone:
        return False
    period: Period = periods.decode(content.json)
    return period.has_prices and period.status != 2 and (period.cutoff is None or period.cutoff > now)
