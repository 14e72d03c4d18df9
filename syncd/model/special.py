"""Specials: markets of their own beside an event, such as "Both Teams To Score?", with outcomes by name."""

from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.model.feed import Gone
from syncd.model.openness import is_open_status
from syncd.model.pinnacle import MATCH_PERIOD


class Contestant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One outcome of a special. Lines name it by `id`, never by its place in the list."""

    id: int
    name: str


class Special(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A special as in `/fixtures/special`: its subject, its cutoff and its contestants."""

    id: int
    sport_id: int
    league_id: int
    event_id: int | None = None
    """None for an outright, which belongs to a league and to no match."""
    period: int = MATCH_PERIOD
    name: str
    bet_type: str = ""
    """`MULTI_WAY_HEAD_TO_HEAD`, `SPREAD` or `OVER_UNDER`."""
    units: str | None = None
    status: str = ""
    """As of a fixture: O open, I open with lower limits, H halted; empty if the version has none."""
    cutoff: datetime | None = None
    live_status: int = 0
    home: str | None = None
    away: str | None = None
    """The event's teams, if the version has them: contestants often have their names."""
    contestants: tuple[Contestant, ...] = ()


class ContestantLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The price of one outcome; None if it is withdrawn. Another `handicap` is another bet."""

    id: int
    """The contestant's."""
    price: Decimal | None = None
    handicap: Decimal | None = None
    max_stake: Decimal | None = None


class SpecialOdds(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The prices of a special as in `/odds/special`: always complete; without lines if all are withdrawn."""

    id: int
    """The special's."""
    max_stake: Decimal | None = None
    """The limit of every outcome without its own."""
    lines: tuple[ContestantLine, ...] = ()


class SpecialState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A special as last received, with its newest prices. It may be open only while `listed`."""

    special: Special
    changed_at: datetime
    """When the special itself, or whether it is listed, last changed."""
    missed: int = 0
    """The number of snapshots of special fixtures in a row that lacked it."""
    gone_at: datetime | None = None
    gone_because: Gone | None = None
    odds: SpecialOdds | None = None
    """None if no price was ever received."""
    odds_changed_at: datetime | None = None
    odds_gone: bool = False
    """True if the newest snapshot of special odds lacked it."""

    @property
    def listed(self) -> bool:
        """True if the newest response says that it exists: neither missed nor gone."""
        return self.missed == 0 and self.gone_at is None

    @property
    def takes_bets(self) -> bool:
        """True if Pinnacle takes bets on it, by `/fixtures/special` alone."""
        return self.listed and is_open_status(self.special.status)
