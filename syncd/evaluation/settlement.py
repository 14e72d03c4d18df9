"""The settlement of a bet by the score: Asian lines with refunds and half wins, and the known specials.

Rules: Pinnacle's betting rules for soccer, where period 0 is the 90 minutes with stoppage time.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from syncd.matching.results import Score
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.selection import (
    BOTH_TEAMS_TO_SCORE,
    CORRECT_SCORE,
    HALF_TIME_FULL_TIME,
    ODD_EVEN,
    DoubleChanceSelection,
    DrawNoBetSelection,
    MatchResult,
    MoneylineSelection,
    Selection,
    SpecialSelection,
    SpreadSelection,
    TeamTotalSelection,
    TotalSelection,
)

FIRST_HALF: Final = 1
SECOND_HALF: Final = 2

HALF: Final = Decimal("0.5")
QUARTER: Final = Decimal("0.25")

PAIRED: Final[Mapping[str, tuple[MatchResult, ...]]] = {
    "1X": ("home", "draw"),
    "12": ("home", "away"),
    "X2": ("draw", "away"),
}

PeriodScores = Mapping[int, Score]
"""The goals of each period that is known, by its number."""


class Payout(NamedTuple):
    """The shares of a stake that win and that are returned; the rest is lost."""

    won: Decimal
    refunded: Decimal = Decimal(0)

    def profit(self, odds: Decimal) -> Decimal:
        """Return the profit of a stake of 1 at these decimal odds; -1 is the whole stake."""
        return self.won * odds + self.refunded - 1


WON: Final = Payout(Decimal(1))
LOST: Final = Payout(Decimal(0))
REFUNDED: Final = Payout(Decimal(0), Decimal(1))


def settle(selection: Selection, scores: PeriodScores) -> Payout | None:
    """Return how the bet ended; None if the scores do not decide it, or nobody knows how it is settled."""
    if isinstance(selection, SpecialSelection) and selection.name == HALF_TIME_FULL_TIME:
        return _half_time_full_time(selection.contestant, scores)
    score = score_of(selection.period, scores)
    return None if score is None else _settle(selection, score)


def score_of(period: int, scores: PeriodScores) -> Score | None:
    """Return the goals of a period; those of the second half follow from the match and the first one."""
    if period in scores:
        return scores[period]
    whole, first = scores.get(MATCH_PERIOD), scores.get(FIRST_HALF)
    if period != SECOND_HALF or whole is None or first is None:
        return None
    second = Score(whole.home - first.home, whole.away - first.away)
    return second if min(second) >= 0 else None


def _settle(selection: Selection, score: Score) -> Payout | None:
    match selection:
        case SpreadSelection() | TotalSelection() | TeamTotalSelection():
            return _by_line(_ahead_of_line(selection, score))
        case MoneylineSelection(side=side):
            return _won_if(_result(score) == side)
        case DoubleChanceSelection(pairing=pairing):
            return _won_if(_result(score) in PAIRED[pairing])
        case DrawNoBetSelection(side=side):
            return REFUNDED if _result(score) == "draw" else _won_if(_result(score) == side)
        case SpecialSelection():
            return _special(selection, score)
    return None


def _ahead_of_line(selection: SpreadSelection | TotalSelection | TeamTotalSelection, score: Score) -> Decimal:
    """Return by how many goals the bet is ahead of its line."""
    if isinstance(selection, SpreadSelection):
        ahead = score.home - score.away
        return selection.line + (ahead if selection.side == "home" else -ahead)
    if isinstance(selection, TeamTotalSelection):
        goals = score.home if selection.team == "home" else score.away
    else:
        goals = score.home + score.away
    return goals - selection.line if selection.side == "over" else selection.line - goals


def _result(score: Score) -> MatchResult:
    if score.home == score.away:
        return "draw"
    return "home" if score.home > score.away else "away"


def _by_line(ahead: Decimal) -> Payout:
    """Settle by how far the bet is ahead of its line.

    A bet on a quarter line is two bets with half the stake each, on the lines at both sides of it.
    """
    if ahead % HALF == 0:
        return REFUNDED if ahead == 0 else _won_if(ahead > 0)
    one, other = _by_line(ahead - QUARTER), _by_line(ahead + QUARTER)
    return Payout((one.won + other.won) / 2, (one.refunded + other.refunded) / 2)


def _special(selection: SpecialSelection, score: Score) -> Payout | None:
    contestant = selection.contestant.casefold()
    if selection.name == BOTH_TEAMS_TO_SCORE and contestant in ("yes", "no"):
        return _won_if((min(score) > 0) == (contestant == "yes"))
    if selection.name == ODD_EVEN and contestant in ("odd", "even"):
        return _won_if((sum(score) % 2 == 1) == (contestant == "odd"))
    if selection.name == CORRECT_SCORE and (named := _named_score(contestant)):
        return _won_if(score == named)
    return None


def _named_score(text: str) -> Score | None:
    home, dash, away = text.partition("-")
    return Score(int(home), int(away)) if dash and home.isdecimal() and away.isdecimal() else None


def _half_time_full_time(contestant: str, scores: PeriodScores) -> Payout | None:
    first, whole = score_of(FIRST_HALF, scores), score_of(MATCH_PERIOD, scores)
    if first is None or whole is None:
        return None
    return _won_if(contestant.casefold() == f"{_result(first)}/{_result(whole)}")


def _won_if(won: bool) -> Payout:
    return WON if won else LOST
