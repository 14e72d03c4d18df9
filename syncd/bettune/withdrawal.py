"""Withdrawal by BetTune's API alone: it needs no database, no feed and no link.

It deletes what the rules of a config name and what was made through the API (`source` is `api`). Predictions
that were made by hand stay.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec
import structlog

from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from syncd.bettune.memory_budget import MemoryBudget
from syncd.config.rules import rule_for
from syncd.config.settings import Rule
from syncd.model.bettune import Match, Pair, Prediction
from syncd.model.horizon import horizon
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)

T = TypeVar("T")

FIRST_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 30.0

MAX_PASSES = 3
"""Deletes that BetTune still refuses in the last pass are reported."""

STILL_OPEN = timedelta(hours=3)
"""A match that kicked off longer ago can no longer be bet on: it is withdrawn last."""


class WithdrawalProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of predictions: `deleted` of the `found` ones are gone, `refused` could not be deleted yet."""

    found: int = 0
    deleted: int = 0
    refused: int = 0

    @property
    def text(self) -> str:
        """The result in a sentence."""
        if not self.found:
            return "No prediction that the rules name was made through the API."
        refused = f"; BetTune refused to delete {self.refused}" if self.refused else ""
        return f"{self.deleted} of {self.found} predictions withdrawn{refused}."


Report = Callable[[WithdrawalProgress], None]


def no_report(_: WithdrawalProgress) -> None:
    """Default `Report`."""


GiveWay = Callable[[], Awaitable[None]]


async def give_no_way() -> None:
    """Default `GiveWay`: nobody else waits for BetTune."""


class OtherWriterError(Exception):
    """Somebody else writes these predictions now: deleting them would be a fight."""


class DirectWithdrawal:
    """Finds and deletes predictions pass by pass, until a pass finds none.

    `chunk` is the number of matches in one search, `ahead` how far the horizon reaches, `give_up_after`
    how long BetTune may be away before `run` raises (None: it waits without end). A prediction that was
    changed less than `unchanged_for` before the first search, by BetTune's clock, raises `OtherWriterError`
    (None: is deleted too). This machine's clock may be wrong: what to search goes by BetTune's as well.

    `give_way` is awaited after the first successful search and after the first successful delete: two that
    waited for the same BetTune would begin in the same second, and break its limit together.
    """

    def __init__(
        self,
        client: BetTuneClient,
        budget: MemoryBudget,
        clock: Clock,
        *,
        rules: Sequence[Rule],
        ahead: timedelta,
        chunk: int,
        give_up_after: timedelta | None = None,
        unchanged_for: timedelta | None = None,
        report: Report = no_report,
        give_way: GiveWay = give_no_way,
    ) -> None:
        self._client = client
        self._budget = budget
        self._clock = clock
        self._rules = rules
        self._ahead = ahead
        self._chunk = chunk
        self._give_up_after = give_up_after
        self._unchanged_for = unchanged_for
        self._unchanged_since: datetime | None = None
        self._report = report
        self._give_way = give_way
        self._gave_way: set[str] = set()
        self._found: set[Pair] = set()
        self._deleted: set[Pair] = set()
        self._refused: set[Pair] = set()

    @property
    def progress(self) -> WithdrawalProgress:
        """The counts up to now."""
        return WithdrawalProgress(
            found=len(self._found), deleted=len(self._deleted), refused=len(self._refused)
        )

    async def run(self) -> WithdrawalProgress:
        """Delete everything, and verify it by a pass that finds nothing.

        Waits for limits and outages. Raises `BetTuneError` if BetTune refuses the token, or is away for
        too long; `OtherWriterError`.
        """
        for _ in range(MAX_PASSES):
            self._refused.clear()
            if not await self._delete_once():
                break
        return self.progress

    async def _delete_once(self) -> bool:
        """Search and delete everything once. Returns whether there was anything to delete."""
        filters = await self._persist(self._client.filters)
        named = [each.id for each in filters if rule_for(each.id, each.name, self._rules)]
        found_any = False
        chunks = list(self._chunks(await self._matches())) if named else []
        if self._unchanged_for:
            # All is looked at before anything is deleted: another writer may have changed the last of them.
            for match_ids in chunks:
                for filter_id in named:
                    await self._search(filter_id, match_ids)
        for match_ids in chunks:
            for filter_id in named:
                pairs = await self._search(filter_id, match_ids)
                found_any |= bool(pairs)
                for pair in pairs:
                    await self._delete(pair)
        return found_any

    async def _matches(self) -> list[Match]:
        """Load the matches of yesterday and of the horizon: those that can still be bet on first."""
        now = self._client.server_now or self._clock.now()
        found: dict[int, Match] = {}
        for day in sorted(self._days(now) | self._days(self._clock.now())):
            matches = await self._persist(partial(self._client.matches, day))
            found |= {match.id: match for match in matches}
        return sorted(found.values(), key=lambda match: (_is_over(match, now), match.date, match.id))

    def _days(self, now: datetime) -> set[date]:
        days = horizon(now, self._ahead).days
        return {days[0] - timedelta(days=1), *days}

    def _chunks(self, matches: Sequence[Match]) -> Iterator[list[int]]:
        ids = [match.id for match in matches]
        for start in range(0, len(ids), self._chunk):
            yield ids[start : start + self._chunk]

    async def _search(self, filter_id: int, match_ids: list[int]) -> list[Pair]:
        """Return the pairs whose predictions were made through the API, in the order of the matches."""
        try:
            rows = await self._persist(partial(self._client.search, filter_id, match_ids))
        except NotFoundError:
            return []
        except RejectedError as error:
            return await self._search_halves(filter_id, match_ids, error)
        await self._give_way_once("search")
        ours = {row.pair for row in rows if row.source == "api"}
        self._check_unchanged(rows)
        pairs = [pair for match_id in match_ids if (pair := Pair(filter_id, match_id)) in ours]
        self._found.update(pairs)
        return pairs

    def _check_unchanged(self, rows: Iterable[Prediction]) -> None:
        if self._unchanged_for and self._unchanged_since is None:
            now = self._client.server_now or self._clock.now()
            self._unchanged_since = now - self._unchanged_for
        since = self._unchanged_since
        for row in rows:
            if since and row.source == "api" and row.updated_at and row.updated_at > since:
                raise OtherWriterError(
                    f"the prediction of {row.pair} was changed at {row.updated_at:%H:%M:%S}"
                )

    async def _search_halves(self, filter_id: int, match_ids: list[int], error: RejectedError) -> list[Pair]:
        # How many matches a search may name is not documented.
        half = len(match_ids) // 2
        if not half:
            log.warning("search_refused", filter_id=filter_id, match_id=match_ids[0], error=str(error))
            return []
        first = await self._search(filter_id, match_ids[:half])
        return first + await self._search(filter_id, match_ids[half:])

    async def _delete(self, pair: Pair) -> None:
        try:
            await self._persist(partial(self._client.delete, pair))
        except RejectedError as error:
            # A delete can do no harm: the next pass tries again.
            fields = {"filter_id": pair.filter_id, "match_id": pair.match_id}
            log.warning("delete_refused", **fields, error=str(error))
            self._refused.add(pair)
        except NotFoundError:
            self._deleted.add(pair)
        else:
            self._deleted.add(pair)
            await self._give_way_once("delete")
        self._report(self.progress)

    async def _give_way_once(self, request: str) -> None:
        if request not in self._gave_way:
            self._gave_way.add(request)
            await self._give_way()

    async def _persist(self, request: Callable[[], Awaitable[T]]) -> T:
        """Send a request within the budget, again after limits and outages."""
        failures, began = 0, self._clock.monotonic()
        while True:
            await self._budget.wait()
            try:
                return await request()
            except RateLimitedError as error:
                self._budget.pause(error.retry_after_s)
            except (UnavailableError, BadResponseError) as error:
                failures += 1
                await self._back_off(error, failures, began)
            finally:
                self._budget.count()

    async def _back_off(self, error: BetTuneError, failures: int, began: float) -> None:
        away_s = self._clock.monotonic() - began
        if self._give_up_after and away_s > self._give_up_after.total_seconds():
            raise error
        log.warning("bettune_away", error=str(error), failures=failures)
        await self._clock.sleep(min(FIRST_BACKOFF_S * 2 ** min(failures - 1, 10), LONGEST_BACKOFF_S))


def _is_over(match: Match, now: datetime) -> bool:
    return match.finished or match.date + STILL_OPEN <= now
