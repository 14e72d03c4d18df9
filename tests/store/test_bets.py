"""The queries of the list of bets, on both databases."""

from datetime import timedelta

from syncd.model.bettune import Pair
from syncd.store import bets, catalogue, rows, writes
from syncd.store.engine import Store
from tests.web.fixtures import HOUR, NOW, SECOND, change, match


async def test_only_matches_that_were_read_or_left_since_are_loaded_again(store: Store):
    async with store.write() as conn:
        await catalogue.replace_days(
            conn, {NOW.date(): [match(1), match(3), match(5, at=NOW - 9 * HOUR)]}, NOW
        )
        await catalogue.replace_days(
            conn, {NOW.date() + timedelta(days=1): [match(7, at=NOW + 24 * HOUR)]}, NOW
        )
    for _ in range(2):  # a new name is believed once a second list has it
        async with store.write() as conn:
            await catalogue.replace_days(conn, {NOW.date(): [match(1, "Wisła")]}, NOW + HOUR)
    async with store.read() as conn:
        coming = await bets.matches_from(conn, NOW - HOUR)
        changed = await bets.matches_from(conn, NOW - HOUR, NOW + SECOND)
        by_id = await bets.matches_by_id(conn, [5, 999])
    assert {each.match.id: each.listed for each in coming} == {1: True, 3: False, 7: True}
    assert {each.match.home.name for each in changed if each.listed} == {"Wisła"}
    assert [each.match.id for each in changed if not each.listed] == [3]
    assert [(each.match.id, each.listed) for each in by_id] == [(5, False)]


async def test_the_last_write_of_each_pair_is_found_among_others(store: Store):
    async with store.write() as conn:
        sent = [(Pair(1, 1), 3), (Pair(1, 1), 1), (Pair(1, 2), 2), (Pair(2, 1), 0)]
        await rows.write(
            conn, [writes.row(change(pair), at=NOW + n * SECOND, outcome="done") for pair, n in sent]
        )
    async with store.read() as conn:
        found = await bets.last_written(conn, [Pair(1, 1), Pair(1, 2), Pair(9, 9)])
        assert await bets.last_written(conn, []) == {}
    assert found == {Pair(1, 1): NOW + 3 * SECOND, Pair(1, 2): NOW + 2 * SECOND}
