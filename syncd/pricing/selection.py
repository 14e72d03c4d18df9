"""Selections: the outcomes that a filter can bet on, which users write in the `grammar`."""

import re
from decimal import Decimal
from typing import Final, Literal

import msgspec

from syncd.model.decimals import format_decimal, format_signed
from syncd.model.pinnacle import MATCH_PERIOD

Team = Literal["home", "away"]
MatchResult = Literal["home", "draw", "away"]
OverUnder = Literal["over", "under"]
Pairing = Literal["1X", "12", "X2"]

RESULTS: Final[tuple[MatchResult, ...]] = ("home", "draw", "away")

BOTH_TEAMS_TO_SCORE: Final = "Both Teams To Score?"
ODD_EVEN: Final = "Total Goals Odd/Even"
CORRECT_SCORE: Final = "Correct Score"
HALF_TIME_FULL_TIME: Final = "Half-Time/Full-Time"
DOUBLE_CHANCE: Final = "Double Chance"
DRAW_NO_BET: Final = "Draw No Bet"
"""Specials by the names that Pinnacle gives them."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of one market of one period. `str()` is its canonical text, which can be parsed again."""

    period: int = MATCH_PERIOD

    def _with_period(self, market: str) -> str:
        """The text of the market, with that of the period."""
        return market + (f" period {self.period}" if self.period != MATCH_PERIOD else "")


class MoneylineSelection(Selection, frozen=True):
    """Who wins: 1X2, or two-way in a sport without draws."""

    side: MatchResult

    def __str__(self) -> str:
        return self._with_period(f"moneyline {self.side}")


class TotalSelection(Selection, frozen=True):
    """Goals of both teams together, over or under `line`."""

    line: Decimal
    side: OverUnder

    def __str__(self) -> str:
        return self._with_period(f"total {format_decimal(self.line)} {self.side}")


class SpreadSelection(Selection, frozen=True):
    """Asian handicap: `line` goals are added to the score of `side`."""

    line: Decimal
    side: Team

    @property
    def hdp(self) -> Decimal:
        """The line as Pinnacle writes it, the home side's: -0.5 for `+0.5 away`."""
        return self.line if self.side == "home" else -self.line

    def __str__(self) -> str:
        return self._with_period(f"spread {format_signed(self.line)} {self.side}")


class TeamTotalSelection(Selection, frozen=True):
    """Goals of one team, over or under `line`."""

    team: Team
    line: Decimal
    side: OverUnder

    def __str__(self) -> str:
        return self._with_period(f"team_total {self.team} {format_decimal(self.line)} {self.side}")


class DoubleChanceSelection(Selection, frozen=True):
    """Two of the three outcomes of 1X2 win."""

    pairing: Pairing

    def __str__(self) -> str:
        return self._with_period(f"double_chance {self.pairing}")


class DrawNoBetSelection(Selection, frozen=True):
    """The side wins; a draw returns the stake."""

    side: Team

    def __str__(self) -> str:
        return self._with_period(f"draw_no_bet {self.side}")


class SpecialSelection(Selection, frozen=True):
    """A contestant of a special, both by Pinnacle's names or with `Home` and `Away` for the teams."""

    name: str
    contestant: str
    line: Decimal | None = None
    """The contestant's handicap or points, if its price has one."""

    def __str__(self) -> str:
        return self._with_period(self._short() or self._long())

    def _short(self) -> str:
        """A keyword of its own and the contestant, for the specials that have one."""
        keyword, contestants = SHORT_SPECIALS.get(self.name, ("", ""))
        if keyword and self.line is None and re.fullmatch(contestants, self.contestant):
            return f"{keyword} {self.contestant.lower()}"
        return ""

    def _long(self) -> str:
        line = "" if self.line is None else f" {format_decimal(self.line)}"
        return f"special {_quoted(self.name)} {_quoted_if_needed(self.contestant)}{line}"


SHORT_SPECIALS: Final = {
    BOTH_TEAMS_TO_SCORE: ("both_teams_to_score", "Yes|No"),
    ODD_EVEN: ("odd_even", "Odd|Even"),
    CORRECT_SCORE: ("correct_score", "(0|[1-9][0-9]?)-(0|[1-9][0-9]?)"),
    HALF_TIME_FULL_TIME: ("half_time_full_time", "(Home|Draw|Away)/(Home|Draw|Away)"),
}
"""A special's name -> its keyword in the grammar, and a pattern of its contestants there."""


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _quoted_if_needed(name: str) -> str:
    return name if re.fullmatch(r"[\w.+/:-]+", name) else _quoted(name)
