"""All that Pinnacle offers on one event, as pricing looks at it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

import msgspec

from syncd.model.pinnacle import Period

PERIODS_WITHOUT_DRAW: Final = frozenset({6, 7, 8, 39})
"""Shoot-out, first ten penalties, to qualify, to win the final: somebody wins these, in soccer too."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of a special by Pinnacle's name; its price is none while Pinnacle has withdrawn it."""

    name: str
    price: Decimal | None = None
    handicap: Decimal | None = None
    max_stake: Decimal | None = None


class SpecialMarket(msgspec.Struct, frozen=True, kw_only=True):
    """A special of the event."""

    id: int = 0
    name: str
    outcomes: tuple[Outcome, ...]
    period: int = 0
    home: str = ""
    away: str = ""
    """The event's teams by Pinnacle: outcomes are often called by them."""
    max_stake: Decimal | None = None
    winners: int = 1
    """How many outcomes win at once: 2 in a double chance."""
    closed: str = ""
    """Why no bets are taken on it; empty while it is open."""
    cutoff: datetime | None = None
    changed_at: datetime | None = None
    """When its prices last changed, or the reason in `closed` came up."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The markets of one event: its periods by number, and its specials."""

    periods: Mapping[int, Period] = msgspec.field(default_factory=dict)
    specials: tuple[SpecialMarket, ...] | None = None
    """None where specials are not read at all, which is something else than an event without any."""
    three_way: bool = True
    """Whether the sport's games can end in a draw. Where they can, a moneyline of two sides is no 1X2."""
    had_moneyline: frozenset[int] = frozenset()
    """Periods that were offered with a moneyline before: one that is not there now was taken down."""

    @classmethod
    def of(cls, periods: Iterable[Period], specials: Iterable[SpecialMarket] | None = None) -> Self:
        """The board of a soccer event."""
        return cls(
            periods={period.number: period for period in periods},
            specials=None if specials is None else tuple(specials),
        )

    def can_draw(self, period: int) -> bool:
        """Whether the period's result can be a draw."""
        return self.three_way and period not in PERIODS_WITHOUT_DRAW
