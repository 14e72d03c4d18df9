"""A rule in words."""

from typing import Any

import pytest

from syncd.config.settings import Rule, Settings
from syncd.views.rule_text import price_text, rule_sentences

DEFAULT = {
    "Min Odds are Pinnacle's price, to the digit.",
    "When the market is suspended, a prediction is deleted at once.",
}


def rule(**fields: Any) -> Rule:
    return Settings.of({"rules": [{"filter": "Pinnacle*"} | fields]}).rules[0]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"price": "fair"}, "Min Odds are the fair price by shin, rounded up to 3 decimals."),
        (
            {"price": "fair", "method": "power", "reference": "opening", "factor": 1.03, "decimals": 1},
            "Min Odds are the opening fair price by power, times 1.03, rounded up to 1 decimal.",
        ),
        ({"factor": 1.5}, "Min Odds are Pinnacle's price, times 1.5, rounded up to 3 decimals."),
        ({"min_change": 0.005}, "A change of less than 0.5 % is not sent."),
        ({"on_suspend": "keep"}, "While the market is suspended, a prediction is kept."),
        (
            {"suspend_grace": "30s"},
            "When the market is suspended for 30s, a prediction is deleted.",
        ),
        ({"open_before": "1d"}, "Nothing earlier than 1d before kick-off."),
        ({"close_before": "10m"}, "Withdrawn 10m before kick-off."),
        ({"min_odds": 1.5}, "No prediction below 1.5."),
        ({"max_odds": 10}, "No prediction above 10."),
        ({"leagues": ["England*", "Spain*"]}, "Only leagues named England* or Spain*."),
        ({"exclude_leagues": ["*Women*"]}, "No leagues named *Women*."),
        ({"min_limit": 500}, "Only where Pinnacle takes a stake of at least 500."),
        ({"max_booksum": 1.06}, "Only where the booksum is at most 1.06."),
    ],
)
def test_each_key_that_is_set_has_its_sentence(fields: dict[str, Any], sentence: str):
    assert set(rule_sentences(rule(**fields))) - DEFAULT == {sentence}


def test_no_key_is_without_words():
    """A new key of a rule needs a sentence here, or it changes prices unseen."""
    spoken = {"filter", "price", "method", "reference", "factor", "decimals", "min_change", "on_suspend"}
    spoken |= {"suspend_grace", "close_before", "open_before", "min_odds", "max_odds", "leagues"}
    assert set(Rule.model_fields) == spoken | {"exclude_leagues", "min_limit", "max_booksum"}


def test_a_rule_that_says_nothing_passes_pinnacles_price_on():
    assert set(rule_sentences(rule())) == DEFAULT
    assert price_text(rule()) == "Pinnacle's price"
