"""Events, periods, specials and settlements that the simulated Pinnacle lists, each with its stamp."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from syncd.model.pinnacle import Period

MARKETS = ("moneyline", "spreads", "totals", "home_totals", "away_totals")


class Stamp(NamedTuple):
    """The last change of something, as a number for both kinds of cursor."""

    sequence: int
    """For Pinnacle's own host: one global sequence of lines, versions and settlements."""
    millis: int
    """For PS3838: epoch milliseconds, strictly increasing, so that no cursor can skip a change."""


@dataclass(slots=True, kw_only=True)
class ListedPeriod:
    """One period of an event: the offered markets, and which of them are visible."""

    offered: Period
    stamp: Stamp
    hidden: frozenset[str] = frozenset()
    """Markets that were taken down, by their field names in `Period`."""
    closed: bool = False

    @property
    def cutoff(self) -> datetime:
        """The time from which no bets are taken."""
        assert self.offered.cutoff is not None
        return self.offered.cutoff

    def visible(self, now: datetime) -> Period:
        """The period as it is listed now: without markets if it is closed or past its cutoff."""
        gone = MARKETS if self.closed or self.cutoff <= now else self.hidden
        empty = {market: None if market == "moneyline" else () for market in gone}
        return msgspec.structs.replace(self.offered, **empty) if empty else self.offered


@dataclass(slots=True, kw_only=True)
class ListedEvent:
    """One event with its periods. `in_fixtures` and `in_odds`: the snapshots that still contain it."""

    id: int
    league_id: int
    home: str
    away: str
    starts: datetime
    stamp: Stamp
    rot_num: str
    status: str = "O"
    live_status: int = 0
    parent_id: int | None = None
    resulting_unit: str = "Regular"
    periods: dict[int, ListedPeriod] = field(default_factory=dict)
    in_fixtures: bool = True
    in_odds: bool = True
    home_score: int = 0
    away_score: int = 0

    def is_open(self, now: datetime) -> bool:
        """True if bets on the match (period 0) are taken now."""
        period = self.periods.get(0)
        return (
            self.in_fixtures
            and self.status in ("O", "I")
            and period is not None
            and period.offered.status == 1
            and period.visible(now).has_prices
        )


@dataclass(slots=True, kw_only=True)
class ListedContestant:
    """One outcome of a special."""

    id: int
    name: str
    price: Decimal
    line_id: int
    handicap: Decimal | None = None
    withdrawn: bool = False
    """Listed without a price."""

    @property
    def visible_price(self) -> Decimal | None:
        """The price as it is listed now; None if it is withdrawn."""
        return None if self.withdrawn else self.price


@dataclass(slots=True, kw_only=True)
class ListedSpecial:
    """A special of an event, such as "Both Teams To Score?", or of a whole league."""

    id: int
    league_id: int
    event: ListedEvent | None
    """None if it is an outright."""
    name: str
    contestants: list[ListedContestant]
    cutoff: datetime
    fixture_stamp: Stamp
    odds_stamp: Stamp
    max_bet: Decimal
    period: int = 0
    bet_type: str = "MULTI_WAY_HEAD_TO_HEAD"
    units: str | None = None
    category: str = "Team Props"
    status: str = "O"
    in_fixtures: bool = True
    in_odds: bool = True
    has_lines: bool = True
    """False: it is listed with no contestant lines at all."""
    over: bool = False
    """Its prices no longer move."""

    @property
    def lines(self) -> list[ListedContestant]:
        """The contestants that `/odds/special` lists now."""
        return self.contestants if self.has_lines else []

    def is_open(self, now: datetime) -> bool:
        """True if bets on it are taken now, apart from the state of its event."""
        is_listed = self.in_fixtures and self.in_odds and self.has_lines
        return is_listed and self.status in ("O", "I") and self.cutoff > now


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSettlement:
    """The settlement of a period, or of a special (`period` is None)."""

    stamp: Stamp
    league_id: int
    owner_id: int
    """The id of the event or the special."""
    period: int | None
    status: int
    at: datetime
    home_score: int = 0
    away_score: int = 0
    contestants: tuple[tuple[int, str, str], ...] = ()
    """For a special: id, name and outcome (W, L or X) of each contestant."""
