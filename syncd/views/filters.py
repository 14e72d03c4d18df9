"""The filters that BetTune lists: their rules, how their bet types are read, and what they cost."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.pricing.bet_types.reader import BetTypeError, read_bet_type
from syncd.store import activity
from syncd.store.activity import FilterWrites
from syncd.store.rows import in_chunks
from syncd.sync.inputs import load_filters
from syncd.sync.states import FilterState
from syncd.views.bet_entries import ENTRIES_PER_SLICE, BetEntries, BetEntry, BetSource, let_others_run
from syncd.views.bet_state import BetState
from syncd.views.bets import Bets
from syncd.views.rule_text import rule_sentences

COUNTED = timedelta(hours=1)
"""Writes of so long count as those of late."""

NOT_YET = frozenset({BetState.WAITS, BetState.WITHHELD, BetState.QUARANTINED, BetState.IN_DOUBT})
"""States of pairs that BetTune does not have as it should."""


class FilterUse(StrEnum):
    """The use that syncd makes of a filter."""

    PRICED = "priced"
    NOT_UNDERSTOOD = "not_understood"
    """Its bet type could not be read."""
    NOT_APPROVED = "not_approved"
    LEFT_ALONE = "left_alone"
    """No rule fits it."""


class FilterCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The number of matches of one filter."""

    wanted: int | None = None
    """Those that should have a prediction; None where this process does not plan."""
    active: int = 0
    """Predictions of ours that BetTune has."""
    states: dict[BetState, int] = {}
    """All of its matches by state; no entry for none."""

    @property
    def share_in_step(self) -> float | None:
        """The share of those that BetTune has as it should, 0 to 1; None if there is nothing to have."""
        in_step = self.states.get(BetState.IN_STEP, 0)
        total = in_step + sum(self.states.get(state, 0) for state in NOT_YET)
        return in_step / total if total and self.wanted is not None else None


class FilterDetails(msgspec.Struct, frozen=True, kw_only=True):
    """One filter."""

    id: int
    name: str
    status: str
    """As BetTune says it, such as `approved`."""
    use: FilterUse
    bet_type: str
    selection: str
    """The meaning of its bet type at Pinnacle; empty if it could not be read."""
    problem: str
    """The reason why its bet type could not be read."""
    override: str
    """The line of `[bet_types]` that would give it a meaning; empty if it has one."""
    rule: int | None
    """The index of its rule; None if it is left alone."""
    rule_filter: str
    """The `filter` of its rule."""
    sentences: tuple[str, ...]
    """Its rule in words."""
    counts: FilterCounts
    share_in_step: float | None
    writes: FilterWrites
    """Of the last hour."""
    refresh_requests: int
    """Requests that it would take to read all of its predictions, and to write each of them once."""


class FiltersPage(msgspec.Struct, frozen=True, kw_only=True):
    """All filters at one moment, those in use first."""

    at: datetime
    source: BetSource
    filters: tuple[FilterDetails, ...]
    refresh_requests: int
    """Those of all filters together."""
    counted_s: float = COUNTED.total_seconds()
    """`writes` are those of so many seconds."""


class Filters:
    """Loads the filters of one daemon."""

    def __init__(self, daemon: Daemon, bets: Bets) -> None:
        self._daemon = daemon
        self._bets = bets
        self._counted: tuple[BetEntries, Mapping[int, FilterCounts]] | None = None

    async def load(self) -> FiltersPage:
        """Load the page. Raises `StoreError`."""
        known = await self._bets.entries()
        counts = await self._counts(known)
        async with self._daemon.store.read() as conn:
            written = await activity.count_by_filter(conn, self._daemon.clock.now() - COUNTED)
            filters = known.filters or await load_filters(conn, self._daemon.settings)
        details = [
            _details(
                each,
                self._daemon.settings,
                counts.get(id_, FilterCounts()),
                written.get(id_, FilterWrites()),
            )
            for id_, each in filters.items()
        ]
        return FiltersPage(
            at=known.at,
            source=known.source,
            filters=tuple(sorted(details, key=_in_order)),
            refresh_requests=sum(each.refresh_requests for each in details),
        )

    async def _counts(self, known: BetEntries) -> Mapping[int, FilterCounts]:
        """Count the entries by filter, once for all who look at the same ones."""
        if self._counted is None or self._counted[0] is not known:
            self._counted = (known, await count_by_filter(known))
        return self._counted[1]


async def count_by_filter(known: BetEntries) -> dict[int, FilterCounts]:
    """Count the entries of each filter."""
    states: Counter[tuple[int, BetState]] = Counter()
    active: Counter[int] = Counter()
    wanted: Counter[int] = Counter()
    for chunk in in_chunks(known.entries, ENTRIES_PER_SLICE):
        states.update((each.pair.filter_id, each.state) for each in chunk)
        active.update(each.pair.filter_id for each in chunk if each.actual and each.actual.is_active)
        wanted.update(each.pair.filter_id for each in chunk if _is_wanted(each))
        await let_others_run()
    plans = known.source is BetSource.WORKING
    return {
        id_: FilterCounts(
            wanted=wanted[id_] if plans else None,
            active=active[id_],
            states={state: states[id_, state] for state in BetState if states[id_, state]},
        )
        for id_ in {id_ for id_, _ in states}
    }


def _is_wanted(entry: BetEntry) -> bool:
    return entry.wanted is not None and (entry.wanted.odds is not None or entry.wanted.keep)


def _details(
    state: FilterState, settings: Settings, counts: FilterCounts, written: FilterWrites
) -> FilterDetails:
    found, rule = state.filter, state.rule
    problem, override = _problem_of(state, settings)
    predictions = counts.active if counts.wanted is None else max(counts.wanted, counts.active)
    reads = -(-predictions // settings.bettune.search_chunk)
    return FilterDetails(
        id=state.filter_id,
        name=found.name if found else f"filter {state.filter_id}",
        status=found.status if found else "",
        use=_use_of(state),
        bet_type=found.bet_type if found else "",
        selection=str(state.selection or ""),
        problem=problem,
        override=override,
        rule=settings.rules.index(rule) if rule in settings.rules else None,
        rule_filter=rule.filter if rule else "",
        sentences=rule_sentences(rule) if rule else (),
        counts=counts,
        share_in_step=counts.share_in_step,
        writes=written,
        refresh_requests=predictions + reads if state.is_in_use else 0,
    )


def _use_of(state: FilterState) -> FilterUse:
    if state.rule is None:
        return FilterUse.LEFT_ALONE
    if state.selection is None:
        return FilterUse.NOT_UNDERSTOOD
    return FilterUse.PRICED if state.is_in_use else FilterUse.NOT_APPROVED


def _problem_of(state: FilterState, settings: Settings) -> tuple[str, str]:
    """Return why a bet type cannot be read, and the line of the config that would help."""
    if state.selection is not None or state.filter is None:
        return "", ""
    try:
        read_bet_type(state.filter.bet_type, settings.bet_types)
    except BetTypeError as error:
        return error.reason, error.line
    return "", ""


def _in_order(each: FilterDetails) -> tuple[int, str, int]:
    return list(FilterUse).index(each.use), each.name.casefold(), each.id
