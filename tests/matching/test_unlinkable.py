import pytest

from syncd.matching import unlinkable
from tests.matching.games import fixture, linked, match


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
    ],
)
def test_what_is_no_match_of_its_own_is_never_linked(event):
    assert unlinkable.why(event.event, event.league)
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
    assert unlinkable.why(event.event, event.league) == ""
