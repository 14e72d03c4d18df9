"""Special fixtures: markets of their own beside an event, listed and left like events.

Only those of events are kept: no selection can name an outright, and there is no match to it.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.model.special import Special, SpecialState
from syncd.pinnacle import decode_specials
from syncd.pinnacle.answers import Answer, Raw, SpecialsAnswer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed import listing
from syncd.pinnacle.feed.loss import doubt_snapshot
from syncd.pinnacle.feed.memory import SLICE
from syncd.pinnacle.feed.mirror import Applied, Occasion
from syncd.pinnacle.feed.on_need import Need, OfSpecials
from syncd.store import specials
from syncd.store.rows import in_chunks
from syncd.store.specials import Listed


class Read(NamedTuple):
    """What a special's bytes mean: the text of its content, and whether it is ours to keep."""

    json: str
    of_event: bool


class SpecialsMirror(OfSpecials[Read]):
    """The specials of one sport's events, asked for only while there is a need."""

    kind = "specials"
    endpoint: Endpoint = "special_fixtures"

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int], need: Need) -> None:
        super().__init__(
            client, sport_id, only, need, kind=self.kind, read=partial(_read, sport_id), empty=_not_ours
        )

    async def call(self, since: int | None) -> Answer[SpecialsAnswer]:
        """Ask for all specials, or those that changed."""
        return await self._client.special_fixtures(self.sport_id, leagues=self._only, since=since)

    async def apply(self, conn: AsyncConnection, answer: SpecialsAnswer, occasion: Occasion) -> Applied:
        """Write what changed, and what a snapshot no longer names."""
        told = {id_: self._memory[id_].json for id_ in answer.specials if self._memory[id_].of_event}
        suspects: Collection[int] = told.keys()
        if occasion.snapshot:
            held = await specials.load_listing(conn, self.sport_id)
            open_ids = await specials.open_ids(conn, self.sport_id, occasion.server_now)
            if why := doubt_snapshot(
                held, answer.specials, occasion, is_open=open_ids.__contains__, what="specials"
            ):
                return Applied(doubt=why)
            suspects = listing.differing(held, {id_: Listed(json, listed=True) for id_, json in told.items()})
        known = await specials.load_ids(conn, suspects)
        named = await _decoded({id_: told[id_] for id_ in suspects if id_ in told})
        changes = list(compare(known, named, occasion))
        if not occasion.snapshot:
            # What is an outright now, or cannot be believed, is missing from a snapshot. A delta says it.
            parted = await specials.load_ids(conn, answer.specials.keys() - told.keys())
            changes += [listing.missed(each, occasion.at) for each in parted.values() if each.listed]
        await specials.save(conn, changes)
        news = [each for each in changes if each.changed_at == occasion.at]
        # One that moved to another event is news to the one it left, too.
        before = (known[each.special.id] for each in news if each.special.id in known)
        return Applied(changed=_events_of(news) | _events_of(before))


def _events_of(states: Iterable[SpecialState]) -> frozenset[int]:
    return frozenset(each.special.event_id for each in states if each.special.event_id is not None)


def _read(sport_id: int, raw: Raw) -> Read:
    special = decode_specials.special(raw, sport_id=sport_id)
    return Read(specials.encode(special), special.event_id is not None)


def _not_ours(_: int) -> Read:
    """What cannot be believed leaves the list, like a special that no longer belongs to an event."""
    return Read("", of_event=False)


def compare(
    known: Mapping[int, SpecialState], named: Mapping[int, Special], occasion: Occasion
) -> Iterable[SpecialState]:
    """The specials that are to be written. Those whose `changed_at` is now are news to others."""
    return listing.compare(
        known,
        named,
        occasion,
        appeared=lambda special: SpecialState(special=special, changed_at=occasion.at),
        named=lambda state, special: _named(state, special, occasion),
        missed=lambda state: listing.missed(state, occasion.at),
    )


def _named(state: SpecialState, special: Special, occasion: Occasion) -> SpecialState | None:
    told = replace(state, special=special)
    return listing.named(state, told, occasion, same=state.special == special)


async def _decoded(texts: Mapping[int, str]) -> dict[int, Special]:
    found: dict[int, Special] = {}
    for chunk in in_chunks(texts.items(), SLICE):
        found.update((id_, specials.decode(json)) for id_, json in chunk)
        await asyncio.sleep(0)
    return found
