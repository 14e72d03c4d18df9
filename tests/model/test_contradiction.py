from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.model.bettune import Filter, Match, Named
from syncd.model.contradiction import (
    OVER_AFTER,
    are_other_teams,
    believe,
    filters_contradict,
    matches_contradict,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FILTER = Filter(id=3, name="Pinnacle", sport=Named(1, "football"), bet_type="Over 2.5", status="approved")
MATCH = Match(
    id=5,
    date=NOW + timedelta(hours=5),
    finished=False,
    country=Named(1, "England"),
    tournament=Named(2, "Premier League"),
    season=Named(3, "2025/2026"),
    home=Named(4, "Arsenal FC"),
    away=Named(6, "Chelsea FC"),
)

readings = st.lists(
    st.builds(
        lambda bet_type, status: replace(FILTER, bet_type=bet_type, status=status),
        st.sampled_from(["Over 2.5", "Under 2.5", "Home"]),
        st.sampled_from(["approved", "disabled"]),
    ),
    min_size=2,
    max_size=12,
)


@given(readings)
def test_a_meaning_changes_only_by_two_readings_in_a_row(listed: list[Filter]):
    known, earlier = listed[0], None
    for before, reading in pairwise(listed):
        believed = believe(known, earlier, reading, filters_contradict)
        if believed.entry.bet_type != known.bet_type:
            assert before.bet_type == reading.bet_type == believed.entry.bet_type
        known, earlier = believed.entry, believed.contradiction


@given(readings, st.sampled_from(["Over 2.5", "Under 2.5", "Home"]))
def test_two_equal_readings_are_believed_whatever_came_before(listed: list[Filter], bet_type: str):
    known, earlier = listed[0], None
    last = replace(FILTER, bet_type=bet_type)
    for reading in (*listed[1:], last, last):
        known, earlier = believe(known, earlier, reading, filters_contradict)
    assert (known, earlier) == (last, None)


@given(readings)
def test_a_contradiction_lasts_just_as_long_as_the_last_reading_contradicts(listed: list[Filter]):
    known, earlier = listed[0], None
    for reading in listed[1:]:
        known, earlier = believe(known, earlier, reading, filters_contradict)
        assert earlier in (None, reading)
        assert (earlier is None) == (known == reading)


def test_what_was_not_known_is_believed():
    assert believe(None, None, FILTER, filters_contradict) == (FILTER, None)


@pytest.mark.parametrize("change", [{"name": "Other"}, {"sport": Named(2, "tennis")}, {"bet_type": "Home"}])
def test_a_filter_contradicts_by_all_that_it_bets_on(change: dict[str, object]):
    assert filters_contradict(FILTER, replace(FILTER, **change))


def test_a_filter_may_be_enabled_and_disabled():
    assert not filters_contradict(FILTER, replace(FILTER, status="disabled"))


@pytest.mark.parametrize(
    "change",
    [
        {"date": MATCH.date + timedelta(minutes=1)},
        {"home": MATCH.away, "away": MATCH.home},
        {"home": Named(4, "Arsenal Women")},
        {"tournament": Named(2, "Cup")},
        {"country": Named(9, "Wales")},
        {"season": Named(9, "2026/2027")},
    ],
)
def test_a_match_contradicts_by_all_that_says_which_game_it_is(change: dict[str, object]):
    assert matches_contradict(MATCH, replace(MATCH, **change), NOW)


def test_a_match_may_end_but_not_begin_again():
    over = replace(MATCH, finished=True, home_score=1, away_score=0)
    assert not matches_contradict(MATCH, over, NOW)
    assert matches_contradict(over, MATCH, NOW)


def test_of_a_match_that_is_over_by_both_readings_the_last_one_counts():
    renamed, later = replace(MATCH, home=Named(4, "Arsenal")), MATCH.date + OVER_AFTER
    assert matches_contradict(MATCH, renamed, later)
    assert not matches_contradict(MATCH, renamed, later + timedelta(seconds=1))
    postponed = replace(MATCH, date=MATCH.date + timedelta(days=1))
    assert matches_contradict(MATCH, postponed, later + timedelta(seconds=1))


def test_new_names_of_the_same_teams_are_no_other_teams():
    assert not are_other_teams(MATCH, replace(MATCH, home=Named(4, "Arsenal")))
    assert are_other_teams(MATCH, replace(MATCH, away=Named(7, "Chelsea FC")))
