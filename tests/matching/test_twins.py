"""Pinnacle lists some games twice."""

from datetime import timedelta

from tests.matching.games import SATURDAY, automatic, decided, fixture, linked, linker, match

GAME = match(10, "Arsenal", "Chelsea")


def test_of_twins_the_one_with_prices_wins():
    for first, second in ((1, 2), (2, 1)):
        twins = [fixture(first, "Arsenal", "Chelsea", priced=False), fixture(second, "Arsenal", "Chelsea")]
        assert automatic(linked(twins, [GAME])) == {second: 10}


def test_of_equal_twins_the_nearest_kickoff_and_then_the_newest_wins():
    stale = fixture(3, "Arsenal", "Chelsea", at=SATURDAY + timedelta(hours=1))
    assert automatic(linked([fixture(1, "Arsenal", "Chelsea"), stale], [GAME])) == {1: 10}
    assert automatic(
        linked([fixture(1, "Arsenal", "Chelsea"), fixture(2, "Arsenal", "Chelsea")], [GAME])
    ) == {2: 10}


def test_a_corrected_name_or_league_makes_a_twin_too():
    renamed = fixture(2, "Arsenal Women Elite", "Chelsea")
    moved = fixture(3, "Arsenal", "Chelsea", league="England - Community Shield")
    assert automatic(linked([fixture(1, "Arsenal", "Chelsea"), moved], [GAME])) == {1: 10}
    assert 2 not in automatic(linked([fixture(1, "Arsenal", "Chelsea"), renamed], [GAME]))


def test_the_link_moves_over_when_the_twin_retires():
    made = linker([fixture(1, "Arsenal", "Chelsea"), fixture(2, "Arsenal", "Chelsea", priced=False)], [GAME])
    assert automatic(decided(made)) == {1: 10}
    made.put_fixtures(
        [fixture(1, "Arsenal", "Chelsea", rot_num="99999", status="H"), fixture(2, "Arsenal", "Chelsea")]
    )
    changes = list(made.decide(SATURDAY))
    assert automatic(dict(made.links)) == {2: 10}
    assert [link.event_id for change in changes for link in change.broken] == [1]


def test_a_twin_that_loses_its_prices_gives_way():
    made = linker([fixture(1, "Arsenal", "Chelsea"), fixture(2, "Arsenal", "Chelsea", priced=False)], [GAME])
    decided(made)
    made.put_fixtures([fixture(1, "Arsenal", "Chelsea", priced=False), fixture(2, "Arsenal", "Chelsea")])
    assert automatic(decided(made)) == {2: 10}


def test_two_games_of_the_same_teams_days_apart_are_two_games():
    later = SATURDAY + timedelta(days=3)
    events = [fixture(1, "Arsenal", "Chelsea"), fixture(2, "Arsenal", "Chelsea", at=later)]
    assert automatic(linked(events, [GAME, match(11, "Arsenal", "Chelsea", at=later)])) == {1: 10, 2: 11}


FIRST = fixture(1, "Arsenal", "Chelsea", at=SATURDAY - timedelta(hours=20))
SECOND = fixture(2, "Arsenal", "Chelsea")


def test_the_first_of_two_games_does_not_get_the_second_ones_match_while_that_has_no_prices():
    made = linker([FIRST, SECOND], [GAME])
    assert automatic(decided(made)) == {2: 10}
    made.put_fixtures([fixture(2, "Arsenal", "Chelsea", priced=False)])
    assert automatic(decided(made)) == {2: 10}


def test_an_event_listed_late_at_the_matchs_minute_takes_it_from_one_hours_off():
    made = linker([FIRST], [GAME])
    assert automatic(decided(made)) == {1: 10}
    made.put_fixtures([SECOND])
    changes = list(made.decide(SATURDAY))
    assert automatic(dict(made.links)) == {2: 10}
    assert [link.event_id for change in changes for link in change.broken] == [1]


def test_a_late_event_whose_match_a_user_rejected_takes_nothing():
    made = linker([FIRST], [GAME])
    decided(made)
    made.reject(2, 10)
    made.put_fixtures([SECOND])
    assert automatic(decided(made)) == {1: 10}


def test_that_the_same_teams_met_the_day_before_costs_no_confidence():
    yesterday = fixture(1, "Arsenal", "Chelsea", at=SATURDAY - timedelta(days=1))
    assert linked([yesterday, SECOND], [GAME])[2].confidence > 0.99
    assert automatic(linked([yesterday, SECOND], [GAME])) == {2: 10}
