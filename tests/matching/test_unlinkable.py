import pytest

from syncd.matching import unlinkable
from tests.matching.games import automatic, decided, fixture, linked, linker, match


@pytest.mark.parametrize(
    "event",
    [
        fixture(1, "Arsenal", "Chelsea", league=""),
        fixture(1, "Arsenal", "Chelsea", live_status=1),
        fixture(1, "Arsenal", "Chelsea", parent_id=7),
        fixture(1, "Arsenal", "Chelsea", resulting_unit="Corners"),
        fixture(1, "Arsenal", "Chelsea", league="England - Premier League Corners"),
        fixture(1, "Arsenal", "Chelsea", league="England - Premier League - Bookings"),
        fixture(1, "Arsenal (Corners)", "Chelsea (Corners)"),
        fixture(1, "Home Teams (6 Games)", "Away Teams (6 Games)"),
        fixture(1, "Arsenal (To Advance)", "Chelsea (To Advance)"),
        fixture(1, "Arsenal", "Chelsea", rot_num="99999", status="H"),
        fixture(1, "Arsenal", "Chelsea " * 3000),
    ],
)
def test_what_is_not_a_match_of_its_own_is_never_linked(event):
    assert unlinkable.reason(event.event, event.league)
    assert linked([event], [match(10, "Arsenal", "Chelsea")]) == {}


@pytest.mark.parametrize(
    "event",
    [
        fixture(1, "Arsenal", "Chelsea", live_status=2, resulting_unit="Regular"),
        fixture(1, "Arsenal", "Chelsea", status="H"),
        fixture(1, "Arsenal", "Chelsea", rot_num="99999"),
        fixture(1, "Rapid Wien (Am)", "Drita (Kos)"),
    ],
)
def test_an_ordinary_event_may_be_linked(event):
    assert unlinkable.reason(event.event, event.league) == ""


@pytest.mark.parametrize(
    "name",
    ["TBD", "T.B.A.", "To be decided", "Winner QF1", "Winner Match 12", "Winners of Group A", "Loser SF2",
     "Group B runner-up", "2nd Group C", "W49 winner", "Runners-up Group D", "\u200b", "\x00\x01", "-"],
)  # fmt: skip
def test_a_name_that_names_no_team_yet_is_never_linked(name):
    assert linked([fixture(1, name, "Chelsea")], [match(10, name, "Chelsea")]) == {}
    assert linked([fixture(1, "Arsenal", "Chelsea")], [match(10, name, "Chelsea")]) == {}
    assert linked([fixture(1, name, name)], [match(10, name, name)]) == {}


@pytest.mark.parametrize(
    "name", ["Winners Park", "Winner Stars", "Home United", "Group One", "Arsenal", "3 Sing"]
)
def test_a_team_with_a_similar_name_is_a_team(name):
    assert not unlinkable.names_no_team(name)


def test_a_match_is_linked_when_its_teams_are_known():
    made = linker([fixture(1, "Arsenal", "Chelsea")], [match(10, "Arsenal", "Winner QF1")])
    assert automatic(decided(made)) == {}
    made.put_matches([match(10, "Arsenal", "Chelsea")])
    assert automatic(decided(made)) == {1: 10}
    made.put_matches([match(10, "Arsenal", "TBD")])
    made.drop_matches([10])
    assert automatic(decided(made)) == {}
