"""The log lines of the writer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import structlog

from syncd.model.change import Change
from syncd.model.decimals import format_odds
from syncd.sync.outcome import WriteOutcome, WriteResult
from syncd.sync.ownership import Reading
from syncd.sync.reads import ReadRequest

log = structlog.get_logger(__name__)


class NamesOfPair(NamedTuple):
    """Names of a pair: that of its filter, and the title of its match."""

    filter: str
    match: str


def change_fields(change: Change) -> dict[str, object]:
    """Return a change as the fields of a log line."""
    return {
        "kind": str(change.kind),
        "filter_id": change.pair.filter_id,
        "match_id": change.pair.match_id,
        "before": _text(change.before),
        "after": _text(change.after),
        "cause": str(change.cause),
        "event_id": change.event_id,
    }


def log_write(change: Change, result: WriteResult, names: NamesOfPair) -> None:
    """Log a write and its result: to programs with ids, to people with names."""
    is_done = result.outcome is WriteOutcome.DONE
    (log.info if is_done else log.warning)(
        "prediction_written",
        **change_fields(change),
        **_failure_fields(result),
        for_people=_sentence(change, result, names),
    )


def _sentence(change: Change, result: WriteResult, names: NamesOfPair) -> str:
    text = f"{change.kind} {_price(change.before)} → {_price(change.after)}  {names.filter}, {names.match}"
    if result.outcome is WriteOutcome.DONE:
        return text
    return f"{text}: {str(result.outcome).replace('_', ' ')} {result.error}".rstrip()


def _price(value: Decimal | None) -> str:
    return "–" if value is None else format_odds(value)


def _failure_fields(result: WriteResult) -> dict[str, str]:
    if result.outcome is WriteOutcome.DONE:
        return {}
    return {"outcome": str(result.outcome), "error": result.error}


def log_drift(request: ReadRequest, readings: Sequence[Reading]) -> None:
    """Log what a reading showed other than it was known."""
    lost = sum(reading.actual.loss is not None for reading in readings)
    if lost:
        log.warning("not_shown", filter_id=request.filter_id, predictions=lost, matches=len(readings))
    for reading in readings:
        if reading.drift:
            pair = reading.actual.pair
            log.warning("drift_found", filter_id=pair.filter_id, match_id=pair.match_id, what=reading.drift)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
