"""The log lines of the writer."""

from collections.abc import Sequence

import structlog

from syncd.model.change import Change
from syncd.sync.outcome import WriteOutcome, WriteResult
from syncd.sync.ownership import Reading
from syncd.sync.reads import ReadRequest

log = structlog.get_logger(__name__)


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


def log_write(change: Change, result: WriteResult) -> None:
    """Log a write and its result."""
    is_done = result.outcome is WriteOutcome.DONE
    (log.info if is_done else log.warning)(
        "prediction_written", **change_fields(change), **_failure_fields(result)
    )


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
