"""A mistake is undone with all lessons that rest on it, with a running daemon and without."""

from datetime import timedelta

import pytest

from syncd.linking import decisions
from syncd.linking.decisions import DecisionError
from syncd.model.feed import Gone
from syncd.model.link import LinkState
from tests.linking.bench import Bench, bench, carried
from tests.matching.games import SATURDAY
from tests.matching.test_memory import neom, saudi

WEEK = timedelta(days=7)
OFF = timedelta(minutes=10)
"""Not at the same minute: two games in each other's place twice would be evidence of its own."""
WRONG = saudi(1, "Al-Zorar", "Al-Riyadh")
NEXT = [
    saudi(2, "Al-Raed", "Al-Zorar", SATURDAY + WEEK),
    saudi(3, "Al-Zorar", "Al-Fateh", SATURDAY + 2 * WEEK),
]
GAMES = [
    neom(10, "Tabrin SC", "Al Riyadh"),
    neom(20, "Al Raed", "Tabrin SC", SATURDAY + WEEK + OFF),
    neom(30, "Tabrin SC", "Al Fateh", SATURDAY + 2 * WEEK + OFF),
]


@pytest.fixture
async def misled(sqlite_url: str):
    """A user linked 1 to 10 by mistake; its lessons linked 2 and 3, which teach the same."""
    async with bench(sqlite_url) as made:
        await made.bettune(*GAMES)
        await made.pinnacle(WRONG)
        await made.after(decisions.link(made.store, 1, 10))
        await made.pinnacle(*NEXT)
        assert carried(await made.decided()) == {1: 10, 2: 20, 3: 30}
        assert await made.teachers() == {1, 2, 3}
        yield made


@pytest.mark.parametrize("decision", ["unlink", "reject"])
async def test_a_wrong_decision_taken_back_undoes_what_rested_on_it(misled: Bench, decision: str):
    sentences = await misled.after(
        decisions.unlink(misled.store, 1) if decision == "unlink" else decisions.reject(misled.store, 1, 10)
    )
    assert "2 other links rested on that: they are decided again." in sentences
    found = await misled.decided()
    assert carried(found) == {}
    assert found[2].state is LinkState.REVIEW


async def test_the_same_without_a_running_daemon(misled: Bench):
    await decisions.unlink(misled.store, 1)
    await misled.restart()
    assert carried(await misled.decided()) == {}


async def test_a_link_with_evidence_of_its_own_is_linked_again_and_teaches_again(misled: Bench):
    sound = saudi(4, "Al-Raed", "Al-Riyadh", SATURDAY + WEEK)
    await misled.bettune(*GAMES, neom(40, "Al Raed", "Al Riyadh", SATURDAY + WEEK))
    await misled.pinnacle(sound)
    await misled.decided()
    await misled.after(decisions.unlink(misled.store, 1))
    assert carried(await misled.decided()) == {4: 40}
    assert 4 in await misled.teachers()


async def test_a_second_decision_of_a_user_keeps_the_lesson(misled: Bench):
    await misled.after(decisions.link(misled.store, 2, 20))
    await misled.after(decisions.unlink(misled.store, 1))
    assert carried(await misled.decided()) == {2: 20, 3: 30}


async def test_what_a_past_game_taught_is_still_taken_back(misled: Bench):
    await misled.pinnacle(WRONG, gone=Gone.SETTLED)
    assert carried(await misled.decided()) == {1: 10, 2: 20, 3: 30}
    await misled.after(decisions.unlink(misled.store, 1))
    assert carried(await misled.decided()) == {}


async def test_an_automatic_links_lessons_outlive_its_game_and_can_be_taken_back(misled: Bench):
    await misled.pinnacle(NEXT[0], gone=Gone.SETTLED)
    assert carried(await misled.decided()) == {1: 10, 3: 30}
    sentences = await misled.after(decisions.unlink(misled.store, 2))
    assert sentences[0] == "Event 2 is no longer linked; what it taught is forgotten."
    assert 2 not in await misled.teachers()
    with pytest.raises(DecisionError, match="has taught nothing"):
        await decisions.unlink(misled.store, 2)


async def test_a_link_to_the_right_match_undoes_what_the_wrong_one_taught(misled: Bench):
    await misled.bettune(*GAMES, neom(11, "Al Zorar", "Al Riyadh"))
    await misled.after(decisions.link(misled.store, 1, 11))
    assert carried(await misled.decided()) == {1: 11}


async def test_a_decision_made_while_nothing_ran_is_learnt_at_the_next_start(misled: Bench):
    await misled.after(decisions.unlink(misled.store, 1))
    await decisions.link(misled.store, 1, 10)
    await misled.restart()
    assert carried(await misled.decided()) == {1: 10, 2: 20, 3: 30}
    assert await misled.teachers() == {1, 2, 3}


async def test_a_lesson_keeps_the_event_and_the_day_that_first_taught_it(misled: Bench):
    async with misled.store.read() as conn:
        before = await decisions.lessons.load_all(conn)
    misled.store.clock.at += timedelta(days=2)
    await misled.pinnacle(saudi(2, "Al-Raed", "Al-Zorar", SATURDAY + WEEK + timedelta(minutes=30)))
    await misled.decided()
    async with misled.store.read() as conn:
        after = await decisions.lessons.load_all(conn)
    assert sorted(after, key=repr) == sorted(before, key=repr)
