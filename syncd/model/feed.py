"""What the feed knows beyond Pinnacle's own words: when it was said, and whether it still holds."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from syncd.model.openness import is_open_status
from syncd.model.pinnacle import Event, League, Period


class Gone(StrEnum):
    """Why an event is a tombstone."""

    ABSENT = "absent"
    """Two fixtures snapshots in a row did not name it."""
    SETTLED = "settled"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class EventState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event as last seen. It may be open only while `listed`."""

    event: Event
    league: League
    """Its name is empty until Pinnacle has told it."""
    seen_at: datetime
    """When an answer last named it; while it is listed the feed's own times are newer and hold."""
    changed_at: datetime
    """When its content, or whether it is listed, last changed."""
    missed: int = 0
    """How many fixtures snapshots in a row did not name it."""
    gone_at: datetime | None = None
    gone_because: Gone | None = None

    @property
    def listed(self) -> bool:
        """Whether the newest word on it is that it exists: neither missed nor gone."""
        return self.missed == 0 and self.gone_at is None

    @property
    def takes_bets(self) -> bool:
        """Whether Pinnacle takes bets on it at all."""
        return self.listed and is_open_status(self.event.status)


class PeriodState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The markets of a period as last delivered; `gone` when the newest snapshot lacked it."""

    event_id: int
    period: Period
    changed_at: datetime
    """When the answer came that brought this content."""
    gone: bool = False
    had_moneyline: bool = False
    """Whether a moneyline was ever offered: where it was and is not, it has been taken down."""


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """How one endpoint of one sport stands, as the store keeps it."""

    kind: str
    """`fixtures`, `odds`, `settled`, `leagues`, `specials`, `special_odds` or `settled_specials`."""
    sport_id: int
    path: str
    """The endpoint with its version, such as `/v1/odds`."""
    cursor: int | None = None
    """The last answer's `last`: opaque, never computed."""
    snapshot_at: datetime | None = None
    """When a snapshot was last applied."""
    ok_at: datetime | None = None
    """When the last good answer was asked for: the data is no older than this."""
    changed_at: datetime | None = None
    polled_at: datetime | None = None
    skew: timedelta = timedelta(0)
    """The server's clock minus ours, by its `Date`."""
    failures: int = 0
    """In a row; 0 after a good answer."""
    error: str = ""
    """The failure that lasts now, in words without secrets."""
    error_since: datetime | None = None
    suspect: str = ""
    """Why a snapshot that lost more than half is not applied until a second one agrees; empty if none is."""
