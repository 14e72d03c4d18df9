"""A list of BetTune's that contradicts what was known: believed once a second reading says the same.

An id has a meaning: whom a match is between and when, what a filter bets on. If one reading changes it,
either the reading or what was known is wrong, and nobody knows which.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from syncd.model.bettune import Filter, Match

T = TypeVar("T")

OVER_AFTER = timedelta(hours=1)
"""This long after BetTune's kick-off nothing of a match can be bet on before it begins."""


class Believed(NamedTuple, Generic[T]):
    """An entry to believe, and what contradicts it if a second reading has to decide."""

    entry: T
    contradiction: T | None = None


def believe(
    known: T | None, earlier: T | None, listed: T, contradicts: Callable[[T, T], bool]
) -> Believed[T]:
    """Return what to believe after a reading: `earlier` is what the one before it said against `known`."""
    if known is None or not contradicts(known, listed):
        return Believed(listed)
    if earlier is not None and not contradicts(earlier, listed):
        return Believed(listed)
    return Believed(known, listed)


def filters_contradict(known: Filter, listed: Filter) -> bool:
    """Return whether an id stands for another filter: its status may change, what it bets on may not."""
    return (known.name, known.sport, known.bet_type) != (listed.name, listed.sport, listed.bet_type)


def matches_contradict(known: Match, listed: Match, now: datetime) -> bool:
    """Return whether the same id stands for another match, or for one at another time.

    A match that is over by both is believed: neither can be bet on.
    """
    if max(known.date, listed.date) + OVER_AFTER < now:
        return False
    return (known.finished and not listed.finished) or _meaning(known) != _meaning(listed)


def are_other_teams(known: Match, listed: Match) -> bool:
    """Return whether other teams play: new names of the same teams are not."""
    return (known.home.id, known.away.id) != (listed.home.id, listed.away.id)


def _meaning(match: Match) -> tuple[object, ...]:
    return (match.date, match.country, match.tournament, match.season, match.home, match.away)
