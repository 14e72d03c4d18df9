from datetime import timedelta

from syncd.model.link import Link, LinkState
from syncd.views.review import sort_for_review
from tests.matching.games import SATURDAY


def link(event, match, confidence=0.5, state=LinkState.REVIEW):
    return Link(event_id=event, match_id=match, state=state, confidence=confidence)


def test_the_soonest_kickoff_comes_first_then_what_most_wait_for_then_the_likeliest():
    links = [
        link(1, 10),
        link(2, 20),
        link(3, 30),
        link(4, 40, 0.9),
        link(5, 50),
        link(6, 60, state=LinkState.AUTO),
    ]
    kickoffs = dict.fromkeys((2, 3, 4), SATURDAY) | {1: SATURDAY + timedelta(days=1), 6: SATURDAY}
    ordered = sort_for_review(links, kickoffs=kickoffs, waiting={20: 3})
    assert [one.event_id for one in ordered] == [2, 4, 3, 1, 5]
