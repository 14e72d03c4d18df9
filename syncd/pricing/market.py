"""The result of a look at the board: a market with all its prices, or the reason why there is none."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from syncd.model.change import Cause
from syncd.model.decimals import format_decimal, format_signed
from syncd.pricing import margin

SPREAD: Final = "spread"
PERIOD_NAMES: Final = {0: "the match", 1: "the first half", 2: "the second half"}


class NoPrice(msgspec.Struct, frozen=True):
    """A selection has no price: the stable `cause`, and the `reason` for people as short lines."""

    cause: Cause
    reason: tuple[str, ...]
    since: datetime | None = None
    """When this state of a special began; None if it depends on the event's periods."""


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """One set of prices that belong together, such as the two sides of one total."""

    kind: str
    period: int
    line: Decimal | None = None
    """Points, or for a spread the home side's handicap."""
    prices: Mapping[str, Decimal | None]
    """All outcomes by name; None if Pinnacle gives no price."""
    selected: str
    """The outcome that the selection names."""
    max_stake: Decimal | None = None
    winners: int = 1
    """The number of outcomes that win together."""
    high_margin: bool = False
    """True if margins are higher than in soccer's match markets: in other sports and in specials."""
    cutoff: datetime | None = None
    """A special's own, by the server's clock; None for a market of the event's periods."""
    changed_at: datetime | None = None
    """When the special's prices last changed; None for a market of the event's periods."""

    def price_of(self, outcome: str) -> Decimal | None:
        """The price of an outcome; None if it has none, or one at which nobody can bet (1 or less)."""
        price = self.prices[outcome]
        return price if price is not None and price > 1 else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The outcomes without a price."""
        return tuple(outcome for outcome in self.prices if self.price_of(outcome) is None)

    @property
    def booksum(self) -> Decimal | None:
        """The sum of the inverse prices, for one winner; None if an outcome has no price."""
        return None if self.missing else self.known_booksum

    @property
    def known_booksum(self) -> Decimal:
        """The same of the outcomes that have a price."""
        prices = [price for outcome in self.prices if (price := self.price_of(outcome)) is not None]
        return margin.booksum(prices, self.winners)

    def __str__(self) -> str:
        prices = ", ".join(
            f"{outcome} {price or 'without a price'}" for outcome, price in self.prices.items()
        )
        return f"{self.title}: {prices}"

    @property
    def title(self) -> str:
        """The market as text: `spread -0.5 of the match`."""
        format_line = format_signed if self.kind == SPREAD else format_decimal
        line = "" if self.line is None else f" {format_line(self.line)}"
        return f"{self.kind}{line} of {period_name(self.period)}"


def period_name(number: int) -> str:
    """The period as text."""
    return PERIOD_NAMES.get(number, f"period {number}")


def first_known(limit_of_line: Decimal | None, limit_of_market: Decimal | None) -> Decimal | None:
    """The limit of a line itself, or else that of its market."""
    return limit_of_line if limit_of_line is not None else limit_of_market
