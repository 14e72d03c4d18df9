from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Kind, Loss, Owner, Wanted
from syncd.sync.plan import CONFIRM_AFTER, MAX_AGE_BEFORE_MAKING_SURE, PairComparison, Plan, Policy, plan
from syncd.sync.priority import priority

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAIR = Pair(11583, 1611243)


def odds(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.000001"))


def wanted(price: str | None, **more: object) -> Wanted:
    cause = Cause.PRICED if price else Cause.EVENT_HALTED
    return Wanted(pair=PAIR, cause=cause, odds=odds(price) if price else None, **more)  # type: ignore[arg-type]


def ours(price: str | None, **more: object) -> Actual:
    owner = Owner.OURS if price else Owner.NOBODY
    return Actual(pair=PAIR, owner=owner, odds=odds(price) if price else None, **more)  # type: ignore[arg-type]


POLICY = Policy(max_jump=Decimal("0.35"))


def policy_with(**fields: Any) -> Policy:
    return replace(POLICY, **fields)


def planned(value: Wanted, actual: Actual | None, policy: Policy | None = None) -> Plan:
    return plan([value], {PAIR: actual} if actual else {}, policy or POLICY, NOW)


def kinds(result: Plan) -> list[Kind]:
    return [change.kind for change in result.changes]


def test_a_price_without_a_prediction_is_created():
    (change,) = planned(wanted("2.05", source_price=Decimal("2.05")), ours(None)).changes
    assert (change.kind, change.before, change.after) == (Kind.CREATE, None, odds("2.05"))
    assert change.source_price == Decimal("2.05")


def test_a_higher_price_raises_and_a_lower_one_lowers():
    assert kinds(planned(wanted("2.10"), ours("2.05"))) == [Kind.RAISE]
    assert kinds(planned(wanted("2.00"), ours("2.05"))) == [Kind.LOWER]


def test_what_agrees_at_six_decimals_costs_nothing():
    assert planned(wanted("2.05"), ours("2.050000")) == Plan()


def test_no_price_deletes_what_is_ours_and_nothing_else():
    assert kinds(planned(wanted(None), ours("2.05"))) == [Kind.DELETE]
    assert planned(wanted(None), ours(None)) == Plan()


def test_a_pair_that_was_never_read_is_read_before_anything_is_written():
    for price in ("2.05", None):
        result = planned(wanted(price), None)
        assert result.changes == ()
        assert result.reads == (PAIR,)


def test_a_filter_without_a_rule_is_not_even_read():
    assert planned(Wanted(pair=PAIR, cause=Cause.NO_RULE), None) == Plan()


def test_ours_of_a_filter_that_lost_its_rule_is_deleted():
    assert kinds(planned(Wanted(pair=PAIR, cause=Cause.NO_RULE), ours("2.05"))) == [Kind.DELETE]


def test_a_prediction_made_by_hand_is_left_alone():
    by_hand = replace(ours("9.99"), owner=Owner.THEIRS)
    assert planned(wanted("2.05"), by_hand) == Plan()
    assert planned(wanted(None), by_hand) == Plan()


def test_a_prediction_deleted_by_hand_and_respected_is_not_made_again():
    assert planned(wanted("2.05"), ours(None, respected=True)) == Plan()


def not_shown(since: datetime = NOW, times: int = 1) -> Loss:
    return Loss(at=since, to=Owner.NOBODY, times=times)


@pytest.mark.parametrize("price", ["2.05", None])
def test_what_one_response_did_not_show_is_read_again_at_once_if_it_should_not_stand(price: str | None):
    result = planned(wanted(price), ours("2.00", loss=not_shown()))
    assert (result.urgent_reads, result.changes) == ((PAIR,), ())


@pytest.mark.parametrize("price", ["2.05", None])
@pytest.mark.parametrize("loss", [not_shown(times=2), not_shown(NOW - CONFIRM_AFTER)])
def test_what_is_not_shown_again_or_not_soon_is_deleted_if_it_should_not_stand(price: str | None, loss: Loss):
    result = planned(wanted(price), ours("2.00", loss=loss))
    assert kinds(result) == [Kind.DELETE]
    assert result.changes[0].cause is (Cause.NOT_SHOWN if price else Cause.EVENT_HALTED)


@pytest.mark.parametrize("price", ["2.00", "1.95"])
def test_what_one_response_did_not_show_and_may_stand_waits_for_a_second_reading(price: str):
    assert planned(wanted(price), ours("2.00", loss=not_shown())) == Plan()
    for since in (NOW - CONFIRM_AFTER, NOW + CONFIRM_AFTER):
        assert planned(wanted(price), ours("2.00", loss=not_shown(since))).reads == (PAIR,)


def test_what_one_response_showed_with_odds_that_cannot_be_is_read_again_at_once():
    result = planned(wanted("1.95"), ours("2.00", loss=Loss(at=NOW, to=Owner.UNKNOWN)))
    assert (result.urgent_reads, result.changes) == ((PAIR,), ())


@pytest.mark.parametrize("price", ["2.05", "2.00", None])
def test_what_one_response_showed_as_made_by_hand_is_read_again_at_once_and_never_written(price: str | None):
    result = planned(wanted(price), ours("2.00", loss=Loss(at=NOW, to=Owner.THEIRS)))
    assert (result.urgent_reads, result.changes) == ((PAIR,), ())


@pytest.mark.parametrize("price", ["2.05", "2.00", None])
def test_what_was_deleted_by_hand_is_deleted_once_more_to_make_sure(price: str | None):
    deleted = Actual(pair=PAIR, owner=Owner.OURS, in_doubt=True, respected=True, read_at=NOW)
    assert kinds(planned(wanted(price), deleted)) == [Kind.DELETE]
    old = replace(deleted, read_at=NOW - MAX_AGE_BEFORE_MAKING_SURE - timedelta(seconds=1))
    assert planned(wanted(price), old).urgent_reads == (PAIR,)


def test_after_a_lost_response_the_pair_is_read_back_before_a_price_is_sent():
    result = planned(wanted("2.05"), ours("2.00", in_doubt=True))
    assert result.changes == ()
    assert result.urgent_reads == (PAIR,)


def test_after_a_lost_response_a_delete_is_sent_at_once_since_it_can_only_help():
    in_doubt = Actual(pair=PAIR, owner=Owner.OURS, odds=None, in_doubt=True)
    assert kinds(planned(wanted(None), in_doubt)) == [Kind.DELETE]


def test_a_kept_suspension_changes_nothing():
    assert planned(wanted(None, keep=True), ours("2.05")) == Plan()


def test_a_rejected_price_waits_but_its_old_value_can_still_be_deleted():
    rejected = ours("2.05", quarantined_until=NOW + timedelta(minutes=5), rejected_kind=Kind.LOWER)
    assert planned(wanted("2.00"), rejected) == Plan()
    assert kinds(planned(wanted(None), rejected)) == [Kind.DELETE]
    assert kinds(planned(wanted("2.00"), replace(rejected, quarantined_until=NOW))) == [Kind.LOWER]


def test_a_rejected_raise_does_not_leave_a_price_that_is_too_low():
    rejected = ours("2.05", quarantined_until=NOW + timedelta(minutes=5), rejected_kind=Kind.RAISE)
    (change,) = planned(wanted("2.10"), rejected).changes
    assert (change.kind, change.after) == (Kind.DELETE, None)


def test_a_pair_that_cannot_be_read_is_not_read_again_at_once():
    unreadable = Actual(pair=PAIR, owner=Owner.UNKNOWN, quarantined_until=NOW + timedelta(minutes=5))
    assert planned(wanted("2.05"), unreadable) == Plan()
    assert planned(wanted("2.05"), replace(unreadable, quarantined_until=NOW)).reads == (PAIR,)


def test_a_pair_that_was_empty_long_ago_is_read_again_before_a_creation():
    policy = policy_with(read_first=True)
    assert planned(wanted("2.05"), ours(None, read_at=NOW - timedelta(hours=1)), policy).reads == (PAIR,)
    assert kinds(planned(wanted("2.05"), ours(None, read_at=NOW), policy)) == [Kind.CREATE]


def test_a_delete_is_planned_whatever_was_rejected():
    for kind in Kind:
        rejected = ours("2.05", quarantined_until=NOW + timedelta(minutes=5), rejected_kind=kind)
        assert kinds(planned(wanted(None), rejected)) == [Kind.DELETE]


def test_a_quarantine_that_ends_too_far_ahead_is_of_a_clock_that_was_set_back():
    rejected = ours("2.05", quarantined_until=NOW + timedelta(hours=1), rejected_kind=Kind.LOWER)
    assert kinds(planned(wanted("2.00"), rejected)) == [Kind.LOWER]


def test_a_price_that_bettune_does_not_keep_is_not_sent_again_until_another_is_wanted():
    higher = ours("2.50", sent=odds("2.40"), misses=2)
    assert planned(wanted("2.40"), higher) == Plan()
    assert kinds(planned(wanted("2.41"), higher)) == [Kind.LOWER]
    assert kinds(planned(wanted(None), higher)) == [Kind.DELETE]
    lower = ours("2.30", sent=odds("2.40"), misses=2)
    assert kinds(planned(wanted("2.40"), lower)) == [Kind.DELETE]
    assert planned(wanted("2.40"), ours(None, sent=odds("2.40"), misses=2)) == Plan()
    assert kinds(planned(wanted("2.40"), replace(higher, misses=1))) == [Kind.LOWER]


def test_a_change_smaller_than_min_change_is_not_sent_in_either_direction():
    for price in ("2.009", "1.991"):
        assert planned(wanted(price, min_change=Decimal("0.005")), ours("2.00")) == Plan()
    assert kinds(planned(wanted("2.01", min_change=Decimal("0.005")), ours("2.00"))) == [Kind.RAISE]


def test_a_deep_fall_waits_for_a_second_response():
    fall = wanted("1.29", confirmed=False)
    (withheld,) = planned(fall, ours("2.00")).withheld
    assert withheld.change.kind is Kind.LOWER
    assert "second response" in withheld.reason
    assert kinds(planned(replace(fall, confirmed=True), ours("2.00"))) == [Kind.LOWER]


def test_a_fall_of_just_max_jump_is_sent_and_a_deep_raise_never_waits():
    assert kinds(planned(wanted("1.30", confirmed=False), ours("2.00"))) == [Kind.LOWER]
    assert kinds(planned(wanted("9.00", confirmed=False), ours("2.00"))) == [Kind.RAISE]


def test_what_an_earlier_process_knew_is_read_again_before_it_is_written():
    policy = policy_with(read_first=True)
    of_earlier_process = ours("2.00", read_at=NOW, is_of_earlier_process=True)
    recent = ours("2.00", read_at=NOW)
    assert planned(wanted("2.10"), of_earlier_process, policy).urgent_reads == (PAIR,)
    assert planned(wanted(None), of_earlier_process, policy).urgent_reads == (PAIR,)
    assert planned(wanted("1.90"), of_earlier_process, policy).reads == (PAIR,)
    assert planned(wanted("2.00"), of_earlier_process, policy) == Plan()
    assert kinds(planned(wanted("2.10"), recent, policy)) == [Kind.RAISE]


def test_no_jump_of_the_clock_makes_a_reading_of_this_process_old():
    policy = policy_with(read_first=True)
    for away in (timedelta(days=-3), timedelta(days=3650)):
        assert kinds(planned(wanted("2.10"), ours("2.00", read_at=NOW + away), policy)) == [Kind.RAISE]
        assert planned(wanted("2.10"), ours(None, read_at=NOW + away), policy).reads == (PAIR,)


def many(
    count: int, before: str, after: str | None, **more: object
) -> tuple[list[Wanted], dict[Pair, Actual]]:
    pairs = [Pair(1, match_id) for match_id in range(count)]
    values = [replace(wanted(after), pair=pair, **more) for pair in pairs]
    return values, {pair: replace(ours(before), pair=pair) for pair in pairs}


def test_a_mass_of_falls_is_withheld_even_if_each_is_confirmed():
    values, actual = many(40, "3.00", "1.50")
    result = plan(values, actual, policy_with(active=100), NOW)
    assert result.changes == ()
    assert result.mass
    assert "40 of 100" in result.mass.reason


def test_a_mass_of_falls_passes_once_a_snapshot_agrees():
    values, actual = many(40, "3.00", "1.50")
    assert len(plan(values, actual, policy_with(active=100, trust_mass=True), NOW).changes) == 40


def test_the_same_falls_among_many_predictions_are_no_mass():
    values, actual = many(40, "3.00", "1.50")
    assert plan(values, actual, policy_with(active=121), NOW).mass is None


def test_deletes_are_never_withheld():
    values, actual = many(100, "3.00", None)
    assert len(plan(values, actual, policy_with(active=100), NOW).changes) == 100


def test_creations_from_another_odds_format_are_withheld_though_a_snapshot_agrees():
    values, _ = many(30, "1.0", "150", booksum=Decimal("0.02"))
    actual = {each.pair: Actual(pair=each.pair, owner=Owner.NOBODY) for each in values}
    result = plan(values, actual, policy_with(trust_mass=True), NOW)
    assert result.changes == ()
    assert len(result.withheld) == 30


def test_deletes_and_raises_go_before_lowers_and_those_before_creates():
    late, soon = NOW + timedelta(hours=9), NOW + timedelta(hours=1)
    rows = [
        (1, "2.0", None, late),
        (2, "2.0", "1.9", soon),
        (3, None, "1.9", soon),
        (4, "2.0", "2.1", soon),
        (5, None, "1.9", late),
    ]
    values = [replace(wanted(after), pair=Pair(1, each), kickoff=kickoff) for each, _, after, kickoff in rows]
    actual = {Pair(1, each): replace(ours(before), pair=Pair(1, each)) for each, before, _, _ in rows}
    result = plan(values, actual, POLICY, NOW)
    assert [change.pair.match_id for change in result.changes] == [1, 4, 2, 3, 5]


PAIRS = st.builds(Pair, st.integers(1, 2), st.integers(1, 4))
ODDS = st.one_of(
    st.none(),
    st.integers(1_010_000, 9_000_000).map(lambda n: (Decimal(n) / 1_000_000).quantize(Decimal("0.000001"))),
)
WANTS = st.lists(
    st.builds(
        lambda pair, price, confirmed: Wanted(
            pair=pair, cause=Cause.PRICED if price else Cause.NO_LINE, odds=price, confirmed=confirmed
        ),
        PAIRS,
        ODDS,
        st.booleans(),
    ),
    unique_by=lambda each: each.pair,
)
ACTUAL = st.lists(
    st.builds(
        lambda pair, owner, price: Actual(
            pair=pair, owner=owner, odds=price if owner in (Owner.OURS, Owner.THEIRS) else None
        ),
        PAIRS,
        st.sampled_from(Owner),
        ODDS,
    ),
    unique_by=lambda each: each.pair,
).map(lambda found: {each.pair: each for each in found})


@given(WANTS, ACTUAL)
def test_the_plan_never_writes_what_is_not_ours_or_was_not_read(
    values: list[Wanted], actual: dict[Pair, Actual]
):
    for change in plan(values, actual, POLICY, NOW).changes:
        assert actual[change.pair].owner in (Owner.OURS, Owner.NOBODY)


@given(WANTS, ACTUAL)
def test_applying_the_plan_and_planning_again_gives_nothing(values: list[Wanted], actual: dict[Pair, Actual]):
    for change in plan(values, actual, POLICY, NOW).changes:
        owner = Owner.OURS if change.after else Owner.NOBODY
        actual[change.pair] = Actual(pair=change.pair, owner=owner, odds=change.after)
    assert plan(values, actual, POLICY, NOW).changes == ()


@given(WANTS, ACTUAL, st.integers(1, 5))
def test_a_plan_of_some_pairs_at_a_time_is_the_plan_of_all_at_once(
    values: list[Wanted], actual: dict[Pair, Actual], size: int
):
    comparison, ordered = PairComparison(actual, POLICY, NOW), sorted(values, key=lambda each: each.pair)
    for begin in range(0, len(values), size):
        comparison.add(ordered[begin : begin + size])
    result = comparison.plan(each.pair for each in ordered)
    changes = tuple(sorted(result.changes, key=lambda change: priority(change, NOW)))
    assert replace(result, changes=changes) == plan(values, actual, POLICY, NOW)


@given(WANTS, ACTUAL, ODDS)
def test_a_comparison_knows_which_actual_values_are_others_since(
    values: list[Wanted], actual: dict[Pair, Actual], price: Decimal | None
):
    comparison = PairComparison(actual, POLICY, NOW)
    comparison.add(values)
    assert all(comparison.is_current(each.pair) for each in values)
    for each in values[:1]:
        actual[each.pair] = Actual(pair=each.pair, owner=Owner.OURS, odds=price)
    assert [each.pair for each in values if not comparison.is_current(each.pair)] == [
        each.pair for each in values[:1]
    ]


@given(WANTS, ACTUAL, st.randoms())
def test_the_plan_does_not_depend_on_order(values: list[Wanted], actual: dict[Pair, Actual], random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert plan(shuffled, actual, POLICY, NOW) == plan(values, actual, POLICY, NOW)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("2.0", "2.1", Kind.RAISE),
        ("2.1", "2.0", Kind.LOWER),
        (None, "2.0", Kind.CREATE),
        ("2.0", None, Kind.DELETE),
    ],
)
def test_what_may_lose_money_waits_for_the_feed_that_prices_it(
    before: str | None, after: str | None, kind: Kind
) -> None:
    """After an interruption of the work. Deletes and raises do not wait."""
    value, source = wanted(after, source=(29, "odds")), (29, "odds")
    waiting = planned(value, ours(before), policy_with(awaited={source}))
    assert len(waiting.withheld) == (not kind.urgent)
    assert [each.kind for each in waiting.changes] == ([kind] if kind.urgent else [])
    for others in ({(29, "special_odds")}, {(4, "odds")}, set()):
        plain = planned(value, ours(before), policy_with(awaited=others))
        assert [each.kind for each in plain.changes] == [kind]
