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
    """What `/fixtures/special` says of a special: what it is about, until when, and who may win."""

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
    """As of a fixture: O open, I open with lower limits, H halted; empty where the version tells none."""
    cutoff: datetime | None = None
    live_status: int = 0
    home: str | None = None
    away: str | None = None
    """The event's teams, where the version tells them: contestants are often called by them."""
    contestants: tuple[Contestant, ...] = ()


class ContestantLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The price of one outcome, none where it is withdrawn. Another `handicap` is another bet."""

    id: int
    """The contestant's."""
    price: Decimal | None = None
    handicap: Decimal | None = None
    max_stake: Decimal | None = None


class SpecialOdds(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What `/odds/special` says of a special: always whole, and without lines once all are withdrawn."""

    id: int
    """The special's."""
    max_stake: Decimal | None = None
    """For every outcome without a limit of its own."""
    lines: tuple[ContestantLine, ...] = ()


class SpecialState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A special as last seen, with its newest prices. It may be open only while `listed`."""

    special: Special
    changed_at: datetime
    """When what `/fixtures/special` says of it, or whether it is listed, last changed."""
    missed: int = 0
    """How many snapshots of special fixtures in a row did not name it."""
    gone_at: datetime | None = None
    gone_because: Gone | None = None
    odds: SpecialOdds | None = None
    """None where no price was ever told."""
    odds_changed_at: datetime | None = None
    odds_gone: bool = False
    """Whether the newest snapshot of special odds lacked it."""

    @property
    def listed(self) -> bool:
        """Whether the newest word on it is that it exists: neither missed nor gone."""
        return self.missed == 0 and self.gone_at is None

    @property
    def takes_bets(self) -> bool:
        """Whether Pinnacle takes bets on it, as far as `/fixtures/special` says."""
        return self.listed and is_open_status(self.special.status)
