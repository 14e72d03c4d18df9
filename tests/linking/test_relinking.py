"""Whatever the order of arrival: the same links as from an empty store, and none that flaps."""

from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from syncd.linking import decisions
from syncd.matching.translated_names import TranslatedName
from syncd.model.feed import Gone
from syncd.store import translations
from syncd.store.errors import BusyError
from tests.linking.bench import Bench, bench, carried
from tests.matching.games import SATURDAY, fixture, match

NAMES = [
    ("Al-Zorar", "Tabrin SC"), ("Al-Riyadh", "Al Riyadh"), ("Al-Raed", "Al Raed"), ("Al-Fateh", "Fath"),
    ("Ohud", "Uhud Medina"), ("Maastricht", "MVV"), ("Den Bosch", "FC Den Bosch"), ("United", "Real United"),
]  # fmt: skip
LEAGUE = {"league": "Saudi Arabia - Pro League"}
TOURNAMENT = {"country": "Saudi Arabia", "tournament": "Pro League"}
WEEK = timedelta(days=7)


def season(random: Random, rounds: int = 3):
    """Rounds in which every team plays once; some kick-offs are off, some matches are listed nowhere."""
    fixtures, matches = [], []
    for week in range(rounds):
        teams = random.sample(NAMES, len(NAMES))
        for number, (home, away) in enumerate(zip(teams[::2], teams[1::2], strict=True)):
            at, key = SATURDAY + week * WEEK, 10 * week + number + 1
            off = timedelta(minutes=random.choice([0, 0, 0, 5, 30, 120]))
            fixtures.append(fixture(key, home[0], away[0], at=at, **LEAGUE))
            if random.random() < 0.9:
                matches.append(match(1000 + key, home[1], away[1], at=at + off, **TOURNAMENT))
    return fixtures, matches


async def arrive(made: Bench, fixtures, matches, random: Random) -> dict[int, set[int]]:
    """Add all in random order, some twice or moved; return every match that an event had."""
    had: dict[int, set[int]] = {}
    known = []
    arrivals = [*fixtures, *matches]
    random.shuffle(arrivals)
    for each in arrivals:
        if hasattr(each, "event"):
            chance = random.random()
            if chance < 0.2:
                await made.pinnacle(moved(each, random))
                await made.decided()
            elif chance < 0.3:
                await made.pinnacle(each)
                await made.decided()
                await made.pinnacle(each, gone=Gone.ABSENT)
                await made.decided()
            await made.pinnacle(each)
        else:
            known.append(each)
            await made.bettune(*known)
        for event, number in carried(await made.decided()).items():
            had.setdefault(event, set()).add(number)
    return had


def moved(each, random: Random):
    event = each.event
    by = timedelta(hours=random.choice([1, 5, 24]))
    return fixture(event.id, event.home, event.away, at=event.starts + by, **LEAGUE)


@pytest.mark.parametrize("seed", range(8))
async def test_step_by_step_gives_what_linking_from_nothing_gives(sqlite_url, seed):
    """Except for existing links: they outlive a small loss of evidence."""
    random = Random(seed)
    fixtures, matches = season(random)
    async with bench(sqlite_url) as made:
        had = await arrive(made, fixtures, matches, random)
        found = carried(await made.decided())
        await made.forget_everything()
        await made.restart()
        fresh = carried(await made.decided())
    assert len(fresh) > 3
    for event in found.keys() | fresh.keys():
        assert found.get(event) == fresh.get(event) or found.get(event) in had.get(event, ()), event
    assert found.items() >= {each for each in fresh.items() if each[1] not in found.values()}


async def test_a_link_outlives_other_kickoffs_other_lists_and_a_restart(sqlite_url):
    async with bench(sqlite_url) as made:
        game = match(10, "Arsenal", "Chelsea")
        await made.bettune(game)
        for at in (SATURDAY, SATURDAY + timedelta(minutes=40), SATURDAY + 7 * timedelta(days=1), SATURDAY):
            await made.pinnacle(fixture(1, "Arsenal", "Chelsea", at=at))
            assert carried(await made.decided()) == {1: 10}
            await made.restart()
            assert carried(await made.decided()) == {1: 10}
        await made.bettune(game, match(11, "Arsenal", "Chelsea", at=SATURDAY + timedelta(minutes=10)))
        assert carried(await made.decided()) == {1: 10}


async def test_a_decision_that_the_store_did_not_take_is_saved_in_the_next_step(sqlite_url, monkeypatch):
    async with bench(sqlite_url) as made:
        await made.bettune(match(10, "Arsenal", "Chelsea"))
        await made.pinnacle(fixture(1, "Arsenal", "Chelsea"))

        async def busy(*_):
            raise BusyError("the database is busy")

        with monkeypatch.context() as patched:
            patched.setattr("syncd.linking.relinker.links.save", busy)
            with pytest.raises(BusyError):
                await made.relinker.step()
        assert carried(await made.decided()) == {1: 10}


async def test_a_match_whose_link_a_user_ends_is_planned_at_once(sqlite_url):
    async with bench(sqlite_url) as made:
        await made.bettune(match(10, "Arsenal", "Chelsea"))
        await made.pinnacle(fixture(1, "Arsenal", "Chelsea"))
        await made.after(decisions.link(made.store, 1, 10))
        made.relinked.take()
        await made.after(decisions.unlink(made.store, 1))
        assert made.relinked.take().wanted_of == {10}


@pytest.mark.parametrize(("sports", "linked"), [([29, 4], False), ([4], True)])
async def test_beside_soccer_no_other_sport_is_linked(sqlite_store, sports, linked):
    made = Bench(sqlite_store, pinnacle={"sports": sports})
    await made.restart()
    basketball = fixture(1, "Real Madrid", "Barcelona", league="Spain - Liga")
    await made.pinnacle(replace(basketball, event=replace(basketball.event, sport_id=4)))
    await made.bettune(match(11, "Real Madrid", "Barcelona", country="Spain", tournament="Liga"))
    assert bool(await made.decided()) is linked


async def test_a_start_takes_up_the_translations_that_are_stored(sqlite_url):
    """As a pass of `syncd once` does, which asks for none itself."""
    known = TranslatedName(country="atlantis", name="White Eagles", texts=("Biale Orly",))
    league = {"league": "Atlantis - First League"}
    async with bench(sqlite_url) as made:
        await made.pinnacle(fixture(1, "White Eagles", "Velmora", **league))
        await made.bettune(match(10, "Biale Orly", "Velmora", country="Atlantis", tournament="First League"))
        assert carried(await made.decided()) == {}
        async with made.store.write() as conn:
            await translations.save(conn, [known])
        await made.restart()
        assert carried(await made.decided()) == {1: 10}
