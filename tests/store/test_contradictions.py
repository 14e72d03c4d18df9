"""What a list says against a known entry is kept beside it until a second list agrees."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from syncd.model.bettune import Filter, Match, Named
from syncd.model.contradiction import OVER_AFTER, Believed
from syncd.store import catalogue
from syncd.store.engine import Store
from tests.store.test_catalogue import MONDAY, NOW, TUESDAY, diff, filter_, listed, match, save_days

OTHER = Named(id=2, name="Other")


async def save_filters(store: Store, *filters: Filter) -> catalogue.CatalogueDiff:
    async with store.write() as conn:
        return await catalogue.replace_filters(conn, filters, NOW)


async def believed_filters(store: Store) -> dict[int, Believed[Filter]]:
    async with store.read() as conn:
        return await catalogue.believed_filters(conn)


async def believed(store: Store, number: int) -> Believed[Match] | None:
    async with store.read() as conn:
        return (await catalogue.believed_matches(conn, [number])).get(number)


async def test_a_filter_that_one_list_renames_stays_as_it_was(store: Store):
    known, renamed = filter_(1), replace(filter_(1), bet_type="Away")
    await save_filters(store, known)
    assert await save_filters(store, renamed) == diff(changed=(1,), contradicted=(1,))
    assert await believed_filters(store) == {1: (known, renamed)}
    async with store.read() as conn:
        assert await catalogue.listed_filters(conn) == {1: known}


async def test_a_second_list_that_agrees_is_believed(store: Store):
    renamed = replace(filter_(1), bet_type="Away")
    for each in (filter_(1), renamed):
        await save_filters(store, each)
    assert await save_filters(store, replace(renamed, status="disabled")) == diff(changed=(1,))
    assert await believed_filters(store) == {1: (replace(renamed, status="disabled"), None)}


async def test_what_a_second_list_takes_back_is_forgotten(store: Store):
    for each in (filter_(1), replace(filter_(1), bet_type="Away")):
        await save_filters(store, each)
    assert await save_filters(store, filter_(1)) == diff(changed=(1,))
    assert await believed_filters(store) == {1: (filter_(1), None)}
    assert not await save_filters(store, filter_(1))


async def test_another_contradiction_is_no_second_one(store: Store):
    for bet_type in ("Home", "Away", "Draw"):
        await save_filters(store, replace(filter_(1), bet_type=bet_type))
    assert await believed_filters(store) == {1: (filter_(1), replace(filter_(1), bet_type="Draw"))}


async def test_a_filter_that_disappears_takes_its_contradiction_with_it(store: Store):
    renamed = replace(filter_(1), name="Other")
    await save_filters(store, filter_(1), filter_(2))
    await save_filters(store, renamed, filter_(2))
    assert await save_filters(store, filter_(2)) == diff(gone=(1,))
    assert await save_filters(store, renamed, filter_(2)) == diff(contradicted=(1,))
    assert await believed_filters(store) == {2: (filter_(2), None)}
    assert await save_filters(store, renamed, filter_(2)) == diff(appeared=(1,))


@pytest.mark.parametrize(
    "other", [replace(match(1), home=OTHER), replace(match(1), date=NOW + timedelta(minutes=5))]
)
async def test_a_match_that_one_list_changes_stays_as_it_was(store: Store, other: Match):
    await save_days(store, {MONDAY: [match(1)]})
    assert await save_days(store, {MONDAY: [other]}) == diff(changed=(1,), contradicted=(1,))
    assert await believed(store, 1) == (match(1), other)
    assert await save_days(store, {MONDAY: [other]}) == diff(changed=(1,))
    assert await believed(store, 1) == (other, None)


async def test_the_list_of_a_day_that_is_over_contradicts_too(store: Store):
    await save_days(store, {TUESDAY: [match(1, starts=NOW + timedelta(days=1))]})
    known = await believed(store, 1)
    async with store.write() as conn:
        changed = await catalogue.update_day(conn, date(2025, 3, 30), [match(1, finished=True)], NOW)
    assert changed.contradicted == {1}
    now = await believed(store, 1)
    assert known
    assert now
    assert now.entry == known.entry


async def test_of_a_match_that_is_over_each_list_is_believed(store: Store):
    await save_days(store, {MONDAY: [match(1)]})
    other = replace(match(1), home=OTHER)
    assert await save_days(store, {MONDAY: [other]}, _later()) == diff(changed=(1,))
    assert await listed(store) == {1}


def _later() -> datetime:
    return NOW + OVER_AFTER + timedelta(seconds=1)


async def test_a_contradiction_that_cannot_be_read_is_none(store: Store):
    await save_filters(store, filter_(1))
    async with store.write() as conn:
        await conn.execute(catalogue.filters.update().values(contradiction_json='{"id": "x"}'))
    assert await believed_filters(store) == {1: (filter_(1), None)}
    renamed = replace(filter_(1), name="Other")
    assert (await save_filters(store, renamed)).contradicted == {1}
