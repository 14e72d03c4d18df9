"""A database remembers which rules wrote last, so that another config of it is noticed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.config.settings import Settings
from syncd.store.engine import Store
from syncd.sync import written_by
from syncd.sync.written_by import differences, of_settings

NOW = datetime(2026, 3, 14, tzinfo=UTC)
RULE = {"filter": "Pinnacle*"}


def settings(*rules, **more):
    return Settings.of({"rules": list(rules), **more})


def differ(before, now):
    return differences(of_settings(before), of_settings(now))


def test_a_changed_key_of_a_rule_is_named_with_both_values():
    found = differ(settings(RULE | {"price": "fair", "factor": 1.02}), settings(RULE))
    assert found == ['rules[0].price was "fair", is "raw"', "rules[0].factor was 1.02, is 1"]


def test_a_rule_that_only_one_config_has_is_named_by_its_filter():
    assert differ(settings(RULE), settings(RULE, {"filter": "Mine"})) == [
        'rules[1] was not set, is filter = "Mine"'
    ]
    assert differ(settings(RULE), settings()) == ['rules[0] was filter = "Pinnacle*", is not set']


def test_another_bettune_and_another_bet_type_are_named():
    found = differ(
        settings(RULE),
        settings(RULE, bettune={"base_url": "https://b.test/v1"}, bet_types={"Over": "total 2.5 over"}),
    )
    assert found == [
        'bettune.base_url was "https://ovaccess.com/bet-tune-api/v1", is "https://b.test/v1"',
        'bet_types.Over was not set, is "total 2.5 over"',
    ]


def test_a_key_without_a_default_is_named_too():
    assert differ(settings(RULE), settings(RULE | {"max_odds": 10})) == [
        "rules[0].max_odds was not set, is 10"
    ]


def test_what_is_written_out_and_is_the_default_is_no_difference():
    assert differ(settings(RULE), settings(RULE | {"price": "raw", "factor": Decimal("1.00")})) == []


rules = st.builds(
    lambda name, factor, leagues: {"filter": name, "factor": factor, "leagues": leagues},
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from([1, 1.02, 1.5]),
    st.lists(st.sampled_from(["Spain - *", "Italy - *"]), max_size=2),
)


@given(
    st.lists(rules, max_size=3, unique_by=lambda rule: rule["filter"]),
    st.lists(rules, max_size=3, unique_by=lambda rule: rule["filter"]),
)
def test_two_configs_differ_in_nothing_exactly_if_they_have_the_same_rules(first, second):
    one, other = settings(*first), settings(*second)
    assert (differ(one, other) == []) == (one.rules == other.rules)


@pytest.mark.parametrize("secret", ["a-secret-token"])
async def test_it_is_stored_without_secrets_and_compared_once(store: Store, secret):
    first, second = settings(RULE, bettune={"token": secret}), settings(RULE | {"price": "fair"})
    assert secret not in str(of_settings(first))
    async with store.write() as conn:
        assert await written_by.note(conn, first, NOW) == []
        assert await written_by.load_differences(conn, second) == ['rules[0].price was "raw", is "fair"']
        assert await written_by.note(conn, second, NOW) == ['rules[0].price was "raw", is "fair"']
        assert await written_by.note(conn, second, NOW) == []
