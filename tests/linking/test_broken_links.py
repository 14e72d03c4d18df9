"""An automatic link that carried predictions does not change in silence."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from syncd.linking import decisions
from syncd.linking.broken_links import BrokenLink, message
from syncd.model.feed import Gone
from syncd.model.link import Link, LinkState
from tests.linking.bench import Bench, bench, carried
from tests.matching.games import SATURDAY, fixture, match

ARSENAL = fixture(1, "Arsenal", "Chelsea")
LATER = match(10, "Arsenal", "Chelsea", at=SATURDAY + timedelta(hours=20))
BETTER = match(11, "Arsenal", "Chelsea")


@pytest.fixture
async def moved(sqlite_url: str):
    """Event 1 was linked to match 10 until match 11 appeared."""
    async with bench(sqlite_url) as made:
        await made.bettune(LATER)
        await made.pinnacle(ARSENAL)
        assert carried(await made.decided()) == {1: 10}
        assert made.alerts.firing == ()
        await made.bettune(LATER, BETTER)
        assert carried(await made.decided()) == {1: 11}
        yield made


def firing(made: Bench) -> list[str]:
    return [each.subject for each in made.alerts.firing]


async def test_a_link_that_moves_fires_an_alert_that_says_what_to_do(moved: Bench):
    [alert] = moved.alerts.firing
    assert (alert.subject, alert.notify) == ("link.1", True)
    for part in (
        "Arsenal v Chelsea (event 1, Sat 15 Nov 15:00 UTC) was linked to "
        "Arsenal v Chelsea (match 10, Sun 16 Nov 11:00 UTC)",
        "now it is linked to Arsenal v Chelsea (match 11, Sat 15 Nov 15:00 UTC): "
        "names 1.00 / 1.00, same kick-off",
        "If the link before was right: syncd link 1 10. If the new one is right: syncd link 1 11",
    ):
        assert part in alert.message


OLD, NEW = (Link(event_id=1, match_id=each, state=LinkState.AUTO, confidence=1.0) for each in (10, 11))


@pytest.mark.parametrize(
    ("broken", "commands"),
    [
        (BrokenLink(before=OLD, now=None), ["syncd link 1 10", "syncd reject 1 10"]),
        (BrokenLink(before=OLD, now=None, taken_by=2), ["syncd link 1 10 --force", "syncd link 2 10"]),
        (BrokenLink(before=OLD, now=NEW, taken_by=2), ["syncd link 1 10 --force", "syncd link 1 11"]),
        (
            BrokenLink(before=OLD, now=replace(OLD, state=LinkState.REVIEW)),
            ["syncd link 1 10", "syncd reject 1 10"],
        ),
    ],
)
def test_the_message_has_the_command_for_either_answer(broken: BrokenLink, commands: list[str]):
    text = message(broken, {}, {})
    assert re.findall(r"syncd (?:link|reject) \d+ \d+(?: --force)?", text) == commands


@pytest.mark.parametrize("number", [10, 11])
async def test_a_decision_of_a_user_resolves_it(moved: Bench, number: int):
    await moved.after(decisions.link(moved.store, 1, number))
    assert carried(await moved.decided()) == {1: number}
    assert firing(moved) == []


async def test_the_end_of_the_game_and_the_return_of_the_link_resolve_it(moved: Bench):
    await moved.bettune(LATER)
    assert carried(await moved.decided()) == {1: 10}
    assert firing(moved) == []
    await moved.bettune(LATER, BETTER)
    await moved.decided()
    assert firing(moved) == ["link.1"]
    await moved.pinnacle(ARSENAL, gone=Gone.SETTLED)
    assert carried(await moved.decided()) == {}
    assert firing(moved) == []


async def test_a_link_that_a_user_or_bettune_ended_fires_no_alert(moved: Bench):
    await moved.after(decisions.unlink(moved.store, 1))
    await moved.bettune()
    await moved.decided()
    assert firing(moved) == []


async def test_a_match_that_goes_to_the_other_listing_of_a_game_fires_no_alert(sqlite_url: str):
    async with bench(sqlite_url) as made:
        await made.bettune(match(10, "Arsenal", "Chelsea"))
        await made.pinnacle(ARSENAL)
        assert carried(await made.decided()) == {1: 10}
        retired = fixture(1, "Arsenal", "Chelsea", status="H", rot_num="99999")
        await made.pinnacle(retired, fixture(2, "Arsenal", "Chelsea"))
        assert carried(await made.decided()) == {2: 10}
        assert firing(made) == []
