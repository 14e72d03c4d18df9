"""Pinnacle's data with the feed's own: when it was received, and whether it is still listed."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from syncd.model.openness import is_open_status
from syncd.model.pinnacle import Event, League, Period

EVERY_SPORT = 0
"""The sport of a feed that is about all of them."""


class Gone(StrEnum):
    """The reason why an event or a special is a tombstone."""

    ABSENT = "absent"
    """Two snapshots in a row lacked it."""
    SETTLED = "settled"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    IN_PLAY = "in_play"
    """It is being played, whatever its kick-off says."""


GONE_BY_STATUS = {
    1: Gone.SETTLED,
    2: Gone.SETTLED,
    3: Gone.CANCELLED,
    4: Gone.CANCELLED,
    5: Gone.DELETED,
}
"""The effect of a settlement on its event or special, by `Settlement.status`."""


class EventState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event as last received. It may be open only while `listed`."""

    event: Event
    league: League
    """Its name is empty until it is received."""
    seen_at: datetime
    """When a response last contained it; while it is listed, the feed's own times are newer and apply."""
    changed_at: datetime
    """When its content, or whether it is listed, last changed."""
    missed: int = 0
    """The number of fixtures snapshots in a row that lacked it."""
    gone_at: datetime | None = None
    gone_because: Gone | None = None

    @property
    def listed(self) -> bool:
        """True if the newest response says that it exists: neither missed nor gone."""
        return self.missed == 0 and self.gone_at is None

    @property
    def takes_bets(self) -> bool:
        """True if Pinnacle takes any bets on it."""
        return self.listed and is_open_status(self.event.status)


class PeriodState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The markets of a period as last received; `gone` if the newest snapshot lacked it."""

    event_id: int
    period: Period
    changed_at: datetime
    """When the response with this content was received."""
    gone: bool = False
    had_moneyline: bool = False
    """True if a moneyline was ever offered: if it is missing now, it was taken down."""


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one endpoint of one sport, as the store keeps it."""

    kind: str
    """`fixtures`, `odds`, `settled`, `leagues`, `specials`, `special_odds` or `settled_specials`."""
    sport_id: int
    path: str
    """The endpoint with its version, such as `/v1/odds`."""
    cursor: int | None = None
    """`last` of the newest response: opaque, never computed."""
    snapshot_at: datetime | None = None
    """When a snapshot was last applied."""
    ok_at: datetime | None = None
    """When the last request with a good response was sent: the data is no older than this."""
    changed_at: datetime | None = None
    polled_at: datetime | None = None
    skew: timedelta = timedelta(0)
    """The server's clock minus ours, by its `Date`."""
    failures: int = 0
    """Failures in a row; 0 after a good response."""
    error: str = ""
    """The present failure as text without secrets; empty if there is none."""
    error_since: datetime | None = None
    suspect: str = ""
    """The reason why a snapshot waits for a second one to confirm that more than half is lost; or empty."""
