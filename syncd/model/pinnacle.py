"""Pinnacle's data: leagues, events, periods with their markets, and settlements.

Prices are decimal odds as `Decimal`, to the digit as Pinnacle sent them. Handicaps and
points are `Decimal` in goals (quarter lines such as -0.25 occur). Times are aware UTC.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

SOCCER = 29
"""Pinnacle's id of the sport that BetTune calls football, the only one it has."""

MATCH_PERIOD = 0
"""The period number of the whole match; 1 and 2 are the halves of a soccer match."""

EXTRA_TIME_PERIOD, SHOOTOUT_PERIOD = 3, 6
"""Periods that only the live event of a soccer match has."""


class League(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A Pinnacle league; only its name shows whether it is of women, youth or reserve teams."""

    id: int
    sport_id: int
    name: str


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One fixture. Live twins, corners and bookings are events of their own with a `parent_id`."""

    id: int
    sport_id: int
    league_id: int
    home: str
    away: str
    starts: datetime
    status: str
    """O open, I open with lower limits, H halted (not open for betting)."""
    live_status: int = 0
    """0 no live betting, 1 this is the live event, 2 a live event will be offered."""
    parent_id: int | None = None
    resulting_unit: str | None = None
    """`Regular`, `Corners`, `Bookings`, ...; absent on old versions of the API."""
    rot_num: str | None = None
    """`99999` together with status H marks a retired twin."""

    @property
    def title(self) -> str:
        """`Home v Away`, by Pinnacle's names."""
        return f"{self.home} v {self.away}"


class Moneyline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """1X2, or two-way if `draw` is absent."""

    home: Decimal | None = None
    draw: Decimal | None = None
    away: Decimal | None = None


class SpreadLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An Asian handicap; `hdp` is the home side's, so the away side plays -hdp."""

    hdp: Decimal
    home: Decimal | None = None
    away: Decimal | None = None
    max_stake: Decimal | None = None
    """The limit of an alternative line, in the account's currency; None if it is the period's."""


class TotalLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Over/under `points`, of the match or of one team."""

    points: Decimal
    over: Decimal | None = None
    under: Decimal | None = None
    max_stake: Decimal | None = None


class Period(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All markets of one period of an event. A received period is always complete."""

    number: int
    status: int | None = None
    """1 online, 2 offline; absent on old versions of the API."""
    cutoff: datetime | None = None
    """No bets from this time on, by the server's clock."""
    moneyline: Moneyline | None = None
    spreads: tuple[SpreadLine, ...] = ()
    totals: tuple[TotalLine, ...] = ()
    home_totals: tuple[TotalLine, ...] = ()
    away_totals: tuple[TotalLine, ...] = ()
    max_moneyline: Decimal | None = None
    max_spread: Decimal | None = None
    max_total: Decimal | None = None
    max_team_total: Decimal | None = None

    @property
    def has_prices(self) -> bool:
        """True if any market is offered."""
        return bool(self.moneyline or self.spreads or self.totals or self.home_totals or self.away_totals)


class Settlement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The result of a period. Of several for one event and period, the greatest `id` counts."""

    id: int
    event_id: int
    period: int
    status: int
    """1 settled, 2 re-settled, 3 cancelled, 4 re-settled as cancelled, 5 deleted."""
    settled_at: datetime | None = None
    team1_score: int | None = None
    team2_score: int | None = None
    reason: str | None = None
