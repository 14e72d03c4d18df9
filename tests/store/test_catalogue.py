"""BetTune's lists replace what was known, and mark as gone what they no longer have."""

from datetime import UTC, date, datetime, timedelta

from syncd.model.bettune import Filter, Match, Named
from syncd.store import catalogue
from syncd.store.catalogue import CatalogueDiff
from syncd.store.engine import Store
from tests.support.matches import some_match

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)
MONDAY, TUESDAY = date(2025, 3, 31), date(2025, 4, 1)


def match(number: int, *, starts: datetime = NOW, finished: bool = False) -> Match:
    return some_match(number, starts, finished=finished)


def filter_(number: int, status: str = "approved") -> Filter:
    return Filter(id=number, name="Pinnacle home", sport=Named(1, "football"), bet_type="Home", status=status)


def diff(**ids: tuple[int, ...]) -> CatalogueDiff:
    kinds = ("appeared", "changed", "gone", "contradicted")
    return CatalogueDiff(**{kind: frozenset(ids.get(kind, ())) for kind in kinds})


async def save_days(store: Store, lists: dict[date, list[Match]], now: datetime = NOW) -> CatalogueDiff:
    async with store.write() as conn:
        return await catalogue.replace_days(conn, lists, now)


async def listed(store: Store) -> set[int]:
    async with store.read() as conn:
        return set(await catalogue.matches_between(conn, NOW - timedelta(days=9), NOW + timedelta(days=9)))


async def test_listed_matches_are_found_by_id(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1), match(2)]})
    async with store.read() as conn:
        assert await catalogue.believed_matches(conn, [2, 3]) == {2: (match(2), None)}


async def test_a_match_is_loaded_as_it_was_saved(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1, finished=True)]})
    async with store.read() as conn:
        assert await catalogue.matches_by_id(conn, [1, 2]) == {1: match(1, finished=True)}


async def test_a_list_returns_its_changes(store: Store) -> None:
    assert await save_days(store, {MONDAY: [match(1), match(2), match(3)]}) == diff(appeared=(1, 2, 3))
    after = await save_days(store, {MONDAY: [match(2), match(3, finished=True), match(4)]})
    assert after == diff(appeared=(4,), changed=(3,), gone=(1,))


async def test_the_same_list_again_changes_nothing(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1)]})
    assert not await save_days(store, {MONDAY: [match(1)]}, NOW + timedelta(minutes=15))


async def test_a_match_that_is_gone_is_still_known_but_not_listed(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1)]})
    await save_days(store, {MONDAY: []})
    assert await listed(store) == set()
    async with store.read() as conn:
        assert await catalogue.matches_by_id(conn, [1]) == {1: match(1)}
        assert await catalogue.gone_matches(conn, [1, 2]) == {1}
        assert await catalogue.believed_matches(conn, [1, 2]) == {}


async def test_a_match_that_returns_has_appeared(store: Store) -> None:
    for day in ([match(1)], []):
        await save_days(store, {MONDAY: day})
    assert await save_days(store, {MONDAY: [match(1)]}) == diff(appeared=(1,))
    assert await listed(store) == {1}


async def test_the_list_of_one_day_does_not_change_another_day(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1)], TUESDAY: [match(2)]})
    assert not await save_days(store, {MONDAY: [match(1)]})
    assert await listed(store) == {1, 2}


async def test_a_match_moved_to_another_day_is_not_gone(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1)], TUESDAY: []})
    moved = match(1, starts=NOW + timedelta(days=1))
    assert await save_days(store, {MONDAY: [], TUESDAY: [moved]}) == diff(changed=(1,), contradicted=(1,))
    assert await save_days(store, {MONDAY: [], TUESDAY: [moved]}) == diff(changed=(1,))
    assert not await save_days(store, {MONDAY: []})
    assert await listed(store) == {1}


async def test_a_range_ends_before_its_end(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1), match(2, starts=NOW + timedelta(hours=1))]})
    async with store.read() as conn:
        assert set(await catalogue.matches_between(conn, NOW, NOW + timedelta(hours=1))) == {1}


async def test_the_listed_matches_of_each_day_are_counted(store: Store) -> None:
    await save_days(store, {MONDAY: [match(1), match(2)]})
    await save_days(store, {MONDAY: [match(2)]})
    async with store.read() as conn:
        assert await catalogue.count_on(conn, [MONDAY, TUESDAY]) == {MONDAY: 1, TUESDAY: 0}


async def test_thousands_of_matches_are_saved_at_once(store: Store) -> None:
    await save_days(store, {MONDAY: [match(number) for number in range(1, 6_001)]})
    async with store.read() as conn:
        assert len(await catalogue.matches_by_id(conn, range(7_000))) == 6_000


async def test_filters_are_replaced_as_a_whole(store: Store) -> None:
    async with store.write() as conn:
        await catalogue.replace_filters(conn, [filter_(1), filter_(2)], NOW)
        after = await catalogue.replace_filters(conn, [filter_(2, "disabled"), filter_(3)], NOW)
    assert after == diff(appeared=(3,), changed=(2,), gone=(1,))
    async with store.read() as conn:
        assert await catalogue.listed_filters(conn) == {2: filter_(2, "disabled"), 3: filter_(3)}
        assert await catalogue.filters_by_id(conn, [1]) == {1: filter_(1)}
