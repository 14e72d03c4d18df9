"""Feeds that are polled only on demand: those of specials."""

from abc import abstractmethod
from collections.abc import Collection
from typing import Generic, TypeVar

from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.decode_cache import DecodeCache
from syncd.pinnacle.feed.endpoint import EndpointHandler
from syncd.pinnacle.feed.invalid_items import InvalidItems
from syncd.pinnacle.responses import AnyPayloadT, RawItem, SpecialsPayload

DecodedT = TypeVar("DecodedT")


class Demand:
    """A switch for feeds that are not always needed. A change takes effect at their next poll."""

    def __init__(self, *, needed: bool = False) -> None:
        self.needed = needed


class OnDemandHandler(EndpointHandler[AnyPayloadT], Generic[AnyPayloadT]):
    """A handler that makes requests only while there is demand. All of them are optional."""

    optional = True

    def __init__(
        self, client: PinnacleClient, sport_id: int, leagues: Collection[int], demand: Demand
    ) -> None:
        super().__init__(client, sport_id, leagues)
        self._demand = demand

    @property
    def idle(self) -> bool:
        """True while there is no demand."""
        return not self._demand.needed


class SpecialItemsHandler(OnDemandHandler[SpecialsPayload], Generic[DecodedT]):
    """A handler whose payloads are specials or their odds, with a cache of the decoded ones."""

    def __init__(
        self, client: PinnacleClient, sport_id: int, leagues: Collection[int], demand: Demand
    ) -> None:
        super().__init__(client, sport_id, leagues, demand)
        invalid: InvalidItems[int] = InvalidItems(self.kind, lambda special_id: {"special_id": special_id})
        self._decoded = DecodeCache(self._decode, self._substitute, invalid)

    async def prepare(self, payload: SpecialsPayload, *, snapshot: bool) -> None:
        """Decode the items that are new. An invalid one counts as a special that takes no bets."""
        await self._decoded.load(payload, snapshot=snapshot)

    @abstractmethod
    def _decode(self, item: RawItem) -> DecodedT: ...

    @abstractmethod
    def _substitute(self, special_id: int) -> DecodedT: ...
