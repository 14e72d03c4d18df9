"""The meaning of BetTune's scores, learnt from games with extra time whose names leave no doubt.

Pinnacle's period 0 is 90 minutes, and its live event says what extra time added. What BetTune's score
includes, its document does not say; cups and leagues are learnt apart.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from syncd.matching.result_parameters import MIN_MEANING_GAMES


class ScoreMeaning(StrEnum):
    """The time that a score of BetTune's includes."""

    UNKNOWN = "unknown"
    REGULAR_TIME = "regular_time"
    """90 minutes, as Pinnacle's."""
    EXTRA_TIME = "extra_time"
    """Extra time too, and perhaps the shoot-out."""


def learn_meaning(seen: Iterable[ScoreMeaning]) -> ScoreMeaning:
    """Return what the games say together: unknown if they are few, or contradict each other."""
    counts = Counter(each for each in seen if each is not ScoreMeaning.UNKNOWN)
    if len(counts) == 1 and sum(counts.values()) >= MIN_MEANING_GAMES:
        return next(iter(counts))
    return ScoreMeaning.UNKNOWN


def meaning_of(
    regular: tuple[int, int], extra_time: tuple[int, int] | None, score: tuple[int, int]
) -> ScoreMeaning:
    """Return what one game shows; unknown if extra time brought no goal, or the score is neither."""
    if extra_time is None or not any(extra_time):
        return ScoreMeaning.UNKNOWN
    if score == regular:
        return ScoreMeaning.REGULAR_TIME
    after = regular[0] + extra_time[0], regular[1] + extra_time[1]
    return ScoreMeaning.EXTRA_TIME if score == after else ScoreMeaning.UNKNOWN
