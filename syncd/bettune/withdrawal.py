"""Withdrawal by BetTune's API alone: it needs no database, no feed and no link.

It deletes what the rules of a config name and what was made through the API (`source` is `api`). Predictions
that were made by hand stay. No single response decides: what one reading showed is deleted, and only two
readings in a row that show nothing end the work.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec
import structlog

from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import (
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    ProRequiredError,
    RejectedError,
)
from syncd.bettune.memory_budget import MemoryBudget
from syncd.bettune.patient_sender import PatientSender
from syncd.bettune.withdrawal_lists import WithdrawalLists
from syncd.bettune.withdrawal_progress import Report, WithdrawalProgress, no_report
from syncd.config.settings import Rule
from syncd.model.bettune import Pair, Prediction
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)

CONFIRM_AFTER_S = 3.0
"""Pause before a list is read again that a decision depends on: what was wrong for a moment is over then."""

AGREEING_READINGS = 2
MAX_READINGS = 6
"""Then what BetTune still refuses, or shows again and again, is reported."""

GiveWay = Callable[[], Awaitable[None]]


async def give_no_way() -> None:
    """Default `GiveWay`: nobody else waits for BetTune."""


class OtherWriterError(Exception):
    """Somebody else writes these predictions now: deleting them would be a fight."""


class _Search(NamedTuple):
    filter_id: int
    match_ids: tuple[int, ...]


class _ReadingResult(msgspec.Struct):
    """The results of the requests of one reading."""

    searched: int = 0
    deleted: int = 0
    refused: dict[Pair, BetTuneError] = msgspec.field(default_factory=dict)
    unread: dict[_Search, BetTuneError] = msgspec.field(default_factory=dict)
    is_unsure: bool = False
    """A filter has been named in one list only."""

    @property
    def found_nothing(self) -> bool:
        return not (self.deleted or self.refused or self.unread or self.is_unsure)


class DirectWithdrawal:
    """Reads everything and deletes what it finds, until two readings in a row find nothing.

    `chunk` is the number of matches in one search, `ahead` how far the horizon reaches, `give_up_after`
    how long BetTune may be away before `run` raises (None: it waits without end). A prediction that was
    changed less than `unchanged_for` before the first search, by BetTune's clock, raises `OtherWriterError`
    (None: is deleted too).

    `give_way` is awaited after the first successful list, search and delete: two that waited for the same
    BetTune would begin in the same second, and break its limit together.
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
        self._clock = clock
        self._chunk = chunk
        self._unchanged_for = unchanged_for
        self._unchanged_since: datetime | None = None
        self._report = report
        self._give_way = give_way
        self._gave_way: set[str] = set()
        self._sender = PatientSender(budget, clock, probe=client.filters, give_up_after=give_up_after)
        self._lists = WithdrawalLists(client, self._sender, clock, rules=rules, ahead=ahead)
        self._found: set[Pair] = set()
        self._deleted: set[Pair] = set()
        self._shown_again: set[Pair] = set()
        self._reading = _ReadingResult()
        self._is_complete = False

    @property
    def progress(self) -> WithdrawalProgress:
        """The counts up to now."""
        refused = self._reading.refused
        return WithdrawalProgress(
            found=len(self._found),
            deleted=len(self._deleted),
            refused=len(refused),
            shown_again=len(self._shown_again),
            refusal=str(list(refused.values())[-1]) if refused else "",
            unread={self._name(search): str(error) for search, error in self._reading.unread.items()},
            is_complete=self._is_complete,
        )

    async def run(self) -> WithdrawalProgress:
        """Delete everything, and verify it by readings that find nothing.

        Waits for limits and outages. Raises `BetTuneError` if BetTune refuses the token, or is away for
        too long; `OtherWriterError`.
        """
        await self._lists.read_filters()
        await self._give_way_once("list")
        agreeing = 0
        for _ in range(MAX_READINGS):
            await self._clock.sleep(CONFIRM_AFTER_S)
            await self._read_and_delete()
            self._raise_if_all_is_forbidden()
            agreeing = agreeing + 1 if self._reading.found_nothing else 0
            if agreeing == AGREEING_READINGS:
                self._is_complete = True
                break
        return self.progress

    def _raise_if_all_is_forbidden(self) -> None:
        """Raise the refusal if no search, or no delete, has ever got anything else."""
        reading = self._reading
        for succeeded, errors in (
            (reading.searched, list(reading.unread.values())),
            (len(self._deleted), list(reading.refused.values())),
        ):
            if errors and not succeeded and all(isinstance(error, ForbiddenError) for error in errors):
                raise errors[0]

    async def _read_and_delete(self) -> None:
        """Read everything once, and delete what should not stand."""
        self._reading = _ReadingResult()
        await self._lists.read_filters()
        self._reading.is_unsure = self._lists.is_unsure
        named = self._lists.filter_ids
        chunks = list(self._chunks(*await self._lists.read_matches())) if named else []
        if self._unchanged_for:
            # All is looked at before anything is deleted: another writer may have changed the last of them.
            for match_ids in chunks:
                await self._search_all(named, match_ids)
        for match_ids in chunks:
            await self._delete_all(await self._search_all(named, match_ids))

    def _chunks(self, *lists: Sequence[int]) -> Iterator[tuple[int, ...]]:
        for ids in lists:
            for start in range(0, len(ids), self._chunk):
                yield tuple(ids[start : start + self._chunk])

    async def _search_all(self, filter_ids: Sequence[int], match_ids: tuple[int, ...]) -> list[Pair]:
        """Return the pairs whose predictions were made through the API, in the order of the matches."""
        shown: set[Pair] = set()
        searches = [_Search(filter_id, match_ids) for filter_id in filter_ids]
        unread = await self._sender.each(searches, partial(self._search, shown))
        self._reading.unread |= unread
        for search in [each for each in self._reading.unread if set(each.match_ids) <= set(match_ids)]:
            # Deleting again what an earlier search showed can do no harm.
            shown |= {pair for pair in _pairs(search) if pair in self._found}
        order = {match_id: place for place, match_id in enumerate(match_ids)}
        return sorted(shown, key=lambda pair: (order[pair.match_id], pair.filter_id))

    async def _search(self, shown: set[Pair], search: _Search) -> Sequence[_Search]:
        try:
            rows = await self._client.search(search.filter_id, search.match_ids)
        except ProRequiredError:
            raise
        except (NotFoundError, ForbiddenError) as error:
            if isinstance(error, ForbiddenError) or self._lists.lists(search.filter_id):
                self._reading.unread[search] = error
            return ()
        except RejectedError as error:
            return self._halves(search, error)
        self._reading.searched += 1
        await self._give_way_once("search")
        self._check_unchanged(rows)
        shown.update(self._take(rows))
        return ()

    def _halves(self, search: _Search, error: RejectedError) -> Sequence[_Search]:
        # How many matches a search may name is not documented.
        half = len(search.match_ids) // 2
        if not half:
            log.warning(
                "search_refused",
                filter_id=search.filter_id,
                match_id=search.match_ids[0],
                error=str(error),
            )
            self._reading.unread[search] = error
            return ()
        return (
            search._replace(match_ids=search.match_ids[:half]),
            search._replace(match_ids=search.match_ids[half:]),
        )

    def _take(self, rows: Iterable[Prediction]) -> set[Pair]:
        ours = {row.pair for row in rows if row.source == "api"}
        self._found |= ours
        self._shown_again |= ours & self._deleted
        return ours

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

    async def _delete_all(self, pairs: Sequence[Pair]) -> None:
        for pair, error in (await self._sender.each(pairs, self._delete)).items():
            self._refused(pair, error)

    async def _delete(self, pair: Pair) -> Sequence[Pair]:
        try:
            await self._client.delete(pair)
        except ProRequiredError:
            raise
        except (RejectedError, ForbiddenError) as error:
            # A delete can do no harm: the next reading tries again.
            self._refused(pair, error)
            return ()
        except NotFoundError:
            self._deleted.add(pair)
        else:
            self._deleted.add(pair)
            await self._give_way_once("delete")
        self._reading.deleted += 1
        self._report(self.progress)
        return ()

    def _refused(self, pair: Pair, error: BetTuneError) -> None:
        fields = {"filter_id": pair.filter_id, "match_id": pair.match_id}
        log.warning("delete_refused", **fields, error=str(error))
        self._reading.refused[pair] = error
        self._report(self.progress)

    async def _give_way_once(self, request: str) -> None:
        if request not in self._gave_way:
            self._gave_way.add(request)
            await self._give_way()

    def _name(self, search: _Search) -> str:
        first, *others = search.match_ids
        matches = f"match {first}" + (f" and {len(others)} more" if others else "")
        return f"{self._lists.filter_title(search.filter_id)}, {matches}"


def _pairs(search: _Search) -> Iterator[Pair]:
    return (Pair(search.filter_id, match_id) for match_id in search.match_ids)
