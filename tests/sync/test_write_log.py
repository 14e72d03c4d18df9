"""What the log says of a write."""

from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner
from syncd.sync.outcome import WriteOutcome, WriteResult
from syncd.sync.write_log import NamesOfPair, log_write

PAIR = Pair(11_583, 1_611_000)
NAMES = NamesOfPair("Pinnacle Home", "Arsenal v Chelsea")


def said(before: str | None, after: str | None, outcome: WriteOutcome, error: str = "") -> str:
    kind = Kind.DELETE if after is None else Kind.CREATE if before is None else Kind.RAISE
    prices = [None if each is None else Decimal(each) for each in (before, after)]
    change = Change(kind=kind, pair=PAIR, before=prices[0], after=prices[1], cause=Cause.PRICED)
    result = WriteResult(outcome=outcome, actual=Actual(pair=PAIR, owner=Owner.OURS), error=error)
    with capture_logs() as logged:
        log_write(change, result, NAMES)
    (line,) = logged
    assert (line["filter_id"], line["match_id"]) == PAIR
    return f"{line['log_level']} {line['for_people']}"


@pytest.mark.parametrize(
    ("before", "after", "outcome", "error", "text"),
    [
        ("2.1", "2.140", WriteOutcome.DONE, "", "info raise 2.10 → 2.14  Pinnacle Home, Arsenal v Chelsea"),
        (None, "3", WriteOutcome.DONE, "", "info create – → 3.00  Pinnacle Home, Arsenal v Chelsea"),
        (
            "2",
            None,
            WriteOutcome.NOT_FOUND,
            "404: no such match",
            "warning delete 2.00 → –  Pinnacle Home, Arsenal v Chelsea: not found 404: no such match",
        ),
    ],
)
def test_people_read_the_names_and_what_came_of_it(before, after, outcome, error, text):
    assert said(before, after, outcome, error) == text
