"""Durations from Pinnacle's response with a new price to BetTune's response to the write."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind
from syncd.runtime.clock import Clock
from syncd.runtime.measures import Histogram

BOUNDS_S: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)
"""Seconds: from one request on a quiet machine to a queue that the budget makes wait."""


class Reactions:
    """Follows each change from the response that caused it to its write.

    A pair whose price moves again while it waits has been out of step since the first of these responses.
    Left out is what waits for something else: what is withheld, or has to be read first, and what time, a
    rule or a link causes.
    """

    def __init__(self, clock: Clock) -> None:
        self.by_kind = {kind: Histogram(BOUNDS_S) for kind in Kind}
        self._clock = clock
        self._received: dict[int, datetime] = {}
        """By event: the first response that no plan has taken yet."""
        self._planning: dict[int, datetime] = {}
        """The same of those that are being planned."""
        self._since: dict[Pair, datetime] = {}
        self._sent: dict[Pair, datetime] = {}

    def received(self, events: Iterable[int], at: datetime) -> None:
        """Note which events a response has changed."""
        for event_id in events:
            self._received.setdefault(event_id, at)

    def begin_plan(self, events: Iterable[int], *, everything: bool) -> None:
        """Take the responses that are planned now: those about these events, or all."""
        for event_id in list(self._received) if everything else events:
            at = self._received.pop(event_id, None)
            if at is not None:
                self._planning.setdefault(event_id, at)

    def end_plan(self) -> None:
        """Forget the responses that were planned. A plan that failed is made again, with these too."""
        self._planning.clear()

    def queued(self, planned: Collection[Pair], changes: Iterable[Change]) -> None:
        """Note the changes that a plan has made of these pairs; the others are in step."""
        causes = {change.pair: self._cause(change) for change in changes}
        for pair in planned:
            since = causes.get(pair)
            if since is None:
                self._since.pop(pair, None)
            else:
                self._since[pair] = since

    def sent(self, change: Change) -> None:
        """Note that a change is on its way: what moves from now on is another reaction."""
        _move(change.pair, self._since, self._sent)

    def written(self, change: Change) -> None:
        """Count a change that BetTune has taken."""
        since = self._sent.pop(change.pair, None)
        if since is not None:
            self.by_kind[change.kind].observe(max(0.0, (self._clock.now() - since).total_seconds()))

    def failed(self, change: Change) -> None:
        """Go on with a change that BetTune has not taken: its pair is still out of step."""
        _move(change.pair, self._sent, self._since)

    def _cause(self, change: Change) -> datetime | None:
        return self._since.get(change.pair) or self._planning.get(change.event_id or 0)


def _move(pair: Pair, source: dict[Pair, datetime], target: dict[Pair, datetime]) -> None:
    since = source.pop(pair, None)
    if since is not None:
        target[pair] = since
