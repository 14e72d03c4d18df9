"""When a pair whose write failed is tried again: first within seconds, then after ever longer pauses.

All moments are steady (`runtime/steady.py`).
"""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind
from syncd.runtime.backoff import doubled

FIRST_PAUSE = timedelta(seconds=1)

LONGEST_REFUSAL_PAUSE = timedelta(seconds=30)
"""Longest pause between two deletes of a pair: a delete can do no harm, so it is never given up. Where many
are refused, this holds for the most urgent one, and the others wait longer (`spacing`)."""

SHARE_OF_BUDGET = 0.25
"""The share of all requests that go to deletes which were refused before."""

LONGEST_OUTAGE_PAUSE = timedelta(seconds=5)
"""After an outage: long enough that the next probe is about another pair."""

MOST_LOST_RAISES = 2
"""After this many raises that got no usable response and were not carried out, a delete is tried: BetTune may
take that."""

LOST_RAISE = "too low, and BetTune does not respond to raises: deleted"

LASTING = timedelta(seconds=30)
"""Failures that last this long are worth an alert."""

STILL_TRIED = timedelta(seconds=90)
"""A pair that could have been tried longer ago has nothing left to be written."""

FORGOTTEN_AFTER = timedelta(minutes=5)
"""Failures that are further apart are not in a row."""


def spacing(limit: int, span: timedelta) -> timedelta:
    """Return how far apart repeated deletes are, so that they leave most of the budget to others."""
    return span / (limit * SHARE_OF_BUDGET)


class LostRaises:
    """The raises in a row that got no usable response, while the lower price stayed what it was."""

    def __init__(self) -> None:
        self._lost: dict[Pair, tuple[Decimal | None, int]] = {}

    def instead_of(self, change: Change) -> Change:
        """Return what to send: the change, or a delete if such a raise was lost too often."""
        before, count = self._lost.get(change.pair, (None, 0))
        if change.kind is not Kind.RAISE or before != change.before or count < MOST_LOST_RAISES:
            return change
        return msgspec.structs.replace(change, kind=Kind.DELETE, after=None, reason=LOST_RAISE)

    def lost(self, change: Change) -> None:
        """Count a raise without a usable response."""
        if change.kind is Kind.RAISE:
            before, count = self._lost.get(change.pair, (None, 0))
            self._lost[change.pair] = (change.before, count + 1 if before == change.before else 1)

    def succeeded(self, pair: Pair) -> None:
        """Forget the raises of a pair."""
        self._lost.pop(pair, None)


class _Failures(msgspec.Struct):
    since: datetime
    until: datetime
    """When the pair may be tried again."""
    count: int = 0


class Retries:
    """The failures in a row of each pair's write; `longest` is the longest pause after one."""

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest
        self._failures: dict[Pair, _Failures] = {}

    def __bool__(self) -> bool:
        return bool(self._failures)

    def attempts(self, pair: Pair) -> int:
        """Return how often the write of a pair has failed in a row."""
        failures = self._failures.get(pair)
        return failures.count if failures else 0

    def failed(self, pair: Pair, now: datetime, apart: timedelta = timedelta(0)) -> datetime:
        """Count a failure; return when the pair may be tried again.

        `apart` is the time between two tries of any pair: with many pairs, each has its turn more rarely.
        """
        self._failures = {
            each: known for each, known in self._failures.items() if now - known.until < FORGOTTEN_AFTER
        }
        failures = self._failures.setdefault(pair, _Failures(since=now, until=now))
        failures.count += 1
        turn = apart * len(self._failures)
        failures.until = now + max(turn, doubled(FIRST_PAUSE, failures.count - 1, self._longest))
        return failures.until

    def succeeded(self, pair: Pair) -> None:
        """Forget the failures of a pair."""
        self._failures.pop(pair, None)

    def lasting(self, now: datetime) -> list[Pair]:
        """Return the pairs whose writes have failed for long, without those that are not tried any more."""
        return [
            pair
            for pair, each in self._failures.items()
            if now - each.since >= LASTING and now - each.until <= STILL_TRIED
        ]
