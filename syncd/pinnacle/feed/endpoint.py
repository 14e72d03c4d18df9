"""The part of a feed that is special to its endpoint: which request it makes and how a payload is applied."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar, Generic

import msgspec

from syncd.config.presets import Endpoint
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.invalid_items import InvalidItems
from syncd.pinnacle.responses import AnyPayloadT, Response
from syncd.store.connection import AsyncConnection


class ApplyContext(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances in which a payload is applied."""

    snapshot: bool
    """True if the payload replaces everything of its sport."""
    after_suspect: bool = False
    """True if the snapshot before was suspect: a second one that agrees is applied."""
    at: datetime
    """The time at which the response was received, by our clock."""
    server_now: datetime
    """The same time by Pinnacle's clock, which decides what is still open."""
    previous_ok_at: datetime | None = None
    """The time at which the good response before this one was requested; None if this is the first."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """The changes that a payload made to the store: none if it is `suspect`."""

    changed: frozenset[int] = frozenset()
    """Events of which openness, prices, teams, kick-off or league name changed."""
    repriced: frozenset[int] = frozenset()
    """Those of them of which only prices changed: no link rests on these."""
    suspect: str = ""
    """The reason why a snapshot was not applied yet."""


class EndpointHandler(ABC, Generic[AnyPayloadT]):
    """One endpoint for one sport. It waits for nothing but the request and the store."""

    kind: ClassVar[str]
    """The `FeedState.kind` of its feed."""
    endpoint: ClassVar[Endpoint]
    replaces: ClassVar[bool] = True
    """True if a snapshot removes what it does not list."""
    optional: ClassVar[bool] = False
    """True if predictions can do without this endpoint, which some hosts do not have."""

    may_be_refused: ClassVar[bool] = False
    """True if a host that refuses it from the first request on is one that does not have it."""

    def __init__(self, client: PinnacleClient, sport_id: int, leagues: Collection[int]) -> None:
        self.sport_id = sport_id
        self._client = client
        self._leagues = leagues
        self._rows: InvalidItems[Any] = InvalidItems(self.kind, lambda _: {})

    @property
    def client(self) -> PinnacleClient:
        """The client that makes its requests."""
        return self._client

    def is_unaffected_by(self, payload: AnyPayloadT) -> bool:
        """Return whether a delta contains nothing, so that there is nothing to apply."""
        return not payload.keys and not payload.unreadable

    @property
    def idle(self) -> bool:
        """True while there is nothing to request."""
        return False

    @abstractmethod
    async def request(self, since: int | None) -> Response[AnyPayloadT]:
        """Request the changes since a cursor; everything if it is None. Raises `PinnacleError`."""

    async def prepare(self, payload: AnyPayloadT, *, snapshot: bool) -> None:
        """Do the part of applying that needs no transaction. Raises `BadPayloadError`.

        By default this logs unreadable rows.
        """
        self._rows.update(payload.keys, payload.invalid, snapshot=snapshot, unreadable=payload.unreadable)

    @abstractmethod
    async def apply(self, conn: AsyncConnection, payload: AnyPayloadT, context: ApplyContext) -> Applied:
        """Bring the store up to the payload, within the caller's transaction.

        Raises `EmptySnapshotError` for an empty snapshot while something is open.
        """
