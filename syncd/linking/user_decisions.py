"""All decisions of users about links, as the store has them, and what differs from those read before."""

from collections.abc import Mapping, Set
from typing import Self

import msgspec

from syncd.matching.linker import Linker
from syncd.model.link import LinkState
from syncd.store import links
from syncd.store.connection import AsyncConnection
from syncd.store.links import Rejection


class UserDecisions(msgspec.Struct, frozen=True, kw_only=True):
    """The confirmed match of each event, and the rejected pairs of event and match."""

    confirmed: Mapping[int, int]
    rejected: Set[Rejection]

    @classmethod
    async def load(cls, conn: AsyncConnection) -> Self:
        """Load the decisions from the store."""
        confirmed = (await links.load_all(conn, LinkState.CONFIRMED)).values()
        return cls(
            confirmed={link.event_id: link.match_id for link in confirmed},
            rejected=await links.load_rejections(conn),
        )

    def apply(self, linker: Linker, before: "UserDecisions") -> None:
        """Hand the linker, which knows the decisions `before`, what differs from them."""
        for event_id in before.confirmed.keys() - self.confirmed.keys():
            linker.unconfirm(event_id)
        for event_id, match_id in self.confirmed.items() - before.confirmed.items():
            linker.confirm(event_id, match_id)
        for rejection in before.rejected - self.rejected:
            linker.unreject(*rejection)
        for rejection in self.rejected - before.rejected:
            linker.reject(*rejection)

    def released_matches(self, before: "UserDecisions") -> set[int]:
        """Return the matches that users have parted from an event since `before`."""
        ended = before.confirmed.items() - self.confirmed.items()
        return {match_id for _, match_id in ended | (self.rejected - before.rejected)}

    def changed_events(self, before: "UserDecisions") -> set[int]:
        """Return the events about which users have decided since `before`."""
        confirmed = self.confirmed.items() ^ before.confirmed.items()
        return {event_id for event_id, _ in confirmed | (self.rejected ^ before.rejected)}

    def contradict(self, event_id: int, match_id: int) -> bool:
        """Return whether a decision leaves no automatic link of this event and this match."""
        return (
            (event_id, match_id) in self.rejected
            or event_id in self.confirmed
            or match_id in self.confirmed.values()
        )
