"""The Min Odds that BetTune had over time, by the writes that were sent."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from syncd.model.change import Kind


class Effect(StrEnum):
    """Knowledge of the effect of a write."""

    DONE = "done"
    NONE = "none"
    """Certainly not carried out."""
    UNKNOWN = "unknown"
    """The response was lost, or BetTune kept something else: the next write says what it found."""


class Sent(NamedTuple):
    """A change that was sent for one pair."""

    at: datetime
    kind: Kind
    before: Decimal | None
    after: Decimal | None
    effect: Effect


class ActiveOdds(NamedTuple):
    """The Min Odds from `at` on, until the next one; None: no prediction."""

    at: datetime
    odds: Decimal | None


def active_over_time(sent: Iterable[Sent]) -> list[ActiveOdds]:
    """Return the Min Odds from each write on, in order of time.

    A write of unknown effect counts as what the next one of the pair found; without a next one, as done.
    """
    ordered = sorted(sent, key=attrgetter("at"))
    found: list[ActiveOdds] = []
    for number, each in enumerate(ordered):
        if each.effect is Effect.NONE:
            continue
        following = ordered[number + 1] if number + 1 < len(ordered) else None
        odds = None if each.kind is Kind.DELETE else each.after
        if each.effect is Effect.UNKNOWN and following:
            odds = following.before
        found.append(ActiveOdds(each.at, odds))
    return found


def active_before(found: Sequence[ActiveOdds], moment: datetime) -> ActiveOdds | None:
    """Return the Min Odds at the time when something happened at a moment; None if there were none.

    A write of the same moment came after it: nothing is written before its cause.
    """
    place = bisect_left(found, moment, key=attrgetter("at"))
    last = found[place - 1] if place else None
    return last if last and last.odds is not None else None
