"""The report of all filters: what their predictions were worth, from the store alone."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from syncd.config.rules import matches_glob
from syncd.config.settings import Settings
from syncd.evaluation.pair import EvaluatedPair, by_filter, evaluate
from syncd.evaluation.report import ASSUMPTIONS, FilterReport, report
from syncd.store.engine import Store
from syncd.sync.inputs import load_filters
from syncd.sync.states import FilterState
from syncd.views.pair_histories import load_histories
from syncd.views.rule_text import price_text


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of each filter for the matches that kick off from `since` to `until`."""

    since: datetime
    until: datetime
    filters: list[FilterReport]
    not_evaluated: list[str]
    """Filters that have no rule now, or whose bet type is not understood."""
    assumptions: tuple[str, ...] = ASSUMPTIONS


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """A report with the predictions behind it."""

    report: EvaluationReport
    pairs: list[EvaluatedPair]


async def load_evaluation(
    store: Store, settings: Settings, since: datetime, until: datetime, names: Collection[str] = ()
) -> Evaluation:
    """Evaluate the filters of these names (ids, or globs), or all. Raises `StoreError`."""
    async with store.read() as conn:
        listed = (await load_filters(conn, settings)).values()
    filters = [each for each in listed if not names or any(_is_named(each, name) for name in names)]
    pairs: list[EvaluatedPair] = []
    async for histories in load_histories(store, filters, since, until, store.clock.now()):
        pairs += [evaluate(each) for each in histories]
    grouped = by_filter(pairs)
    in_use = [each for each in filters if each.rule and each.selection]
    reports = [
        report(each.filter_id, _name(each), price_text(each.rule), grouped.get(each.filter_id, []))
        for each in in_use
        if each.rule
    ]
    whole = EvaluationReport(
        since=since,
        until=until,
        filters=sorted(reports, key=lambda each: (each.filter_name, each.filter_id)),
        not_evaluated=[_name(each) for each in filters if each not in in_use],
    )
    return Evaluation(report=whole, pairs=[each for found in grouped.values() for each in found])


def _name(state: FilterState) -> str:
    return state.filter.name if state.filter else str(state.filter_id)


def _is_named(state: FilterState, text: str) -> bool:
    return int(text) == state.filter_id if text.isdecimal() else matches_glob(_name(state), text)
