"""Requests one after the other within a budget, again after limits and outages: for withdrawals.

What fails alone must not keep the others waiting: it is tried again after them.
"""

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.bettune.memory_budget import MemoryBudget
from syncd.runtime.backoff import doubled
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)

FIRST_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 30.0

REFUSALS_TO_BELIEVE = 3
"""So many refusals in a row end the work, unless they are all of one item that is refused alone."""

TRIES = 3
"""So many unusable responses, while BetTune responds to others, leave an item out."""

R = TypeVar("R")
Item = TypeVar("Item", bound=Hashable)


class PatientSender:
    """Sends requests, and knows whether BetTune responds at all.

    `probe` is a request about nothing in particular: it shows whether one item fails, or BetTune is away.
    `give_up_after` is how long BetTune may be away before its error is raised (None: without end).
    """

    def __init__(
        self,
        budget: MemoryBudget,
        clock: Clock,
        *,
        probe: Callable[[], Awaitable[object]],
        give_up_after: timedelta | None = None,
    ) -> None:
        self._budget = budget
        self._clock = clock
        self._probe = probe
        self._give_up_after = give_up_after
        self._responses = 0
        self._failures = 0
        self._refused_items: list[Hashable] = []
        """Refused since the last response: the token is, if it is not one item alone."""
        self._away_since = 0.0

    async def send(self, request: Callable[[], Awaitable[R]]) -> R:
        """Send a request until it gets a usable response. Raises `BetTuneError` as `each` does."""
        while True:
            try:
                return await self._send_within_budget(request)
            except (UnavailableError, BadResponseError) as error:
                await self._back_off(error)
            except (UnauthorizedError, ForbiddenError) as error:
                await self._refused(error)

    async def each(
        self, items: Iterable[Item], do: Callable[[Item], Awaitable[Sequence[Item]]]
    ) -> dict[Item, BetTuneError]:
        """Send one request for each item; `do` returns what is to be done instead of it, mostly nothing.

        Returns the items that got no usable response while BetTune responded to others. Raises
        `BetTuneError` if BetTune refuses the token, or is away for too long.
        """
        waiting, left_out = deque(items), dict[Item, BetTuneError]()
        failures, before = Counter[Item](), dict[Item, int]()
        while waiting:
            item = waiting.popleft()
            try:
                following = await self._send_within_budget(partial(do, item))
                waiting.extendleft(reversed(following))
            except (UnavailableError, BadResponseError) as error:
                failures[item] += 1
                before.setdefault(item, self._responses)
                if failures[item] >= TRIES and await self._has_responded_since(before[item]):
                    left_out[item] = error
                    continue
                waiting.append(item)
                await self._back_off(error)
            except (UnauthorizedError, ForbiddenError) as error:
                if self._is_refused_alone(item):
                    left_out[item] = error
                    continue
                waiting.append(item)
                await self._refused(error, item)
        return left_out

    def _is_refused_alone(self, item: Hashable) -> bool:
        return bool(self._responses) and self._refused_items == [item] * (REFUSALS_TO_BELIEVE - 1)

    async def _has_responded_since(self, responses: int) -> bool:
        if self._responses == responses:
            with suppress(BetTuneError):
                await self._send_within_budget(self._probe)
        return self._responses > responses

    async def _send_within_budget(self, request: Callable[[], Awaitable[R]]) -> R:
        """Send it once the budget allows it; again after a 429."""
        while True:
            await self._budget.wait()
            try:
                result = await request()
            except RateLimitedError as error:
                self._budget.pause(error.retry_after_s)
            except (RejectedError, NotFoundError):
                self._responded()
                raise
            else:
                self._responded()
                return result
            finally:
                self._budget.count()

    def _responded(self) -> None:
        self._responses += 1
        self._failures = 0
        self._refused_items.clear()

    async def _back_off(self, error: BetTuneError) -> None:
        if not self._failures:
            self._away_since = self._clock.monotonic()
        self._failures += 1
        away_s = self._clock.monotonic() - self._away_since
        if self._give_up_after and away_s > self._give_up_after.total_seconds():
            raise error
        log.warning("bettune_away", error=str(error), failures=self._failures)
        await self._pause(self._failures)

    async def _refused(self, error: BetTuneError, item: Hashable = None) -> None:
        self._refused_items.append(item)
        if len(self._refused_items) >= REFUSALS_TO_BELIEVE:
            raise error
        await self._pause(len(self._refused_items))

    async def _pause(self, times: int) -> None:
        await self._clock.sleep(doubled(FIRST_BACKOFF_S, times - 1, LONGEST_BACKOFF_S))
