"""What the client hands back: model values for the mirror, small values of its own for the rest."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

import msgspec

from syncd.model.pinnacle import Event, League, Settlement

T = TypeVar("T")


class Answer(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A good answer and its times. `value` is none where Pinnacle had nothing to tell (an empty 2xx)."""

    value: T | None
    asked_at: datetime
    answered_at: datetime
    server_time: datetime | None = None
    """The `Date` header: whole seconds of the server's clock."""

    @property
    def skew(self) -> timedelta | None:
        """The server's clock minus ours, or none where it told no time.

        `Date` is cut to whole seconds and the way takes time, so under 2 s it says nothing.
        """
        if self.server_time is None:
            return None
        halfway = self.asked_at + (self.answered_at - self.asked_at) / 2
        skew = self.server_time + timedelta(seconds=0.5) - halfway
        return skew if abs(skew) >= timedelta(seconds=2) else timedelta(0)


class PeriodKey(NamedTuple):
    """A period of an event: what an odds delta replaces as a whole."""

    event_id: int
    number: int


class Raw(NamedTuple):
    """A period or a special with its league, as it came and not yet decoded."""

    league_id: int
    json: bytes


class FixturesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Events by id; `leagues` names only those whose name came along."""

    last: int | None
    events: Mapping[int, Event]
    doubted: Mapping[int, str] = {}
    """Why other events, by id, cannot be read."""
    leagues: tuple[League, ...] = ()


class OddsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Periods by key, still raw: `decode.period` reads one."""

    last: int | None
    periods: Mapping[PeriodKey, Raw]


class SettledAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Settled periods, of each (event, period) the newest settlement."""

    last: int | None
    settlements: Mapping[PeriodKey, Settlement]


class Camel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Decoded as it comes: keys in camel case, unknown ones passed over."""


class Sport(Camel, frozen=True, kw_only=True):
    """A sport and whether it has anything on offer."""

    id: int
    name: str
    has_offerings: bool = False
    event_count: int = 0


class LeagueInfo(Camel, frozen=True, kw_only=True):
    """A league of `/leagues`. `home_team_type` says whether the home side is Team1 or Team2."""

    id: int
    name: str
    home_team_type: str = "Team1"
    has_offerings: bool = False
    container: str | None = None
    event_count: int = 0


class SettledSpecial(Camel, frozen=True, kw_only=True):
    """How a special ended, with the statuses of a period's settlement."""

    id: int
    league_id: int = 0
    status: int
    settlement_id: int
    settled_at: datetime | None = None


class SpecialsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Specials by id, or the odds of specials, still raw: `decode_specials` reads one."""

    last: int | None
    specials: Mapping[int, Raw]


class SettledSpecialsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Settled specials, of each id the newest settlement."""

    last: int | None
    settlements: Mapping[int, SettledSpecial]


class PeriodName(Camel, frozen=True, kw_only=True):
    """What a period number means in a sport; newer hosts send the two descriptions only."""

    number: int
    description: str = ""
    short_description: str = ""


class Running(Camel, frozen=True, kw_only=True):
    """A live event; `state` 1 to 11 and `elapsed` minutes are the manual's."""

    id: int
    sport_id: int = 0
    league_id: int = 0
    state: int
    elapsed: int | None = None


class Line(Camel, frozen=True, kw_only=True):
    """The newest price of one line; `status` is SUCCESS or NOT_EXISTS."""

    status: str
    price: Decimal | None = None
    line_id: int | None = None
    alt_line_id: int | None = None
    max_risk_stake: Decimal | None = None
    min_risk_stake: Decimal | None = None
    max_win_stake: Decimal | None = None
    min_win_stake: Decimal | None = None


class Balance(Camel, frozen=True, kw_only=True):
    """The account's money, in its `currency`."""

    available_balance: Decimal
    outstanding_transactions: Decimal = Decimal(0)
    given_credit: Decimal = Decimal(0)
    currency: str = ""


class Currency(Camel, frozen=True, kw_only=True):
    """`rate` is units of the currency for one US dollar."""

    code: str
    name: str = ""
    rate: Decimal


class Translated(Camel, frozen=True, kw_only=True):
    """A text in one culture, such as `de-DE`."""

    id: str
    text: str


class Translation(Camel, frozen=True, kw_only=True):
    """A base text in the cultures that were asked for."""

    text: str
    cultures: tuple[Translated, ...] = ()


class CancellationReason(Camel, frozen=True, kw_only=True):
    """What a cancellation code means."""

    code: str
    description: str = ""
