"""The filters and matches that a withdrawal by BetTune's API alone has to search.

One list of BetTune's may be wrong: what it leaves out stays known, and a filter counts only if two lists show
it with a name that a rule names.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from syncd.bettune.client import BetTuneClient
from syncd.bettune.patient_sender import PatientSender
from syncd.config.rules import rule_for
from syncd.config.settings import Rule
from syncd.model.bettune import Match
from syncd.model.horizon import horizon
from syncd.runtime.clock import Clock

LISTS_TO_BELIEVE = 2

STILL_OPEN = timedelta(hours=3)
"""A match that kicked off longer ago can no longer be bet on: it is withdrawn last."""


class WithdrawalLists:
    """Filters and matches, as all lists since the beginning showed them.

    This machine's clock may be wrong: the days of the horizon go by BetTune's as well.
    """

    def __init__(
        self,
        client: BetTuneClient,
        sender: PatientSender,
        clock: Clock,
        *,
        rules: Sequence[Rule],
        ahead: timedelta,
    ) -> None:
        self._client = client
        self._sender = sender
        self._clock = clock
        self._rules = rules
        self._ahead = ahead
        self._times_named: Counter[int] = Counter()
        self._names: dict[int, str] = {}
        self._listed: set[int] = set()
        self._matches: dict[int, Match] = {}

    @property
    def filter_ids(self) -> list[int]:
        """The filters that the rules name, for sure."""
        return [filter_id for filter_id, times in self._times_named.items() if times >= LISTS_TO_BELIEVE]

    @property
    def is_unsure(self) -> bool:
        """True if the latest list names a filter that no other list has named."""
        return any(self._times_named[each] == 1 for each in self._listed)

    def lists(self, filter_id: int) -> bool:
        """Return whether the latest list has the filter."""
        return filter_id in self._listed

    def filter_title(self, filter_id: int) -> str:
        """The filter's id and name."""
        return f"filter {filter_id} ({self._names.get(filter_id, 'without a name')})"

    async def read_filters(self) -> None:
        """Read the list of filters. Raises `BetTuneError`, as `read_matches` does."""
        filters = await self._sender.send(self._client.filters)
        self._listed = {each.id for each in filters}
        for each in filters:
            if rule_for(each.id, each.name, self._rules):
                self._times_named[each.id] += 1
                self._names[each.id] = each.name

    async def read_matches(self) -> tuple[list[int], list[int]]:
        """Return the ids of matches of yesterday and of the horizon: those that can still be bet on first.

        The second list has those that only an earlier reading showed.
        """
        now = self._client.server_now or self._clock.now()
        listed: dict[int, Match] = {}
        for day in sorted(self._days(now) | self._days(self._clock.now())):
            matches = await self._sender.send(partial(self._client.matches, day))
            listed |= {match.id: match for match in matches}
        self._matches |= listed
        by_urgency = sorted(
            self._matches.values(), key=lambda match: (_is_over(match, now), match.date, match.id)
        )
        ids = [match.id for match in by_urgency]
        return [each for each in ids if each in listed], [each for each in ids if each not in listed]

    def _days(self, now: datetime) -> set[date]:
        days = horizon(now, self._ahead).days
        return {days[0] - timedelta(days=1), *days}


def _is_over(match: Match, now: datetime) -> bool:
    return match.finished or match.date + STILL_OPEN <= now
