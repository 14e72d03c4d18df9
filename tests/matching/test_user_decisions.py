"""A user's decision beats everything."""

from datetime import timedelta

import msgspec

from syncd.matching.lesson import Lesson
from syncd.model.link import LinkState
from tests.matching.games import SATURDAY, automatic, decided, fixture, linker, match

ARSENAL, FULHAM = fixture(1, "Arsenal", "Chelsea"), fixture(2, "Fulham", "Everton")
GAMES = [match(10, "Arsenal", "Chelsea"), match(20, "Fulham", "Everton", country="Chile")]


def test_a_confirmed_link_is_kept_whatever_the_evidence_says():
    made = linker([ARSENAL, FULHAM], GAMES)
    made.confirm(2, 20)
    link = decided(made)[2]
    assert (link.state, link.match_id, link.confidence) == (LinkState.CONFIRMED, 20, 1.0)


def test_a_confirmed_link_takes_the_match_from_an_automatic_one():
    made = linker([ARSENAL, FULHAM], GAMES)
    assert automatic(decided(made)) == {1: 10}
    made.confirm(2, 10)
    assert automatic(decided(made)) == {2: 10}


def test_a_confirmed_link_taken_back_is_decided_again():
    made = linker([ARSENAL, FULHAM], GAMES)
    made.confirm(2, 10)
    decided(made)
    made.unconfirm(2)
    assert automatic(decided(made)) == {1: 10}


def test_a_confirmed_link_waits_for_its_match_and_gives_it_back_when_the_event_goes():
    made = linker([ARSENAL], [])
    made.confirm(2, 10)
    assert decided(made) == {}
    made.put_matches(GAMES)
    assert automatic(decided(made)) == {1: 10}
    made.put_fixtures([FULHAM])
    assert automatic(decided(made)) == {2: 10}
    made.drop_fixtures([2])
    assert automatic(decided(made)) == {1: 10}


def test_a_rejected_pair_is_not_linked_again():
    made = linker([ARSENAL], GAMES)
    decided(made)
    made.reject(1, 10)
    assert 10 not in {link.match_id for link in decided(made).values()}
    made.unreject(1, 10)
    assert automatic(decided(made)) == {1: 10}


def test_even_an_event_that_is_never_linked_automatically_may_be_linked_by_a_user():
    made = linker([fixture(1, "Arsenal", "Chelsea", parent_id=5)], GAMES)
    made.confirm(1, 10)
    assert automatic(decided(made)) == {1: 10}


def test_links_of_an_earlier_run_are_taken_over():
    earlier = linker([ARSENAL, FULHAM], GAMES)
    earlier.confirm(2, 20)
    links = decided(earlier)
    made = linker([ARSENAL, FULHAM], GAMES)
    made.restore(links.values())
    assert [change for change in made.decide(made.links[1].decided_at) if change.links or change.gone] == []
    assert made.links == links


RESERVES = "Italy - Serie C"


def of_the_second_team(number: int, opponent: str, weeks: int):
    at = SATURDAY + timedelta(weeks=weeks)
    event = fixture(number, "Arden Primavera", opponent, league=RESERVES, at=at)
    return event, match(number * 10, "AC Arden U23", opponent, country="Italy", tournament="Serie C", at=at)


def lessons_of_weeks(*weeks: int, state: LinkState = LinkState.CONFIRMED) -> list[Lesson]:
    """Return the lessons of a user's links of these weeks."""
    lessons: list[Lesson] = []
    for week in weeks:
        event, game = of_the_second_team(week, f"Borl{week}", week)
        made = linker([event], [game])
        made.confirm(week, week * 10)
        link = msgspec.structs.replace(decided(made)[week], state=state)
        lessons += made.lessons(link)
    return lessons


def after(lessons: list[Lesson]) -> dict[int, int]:
    event, game = of_the_second_team(9, "Corin", 9)
    made = linker([event], [game])
    made.learn(lessons)
    return automatic(decided(made))


def test_teams_that_a_user_linked_twice_are_one_whatever_squads_the_names_say():
    assert after(lessons_of_weeks(1)) == {}
    assert after(lessons_of_weeks(1, 2)) == {9: 90}


def test_automatic_links_never_make_two_squads_one_team():
    assert after(lessons_of_weeks(1, 2, 3, 4, state=LinkState.AUTO)) == {}
