import pytest

from syncd.config.rules import accepts_league, rule_for
from syncd.config.settings import Rule

RULES = (
    Rule(filter="11583"),
    Rule(filter="Pinnacle fair*"),
    Rule(filter="pinnacle*"),
    Rule(filter="[EPL] Home"),
)


@pytest.mark.parametrize(
    ("filter_id", "name", "index"),
    [
        (11583, "anything", 0),
        (1, "Pinnacle fair home", 1),
        (1, "PINNACLE  Fair away", 1),
        (1, "Pinnacle home", 2),
        (1, "[EPL] Home", 3),
    ],
)
def test_the_first_rule_that_names_a_filter_wins(filter_id, name, index):
    assert rule_for(filter_id, name, RULES) is RULES[index]


@pytest.mark.parametrize("name", ["My model", "11583", "A Pinnacle filter"])
def test_a_filter_that_no_rule_names_is_left_alone(name):
    assert rule_for(1, name, RULES) is None


def test_leagues_are_accepted_by_glob_and_exclusion_wins():
    rule = Rule(filter="a", leagues=("England - *", "lithuania - a lyga"), exclude_leagues=("* Women",))
    leagues = ["England - Premier League", "Lithuania -  A Lyga", "England - Cup Women", "Spain - La Liga"]
    assert [accepts_league(rule, league) for league in leagues] == [True, True, False, False]


def test_a_league_without_a_name_is_accepted_only_by_a_rule_without_leagues():
    assert accepts_league(Rule(filter="a"), "")
    assert not accepts_league(Rule(filter="a", exclude_leagues=("* Women",)), "")
