"""What the kinds of feed have in common: a mirror says what an answer of its endpoint means."""

from datetime import datetime
from typing import Protocol, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.presets import Endpoint
from syncd.pinnacle.answers import Answer


class Telling(Protocol):
    """An answer with a cursor."""

    @property
    def last(self) -> int | None:
        """What the next delta is asked `since`."""


TellingT = TypeVar("TellingT", bound=Telling)


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances under which an answer is applied."""

    snapshot: bool
    """Whether the answer replaces everything of its sport."""
    agreed: bool = False
    """Whether a snapshot before it was doubted: a second one is believed."""
    at: datetime
    """When the answer came, by our clock."""
    server_now: datetime
    """The same moment by the server's clock, which decides what is still open."""
    seen_before: datetime | None = None
    """When the last good answer before this one was asked for."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer changed. With a `doubt` it changed nothing."""

    changed: frozenset[int] = frozenset()
    """Events whose openness, prices, teams, kick-off or league name is another now."""
    doubt: str = ""


class Mirror(Protocol[TellingT]):
    """One kind of feed for one sport. Nothing in it waits but for the call and the store."""

    @property
    def kind(self) -> str:
        """The kind of its feed."""

    @property
    def endpoint(self) -> Endpoint:
        """The operation it calls, by its name in `presets.Endpoint`."""

    @property
    def sport_id(self) -> int:
        """Pinnacle's sport."""

    @property
    def replaces(self) -> bool:
        """Whether a snapshot takes away what it does not name."""

    @property
    def optional(self) -> bool:
        """Whether the host, and so we, may do without this endpoint."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to ask for at present."""

    async def call(self, since: int | None) -> Answer[TellingT]:
        """Ask for a snapshot or a delta. Raises `PinnacleError`."""

    def nothing(self) -> TellingT:
        """What a snapshot without a body says."""

    def merge(self, older: TellingT, newer: TellingT) -> TellingT:
        """A snapshot with the delta laid over it that was asked `since` its `last`."""

    async def prepare(self, answer: TellingT, *, snapshot: bool) -> None:
        """Whatever takes long and needs no transaction. Raises `BadPayloadError`."""

    async def apply(self, conn: AsyncConnection, answer: TellingT, occasion: Occasion) -> Applied:
        """Bring the store up to the answer, inside a transaction of the caller's.

        Raises `BadPayloadError` for an empty snapshot where something was open.
        """
