"""A person's word beats everything."""

from syncd.model.link import LinkState
from tests.matching.games import automatic, decided, fixture, linker, match

ARSENAL, FULHAM = fixture(1, "Arsenal", "Chelsea"), fixture(2, "Fulham", "Everton")
GAMES = [match(10, "Arsenal", "Chelsea"), match(20, "Fulham", "Everton", country="Chile")]


def test_a_confirmed_link_stands_whatever_the_evidence_says():
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


def test_even_an_event_that_is_never_linked_by_itself_may_be_linked_by_a_person():
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
