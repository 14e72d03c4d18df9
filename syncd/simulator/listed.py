"""What the simulated Pinnacle lists: events, periods, specials and settlements, each with its stamp."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from syncd.model.pinnacle import Period

MARKETS = ("moneyline", "spreads", "totals", "home_totals", "away_totals")


class Stamp(NamedTuple):
    """When something last changed, by both kinds of cursor."""

    sequence: int
    """Native Pinnacle: one global sequence of lines, versions and settlements."""
    millis: int
    """PS3838: epoch milliseconds; strictly increasing, so that no change hides behind a cursor."""


@dataclass(slots=True, kw_only=True)
class ListedPeriod:
    """One period of an event: what is offered, and how much of it may be seen."""

    offered: Period
    stamp: Stamp
    hidden: frozenset[str] = frozenset()
    """Markets that were taken down, by their field's name in `Period`."""
    closed: bool = False

    @property
    def cutoff(self) -> datetime:
        """No bets from then on."""
        assert self.offered.cutoff is not None
        return self.offered.cutoff

    def seen(self, now: datetime) -> Period:
        """The period as it is told now: without markets once it is closed or past its cutoff."""
        gone = MARKETS if self.closed or self.cutoff <= now else self.hidden
        empty = {market: None if market == "moneyline" else () for market in gone}
        return msgspec.structs.replace(self.offered, **empty) if empty else self.offered


@dataclass(slots=True, kw_only=True)
class ListedEvent:
    """One fixture with its periods. `in_fixtures` and `in_odds` say which snapshots still hold it."""

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
        """Whether bets on the match are taken now: the feed's own rule for period 0."""
        period = self.periods.get(0)
        return (
            self.in_fixtures
            and self.status in ("O", "I")
            and period is not None
            and period.offered.status == 1
            and period.seen(now).has_prices
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
    """Told without its price."""

    @property
    def offered(self) -> Decimal | None:
        """The price as it is told."""
        return None if self.withdrawn else self.price


@dataclass(slots=True, kw_only=True)
class ListedSpecial:
    """A market of its own beside an event, such as "Both Teams To Score?", or beside a whole league."""

    id: int
    league_id: int
    event: ListedEvent | None
    """None for an outright."""
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
    """Without, it is told with no contestant lines at all."""
    over: bool = False
    """Its prices move no more."""

    @property
    def lines(self) -> list[ListedContestant]:
        """Contestants as `/odds/special` tells them now."""
        return self.contestants if self.has_lines else []

    def is_open(self, now: datetime) -> bool:
        """Whether it takes bets itself: its event may be closed all the same."""
        told = self.in_fixtures and self.in_odds and self.has_lines
        return told and self.status in ("O", "I") and self.cutoff > now


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSettlement:
    """How one period ended, or a special (`period` none)."""

    stamp: Stamp
    league_id: int
    owner_id: int
    """The event or the special."""
    period: int | None
    status: int
    at: datetime
    home_score: int = 0
    away_score: int = 0
    contestants: tuple[tuple[int, str, str], ...] = ()
    """Of a special: id, name, outcome W, L or X."""
