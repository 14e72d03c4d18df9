"""Results: what both services say of a finished game, and what that says of the link of its two listings.

`verify` is the rule. A wrong price is worse than a missing one, but here a right link that is doubted takes
prices away for nothing: a difference counts only if nothing innocent explains it.
"""

import math
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from syncd.matching.lesson import Lesson
from syncd.matching.result_parameters import (
    AWARDED_GOALS,
    MAX_EXTRA_GOALS,
    MAX_MOVED_S,
    MAX_RESULT_WEIGHT,
    MAY_BE_CORRECTED_S,
    USUAL_AWAY_GOALS,
    USUAL_HOME_GOALS,
)
from syncd.matching.score_meaning import ScoreMeaning
from syncd.model.feed import GONE_BY_STATUS, Gone
from syncd.model.link import LinkState


class Score(NamedTuple):
    """Goals of the home and the away side."""

    home: int
    away: int

    def __str__(self) -> str:
        return f"{self.home}-{self.away}"

    @property
    def exchanged(self) -> "Score":
        """The same with home and away exchanged."""
        return Score(self.away, self.home)

    def plus(self, other: "Score | None") -> "Score":
        """Return both added, as goals of extra time are."""
        return Score(self.home + other.home, self.away + other.away) if other else self

    def reaches(self, other: "Score") -> bool:
        """Return whether neither side has fewer goals than in `other`, nor more than extra time can add."""
        added = self.home - other.home, self.away - other.away
        return all(0 <= goals <= MAX_EXTRA_GOALS for goals in added)


class PinnacleResult(msgspec.Struct, frozen=True, kw_only=True):
    """The settlement of a game by Pinnacle: period 0, which is 90 minutes; extra time if it names it."""

    settlement_id: int
    status: int
    """As `Settlement.status`."""
    settled_at: datetime | None = None
    score: Score | None = None
    extra_time: Score | None = None
    """Goals of extra time alone: period 3 of the live event."""
    shootout: Score | None = None
    """Period 6 of the live event."""

    @property
    def text(self) -> str:
        """The result in words."""
        if self.status in CALLED_OFF:
            return str(CALLED_OFF[self.status])
        if self.score is None:
            return "no score"
        more = [
            f"{kind} {score}"
            for kind, score in (("extra time", self.extra_time), ("shoot-out", self.shootout))
            if score
        ]
        return ", ".join([str(self.score), *more])


class BetTuneResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a match in BetTune's list; what the score includes, it does not say."""

    finished: bool
    kickoff: datetime
    score: Score | None = None
    read_at: datetime | None = None

    @property
    def text(self) -> str:
        """The result in words."""
        return str(self.score) if self.score else ("no score" if self.finished else "not finished")


class VerdictKind(StrEnum):
    """The kinds of verdicts on a link by both results."""

    WAITING = "waiting"
    AGREED = "agreed"
    DIFFERS = "differs"
    NOT_COMPARABLE = "not_comparable"


class Because(StrEnum):
    """The cause of a verdict: the stable code."""

    NOT_SETTLED = "not_settled"
    NOT_FINISHED = "not_finished"
    MAY_BE_CORRECTED = "may_be_corrected"
    SAME_SCORE = "same_score"
    SAME_WITH_EXTRA_TIME = "same_with_extra_time"
    OTHER_SCORE = "other_score"
    EXCHANGED_SCORE = "exchanged_score"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    MOVED = "moved"
    NO_SCORE = "no_score"
    EXTRA_TIME = "extra_time"
    AWARDED = "awarded"
    EXPIRED = "expired"
    BY_USER = "by_user"


REASONS = {
    Because.NOT_SETTLED: "Pinnacle has not settled it yet",
    Because.NOT_FINISHED: "BetTune has no final score yet",
    Because.MAY_BE_CORRECTED: "the scores differ, but one of them may be corrected within the hour",
    Because.SAME_SCORE: "both show the same score",
    Because.SAME_WITH_EXTRA_TIME: "BetTune's score is Pinnacle's with extra time",
    Because.OTHER_SCORE: "the scores differ, and nothing explains it",
    Because.EXCHANGED_SCORE: "the scores are each other's with home and away exchanged",
    Because.CANCELLED: "Pinnacle cancelled its bets: postponed, abandoned or void",
    Because.DELETED: "Pinnacle deleted the event",
    Because.MOVED: "the two were played at different times: postponed or played again",
    Because.NO_SCORE: "one of them ended without a score",
    Because.EXTRA_TIME: "BetTune's score may include extra time or a shoot-out",
    Because.AWARDED: "BetTune's score may be one that was awarded",
    Because.EXPIRED: "one of the results never came",
    Because.BY_USER: "a user says that the link was right",
}

CALLED_OFF = {
    status: Because.CANCELLED if gone is Gone.CANCELLED else Because.DELETED
    for status, gone in GONE_BY_STATUS.items()
    if gone is not Gone.SETTLED
}
"""The settlement statuses of a game without a result."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict of two results on a link; `weight` (nats) is how much an agreed score counts."""

    kind: VerdictKind
    because: Because
    weight: float = 0.0


class FinishedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it was when its game was over: kept until both results are known."""

    event_id: int
    match_id: int
    kickoff: datetime
    """Pinnacle's."""
    state: LinkState
    confidence: float
    home: str
    away: str
    league: str
    match_home: str
    match_away: str
    tournament: str
    cup: bool = False
    """True if games of this competition may have extra time, by its names, and the two countries are one."""
    swapped: bool = False
    """True if a user linked them though home and away are exchanged."""
    alike: bool = False
    """True if the names of both sides agree, by themselves or by the evidence of an automatic link."""
    unlike: tuple[int, ...] = ()
    """BetTune's ids of the teams whose two names do not agree in this way."""
    eliminated: bool = False
    """True if it was made because the rest of its round left nothing else."""
    taught: tuple[Lesson, ...] = ()
    """The lessons of the link when the game was over."""

    @property
    def event_title(self) -> str:
        """`Home v Away`, by Pinnacle's names."""
        return f"{self.home} v {self.away}"

    @property
    def match_title(self) -> str:
        """`Home v Away`, by BetTune's names."""
        return f"{self.match_home} v {self.match_away}"


def score_weight(score: Score) -> float:
    """Return how much more likely two equal scores are among true pairs than by chance (nats).

    By chance: both sides score independently, Poisson distributed. 1-1 counts 2.1, 5-3 more than 6.
    """
    chance = _poisson(USUAL_HOME_GOALS, score.home) * _poisson(USUAL_AWAY_GOALS, score.away)
    return min(MAX_RESULT_WEIGHT, -math.log(chance)) if chance > 0 else MAX_RESULT_WEIGHT


def _poisson(rate: float, goals: int) -> float:
    # A logarithm, because a score of thousands would overflow.
    return math.exp(goals * math.log(rate) - rate - math.lgamma(goals + 1))


def verify(
    link: FinishedLink,
    pinnacle: PinnacleResult | None,
    bettune: BetTuneResult | None,
    meaning: ScoreMeaning = ScoreMeaning.UNKNOWN,
) -> Verdict:
    """Judge a link by what the two services say of the game now; a correction is judged again."""
    if pinnacle is None:
        return _waiting(Because.NOT_SETTLED)
    if pinnacle.status in CALLED_OFF:
        return _not_comparable(CALLED_OFF[pinnacle.status])
    if bettune is None:
        return _waiting(Because.NOT_FINISHED)
    if abs((link.kickoff - bettune.kickoff).total_seconds()) > MAX_MOVED_S:
        return _not_comparable(Because.MOVED)
    return _finished(link, pinnacle, bettune, meaning) if bettune.finished else _waiting(Because.NOT_FINISHED)


def _finished(
    link: FinishedLink, pinnacle: PinnacleResult, bettune: BetTuneResult, meaning: ScoreMeaning
) -> Verdict:
    if pinnacle.score is None or bettune.score is None or min(*pinnacle.score, *bettune.score) < 0:
        return _not_comparable(Because.NO_SCORE)
    score = bettune.score.exchanged if link.swapped else bettune.score
    return _compared(link, pinnacle, pinnacle.score, score, meaning)


def _compared(
    link: FinishedLink, pinnacle: PinnacleResult, regular: Score, score: Score, meaning: ScoreMeaning
) -> Verdict:
    if score == regular:
        return _agreed(Because.SAME_SCORE, score)
    if meaning is not ScoreMeaning.REGULAR_TIME and score in _with_extra_time(pinnacle, regular):
        return _agreed(Because.SAME_WITH_EXTRA_TIME, score)
    if meaning is not ScoreMeaning.REGULAR_TIME and _may_include_extra_time(link, pinnacle, regular, score):
        return _not_comparable(Because.EXTRA_TIME)
    if link.alike and min(score) == 0 and max(score) in AWARDED_GOALS:
        return _not_comparable(Because.AWARDED)
    exchanged = score == regular.exchanged
    because = Because.EXCHANGED_SCORE if exchanged else Because.OTHER_SCORE
    return Verdict(kind=VerdictKind.DIFFERS, because=because)


def _with_extra_time(pinnacle: PinnacleResult, regular: Score) -> list[Score]:
    """Return the scores with extra time, and with the shoot-out too, as far as Pinnacle says them."""
    if pinnacle.extra_time is None:
        return []
    after = regular.plus(pinnacle.extra_time)
    return [after, after.plus(pinnacle.shootout)] if pinnacle.shootout else [after]


def _may_include_extra_time(
    link: FinishedLink, pinnacle: PinnacleResult, regular: Score, score: Score
) -> bool:
    """Return whether goals after 90 minutes, which Pinnacle does not name, explain the score.

    A level game may go on in any cup, and in the play-offs of any league. A second leg goes on with
    any score, but so many wrong links look like one that the names have to agree.
    """
    known = regular.plus(pinnacle.extra_time)
    if not score.reaches(known):
        return False
    if pinnacle.extra_time is not None:
        return known.home == known.away and pinnacle.shootout is None
    level = regular.home == regular.away
    return (level and (link.cup or link.alike)) or (link.cup and link.alike)


def is_lasting(
    first_seen: datetime, pinnacle: PinnacleResult | None, bettune: BetTuneResult | None, now: datetime
) -> bool:
    """Return whether a difference seen first at `first_seen` has outlived the time for corrections.

    BetTune's list has to be read again since, and Pinnacle's settlement may not be newer.
    """
    if pinnacle is None or bettune is None or bettune.read_at is None:
        return False
    settled_at = pinnacle.settled_at or first_seen
    read_after = (bettune.read_at - first_seen).total_seconds()
    return read_after >= MAY_BE_CORRECTED_S and (now - settled_at).total_seconds() >= MAY_BE_CORRECTED_S


def _waiting(because: Because) -> Verdict:
    return Verdict(kind=VerdictKind.WAITING, because=because)


def _not_comparable(because: Because) -> Verdict:
    return Verdict(kind=VerdictKind.NOT_COMPARABLE, because=because)


def _agreed(because: Because, score: Score) -> Verdict:
    return Verdict(kind=VerdictKind.AGREED, because=because, weight=score_weight(score))
