"""Special fixtures: markets of their own beside an event, which come and go like events.

Only the specials of events are kept: no selection can name an outright, and no match belongs to it.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from syncd.model.special import Special, SpecialState
from syncd.pinnacle.decode.specials import decode_special
from syncd.pinnacle.feed import presence
from syncd.pinnacle.feed.decode_cache import ITEMS_PER_TURN
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext
from syncd.pinnacle.feed.on_demand import SpecialItemsHandler
from syncd.pinnacle.feed.suspect_snapshots import suspect_reason
from syncd.pinnacle.responses import RawItem, Response, SpecialsPayload
from syncd.store import specials
from syncd.store.connection import AsyncConnection
from syncd.store.rows import in_chunks
from syncd.store.specials import StoredSpecial


class DecodedSpecial(NamedTuple):
    """A decoded special: its text, and whether it belongs to an event."""

    json: str
    of_event: bool


class SpecialsHandler(SpecialItemsHandler[DecodedSpecial]):
    """The specials of one sport's events, requested only on demand."""

    kind = "specials"
    endpoint = "special_fixtures"

    async def request(self, since: int | None) -> Response[SpecialsPayload]:
        """Request the specials, or those that changed."""
        return await self._client.special_fixtures(self.sport_id, leagues=self._leagues, since=since)

    async def apply(self, conn: AsyncConnection, payload: SpecialsPayload, context: ApplyContext) -> Applied:
        """Write the specials that changed, and those that a snapshot misses."""
        keys = payload.keys
        listed = {id_: self._decoded[id_].json for id_ in keys if self._decoded[id_].of_event}
        changed: Collection[int] = listed.keys()
        if context.snapshot:
            stored = await specials.load_listing(conn, self.sport_id)
            open_ids = await specials.open_ids(conn, self.sport_id, context.server_now)
            if reason := suspect_reason(
                stored, keys, context, is_open=open_ids.__contains__, what="specials"
            ):
                return Applied(suspect=reason)
            listing = {id_: StoredSpecial(json, listed=True) for id_, json in listed.items()}
            changed = presence.differing_keys(stored, listing)
        known = await specials.load_ids(conn, changed)
        contents = await _decoded({id_: listed[id_] for id_ in changed if id_ in listed})
        states = list(_changed_states(known, contents, context))
        if not context.snapshot:
            states += await _newly_excluded(conn, keys - listed.keys(), context)
        await specials.save(conn, states)
        news = [state for state in states if state.changed_at == context.at]
        # A special that moved to another event is news to the one it left, too.
        before = [known[state.special.id] for state in news if state.special.id in known]
        return Applied(changed=_events_of(news) | _events_of(before))

    def _decode(self, item: RawItem) -> DecodedSpecial:
        special = decode_special(item, sport_id=self.sport_id)
        return DecodedSpecial(specials.encode(special), special.event_id is not None)

    def _substitute(self, special_id: int) -> DecodedSpecial:
        """An invalid special leaves the list, like one that no longer belongs to an event."""
        return DecodedSpecial("", of_event=False)


def _changed_states(
    known: Mapping[int, SpecialState], listed: Mapping[int, Special], context: ApplyContext
) -> Iterable[SpecialState]:
    """The specials to be written. Those whose `changed_at` is now are news to others."""
    return presence.changed_states(
        known,
        listed,
        context,
        new=lambda special: SpecialState(special=special, changed_at=context.at),
        updated=lambda state, special: _updated(state, special, context),
        missed=lambda state: presence.after_missing(state, context.at),
    )


def _updated(before: SpecialState, special: Special, context: ApplyContext) -> SpecialState | None:
    after = replace(before, special=special)
    return presence.after_listing(before, after, context, unchanged=before.special == special)


async def _newly_excluded(
    conn: AsyncConnection, ids: Collection[int], context: ApplyContext
) -> list[SpecialState]:
    """Invalid specials and outrights are missed: a snapshot simply does not list them, a delta names them."""
    known = await specials.load_ids(conn, ids)
    return [presence.after_missing(state, context.at) for state in known.values() if state.listed]


async def _decoded(texts: Mapping[int, str]) -> dict[int, Special]:
    decoded: dict[int, Special] = {}
    for chunk in in_chunks(texts.items(), ITEMS_PER_TURN):
        decoded.update((id_, specials.decode(json)) for id_, json in chunk)
        await asyncio.sleep(0)
    return decoded


def _events_of(states: Iterable[SpecialState]) -> frozenset[int]:
    return frozenset(each.special.event_id for each in states if each.special.event_id is not None)
