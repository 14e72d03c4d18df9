"""What a look at the board answers: a market with all its prices, or why there is none."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from syncd.model.change import Cause
from syncd.model.decimals import format_decimal, format_signed
from syncd.pricing import margin

SPREAD: Final = "spread"
PERIODS: Final = {0: "the match", 1: "the first half", 2: "the second half"}


class Refused(msgspec.Struct, frozen=True):
    """No price: the stable `cause` of it, and `words`, short lines for people."""

    cause: Cause
    words: tuple[str, ...]
    since: datetime | None = None
    """Since when, where it is about a special: its own state, and not that of the event's periods."""


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """One set of prices that belong together, such as the two sides of one total."""

    kind: str
    period: int
    line: Decimal | None = None
    """Points, or for a spread the home side's handicap."""
    prices: Mapping[str, Decimal | None]
    """All outcomes by name; none where Pinnacle gives no price."""
    asked: str
    """The outcome that was asked for."""
    max_stake: Decimal | None = None
    winners: int = 1
    """How many outcomes win at once."""
    dear: bool = False
    """Whether Pinnacle is known to take more here than on a soccer match: other sports, and specials."""
    cutoff: datetime | None = None
    """A special's own, by the server's clock; none for a market of the event's periods."""
    changed_at: datetime | None = None
    """When the special's prices last changed; none for a market of the event's periods."""

    def offered(self, outcome: str) -> Decimal | None:
        """The price of an outcome, where it has one that can be bet on."""
        price = self.prices[outcome]
        return price if price is not None and price > 1 else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The outcomes without a price."""
        return tuple(outcome for outcome in self.prices if self.offered(outcome) is None)

    @property
    def booksum(self) -> Decimal | None:
        """The sum of the reciprocal prices for one winner; none where an outcome has no price."""
        prices = [price for outcome in self.prices if (price := self.offered(outcome)) is not None]
        return margin.booksum(prices, self.winners) if len(prices) == len(self.prices) else None

    def __str__(self) -> str:
        prices = ", ".join(
            f"{outcome} {price or 'without a price'}" for outcome, price in self.prices.items()
        )
        return f"{self.title}: {prices}"

    @property
    def title(self) -> str:
        """The market in words."""
        line = (
            ""
            if self.line is None
            else f" {(format_signed if self.kind == SPREAD else format_decimal)(self.line)}"
        )
        return f"{self.kind}{line} of {words_of_period(self.period)}"


def words_of_period(number: int) -> str:
    """The period in words."""
    return PERIODS.get(number, f"period {number}")


def first_known(own: Decimal | None, of_the_whole: Decimal | None) -> Decimal | None:
    """The limit of a line itself, or else that of the market it belongs to."""
    return own if own is not None else of_the_whole
