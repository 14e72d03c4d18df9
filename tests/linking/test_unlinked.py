"""Games that were never linked are compared after their end, and teach what results leave no doubt about."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from syncd.store import lessons
from tests.linking.bench import Bench, bench, carried
from tests.linking.test_results import HOUR, at, over, settle
from tests.matching.games import SATURDAY
from tests.matching.test_memory import neom, saudi

WEEK = timedelta(days=7)
USUAL = [("Al-Riyadh", "Al-Fateh"), ("Al-Ittihad", "Damac"), ("Al-Khaleej", "Al-Okhdood")]


@pytest.fixture
async def made(store_url: str) -> AsyncIterator[Bench]:
    async with bench(store_url) as made:
        yield made


async def play(made: Bench, week: int, scores: tuple[tuple[int, int], tuple[int, int]]) -> dict[int, int]:
    """Play a round that is linked, and two hours later a game of which the names say nothing."""
    start = SATURDAY + week * WEEK
    base = 10 * week
    rounds = [(base + i, home, away) for i, (home, away) in enumerate(USUAL)]
    usual = [saudi(number, home, away, start) for number, home, away in rounds]
    usual_there = [neom(1000 + number, home, away, start) for number, home, away in rounds]
    unknown = saudi(base + 5, "Quvexzor", "Lonmiptak", start + 2 * HOUR)
    unknown_there = neom(1000 + base + 5, "Tabrin SC", "Neom SC", start + 2 * HOUR)
    at(made, start - HOUR)
    await made.bettune(*usual_there, unknown_there, now=start - HOUR)
    await made.pinnacle(*usual, unknown)
    links = carried(await made.decided())
    at(made, start + 6 * HOUR)
    for each in usual:
        await settle(made, each, (1, 1), number=week + 1, when=start + 2 * HOUR)
    await settle(made, unknown, scores[0], number=week + 1, when=start + 4 * HOUR)
    shown = [over(each, (1, 1)) for each in usual_there]
    await made.bettune(*shown, over(unknown_there, scores[1]), now=start + 6 * HOUR)
    made.signals.invalidate(results=True)
    await made.decided()
    return links


async def taught(made: Bench, event_id: int) -> list[tuple[str, bool]]:
    async with made.store.read() as conn:
        found = (await lessons.load_for_events(conn, [event_id])).get(event_id, ())
    return [(each.kind, each.proven > 0) for each in found]


async def test_agreed_results_of_games_that_were_never_linked_become_lessons(made: Bench):
    assert 5 not in await play(made, 0, ((3, 2), (3, 2)))
    assert await taught(made, 5) == [("seen", True)] * 2
    assert 15 not in await play(made, 1, ((2, 0), (2, 0)))
    assert 25 not in await play(made, 2, ((4, 1), (4, 1)))
    assert await taught(made, 5) == [("team", True)] * 2
    at(made, SATURDAY + 3 * WEEK - HOUR)
    links = await play(made, 3, ((1, 0), (1, 0)))
    assert links[35] == 1035
    await made.restart()
    assert await taught(made, 5) == [("team", True)] * 2


async def test_one_game_whose_results_differ_refutes_what_others_hinted(made: Bench):
    await play(made, 0, ((3, 2), (3, 2)))
    await play(made, 1, ((2, 0), (0, 0)))
    assert await taught(made, 15) == [("refuted", False)] * 2
    await play(made, 2, ((4, 1), (4, 1)))
    await play(made, 3, ((5, 2), (5, 2)))
    assert await taught(made, 5) == [("seen", True)] * 2
    assert 45 not in await play(made, 4, ((4, 1), (4, 1)))


async def test_results_that_are_hours_old_only_are_compared(made: Bench):
    await play(made, 0, ((3, 2), (3, 2)))
    async with made.store.write() as conn:
        await lessons.delete(conn, [5])
    at(made, SATURDAY + 4 * HOUR)
    made.signals.invalidate(results=True)
    await made.decided()
    assert await taught(made, 5) == []
