from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from syncd.bettune.errors import NotFoundError, Operation
from syncd.model.bettune import Pair, Prediction
from syncd.model.change import Actual, Cause, Change, Kind, Loss, Owner
from syncd.sync.outcome import failed
from syncd.sync.ownership import Reading, interpret
from syncd.sync.plan import CONFIRM_AFTER

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAIR = Pair(1, 2)


def row(odds: str = "2.05", source: str = "api") -> Prediction:
    return Prediction(id=1, pair=PAIR, odds=Decimal(odds), source=source)  # type: ignore[arg-type]


def actual(owner: Owner, odds: str | None = None, **more: object) -> Actual:
    return Actual(pair=PAIR, owner=owner, odds=Decimal(odds) if odds else None, **more)  # type: ignore[arg-type]


def reading(known: Actual | None, found: Prediction | None, manual_delete: str = "respect") -> Reading:
    known_by_pair = {PAIR: known} if known else {}
    (result,) = interpret([PAIR], [found] if found else [], known_by_pair, manual_delete, NOW)  # type: ignore[arg-type]
    return result


def test_a_row_of_the_api_that_was_never_seen_is_adopted():
    result = reading(None, row())
    assert result.actual == actual(Owner.OURS, "2.05", read_at=NOW)
    assert not result.drift


def test_a_row_made_by_hand_is_theirs():
    assert reading(None, row(source="ui")).actual.owner is Owner.THEIRS


def test_no_row_is_nobodys():
    assert reading(None, None).actual == actual(Owner.NOBODY, read_at=NOW)


def lost(to: Owner, ago: timedelta = CONFIRM_AFTER) -> Loss:
    return Loss(at=NOW - ago, to=to)


def test_one_response_that_shows_ours_as_made_by_hand_decides_nothing():
    ours = actual(Owner.OURS, "2.05")
    result = reading(ours, row("9.0", "ui"))
    assert result.actual == actual(Owner.OURS, "2.05", read_at=NOW, loss=lost(Owner.THEIRS, timedelta(0)))
    assert not result.drift


def test_ours_that_two_responses_show_as_made_by_hand_is_no_longer_ours():
    result = reading(actual(Owner.OURS, "2.05", loss=lost(Owner.THEIRS, timedelta(0))), row("9.0", "ui"))
    assert (result.actual.owner, result.actual.loss) == (Owner.THEIRS, None)
    assert "by hand" in result.drift


def test_ours_changed_through_the_api_is_drift_to_repair():
    result = reading(actual(Owner.OURS, "2.05"), row("9.0"))
    assert result.actual == actual(Owner.OURS, "9.0", read_at=NOW)
    assert "instead of" in result.drift


@pytest.mark.parametrize("owner", [Owner.OURS, Owner.THEIRS])
@pytest.mark.parametrize("before", [None, lost(Owner.THEIRS), lost(Owner.NOBODY, timedelta(seconds=9))])
def test_one_response_without_a_row_decides_nothing(owner: Owner, before: Loss | None):
    result = reading(actual(owner, "2.05", loss=before), None)
    assert (result.actual.owner, result.actual.odds, result.drift) == (owner, Decimal("2.05"), "")
    assert result.actual.loss
    assert result.actual.loss.to is Owner.NOBODY


def test_a_loss_in_the_future_of_a_clock_that_was_set_back_counts_from_now():
    result = reading(actual(Owner.OURS, "2.05", loss=lost(Owner.NOBODY, timedelta(hours=-1))), None)
    assert result.actual.loss == Loss(at=NOW, to=Owner.NOBODY, times=2)


def test_a_row_that_is_shown_again_was_never_lost():
    result = reading(actual(Owner.OURS, "2.05", loss=lost(Owner.NOBODY)), row())
    assert result.actual == actual(Owner.OURS, "2.05", read_at=NOW)


@pytest.mark.parametrize("owner", [Owner.OURS, Owner.THEIRS])
def test_a_row_deleted_by_hand_is_respected_or_restored(owner: Owner):
    known = actual(owner, "2.05", loss=lost(Owner.NOBODY))
    assert reading(known, None).actual.respected
    assert not reading(known, None, "restore").actual.respected


def test_what_was_deleted_by_hand_stays_in_doubt_until_a_delete_has_made_sure():
    deleted = reading(actual(Owner.OURS, "2.05", loss=lost(Owner.NOBODY)), None).actual
    assert deleted.may_be_active
    again = reading(deleted, None).actual
    assert (again.may_be_active, again.respected) == (True, True)
    found = reading(deleted, row()).actual
    assert (found.owner, found.respected, found.in_doubt) == (Owner.OURS, False, False)


def test_a_prediction_that_was_deleted_while_it_was_lost_may_have_been_deleted_by_hand():
    result = reading(actual(Owner.NOBODY, loss=lost(Owner.NOBODY)), None)
    assert (result.actual.owner, result.actual.respected) == (Owner.NOBODY, True)


def test_a_row_that_comes_back_by_hand_ends_the_respect():
    result = reading(actual(Owner.NOBODY, respected=True), row(source="ui"))
    assert (result.actual.owner, result.actual.respected) == (Owner.THEIRS, False)


def test_a_write_in_doubt_is_decided_by_the_row_and_is_no_deletion_by_hand():
    in_doubt = actual(Owner.OURS, "2.00", in_doubt=True)
    landed, absent = reading(in_doubt, row("2.05")), reading(in_doubt, None)
    assert (landed.actual.odds, landed.actual.in_doubt, landed.drift) == (Decimal("2.05"), False, "")
    assert absent.actual.may_be_active
    again = reading(absent.actual, None)
    assert (again.actual.owner, again.actual.respected, again.drift) == (Owner.NOBODY, False, "")


def test_a_prediction_that_went_with_its_match_was_not_deleted_by_hand():
    ours = Actual(pair=PAIR, owner=Owner.OURS, odds=Decimal("1.02"), read_at=NOW)
    lower = Change(kind=Kind.LOWER, pair=PAIR, before=ours.odds, after=Decimal("1.01"), cause=Cause.PRICED)
    error = NotFoundError(Operation("put"), code="match_not_found", message="", status=404)
    after = failed(lower, ours, error, NOW).actual
    [reading] = interpret([PAIR], [], {PAIR: after}, "respect", NOW)
    assert not reading.actual.respected
