"""The list of bets keeps its order while only prices move, and finds a new one when more has changed."""

from datetime import timedelta

import pytest

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.model.change import Cause, Wanted
from syncd.store.engine import Store
from syncd.views.bet_entries import BetEntries, BetTable
from tests.support.filled import fill_large
from tests.views.conftest import SETTINGS
from tests.web.fixtures import HandClock, at_work, plan

MATCHES = 40


@pytest.fixture
async def table(sqlite_store: Store, clock: HandClock):
    sqlite_store.clock = clock
    await fill_large(sqlite_store, SETTINGS, matches=MATCHES)
    async with at_work(sqlite_store, SETTINGS) as daemon:
        await plan(daemon)
        yield daemon, BetTable(daemon, fresh_s=0)


def put(daemon: Daemon, pair: Pair, **fields: object) -> None:
    assert daemon.components
    wanted = daemon.components.planner.wanted
    before = wanted.get(pair)
    kickoff = before.kickoff if before else None
    wanted._values[pair] = Wanted(**({"pair": pair, "cause": Cause.PRICED, "kickoff": kickoff} | fields))


def pairs(found: BetEntries) -> list[Pair]:
    return [each.pair for each in found.entries]


async def test_a_price_that_moves_moves_no_row(table: tuple[Daemon, BetTable]):
    daemon, kept = table
    before = await kept.entries()
    put(daemon, before.entries[7].pair, reason="another price")
    after = await kept.entries()
    assert pairs(after) == pairs(before)
    assert after.entries[7].wanted != before.entries[7].wanted
    assert after.choices is before.choices


@pytest.mark.parametrize("hours", [-1, 30])
async def test_another_kickoff_and_a_new_pair_are_in_their_place(table: tuple[Daemon, BetTable], hours: int):
    daemon, kept = table
    before = await kept.entries()
    moved = before.entries[MATCHES]
    put(daemon, moved.pair, kickoff=moved.kickoff + timedelta(hours=hours))
    put(daemon, Pair(9, moved.pair.match_id), kickoff=moved.kickoff)
    after = await kept.entries()
    fresh = await BetTable(daemon, fresh_s=0).entries()
    assert pairs(after) == pairs(fresh) != pairs(before)
    assert after.choices == fresh.choices
    del daemon.components.planner.wanted._values[Pair(9, moved.pair.match_id)]
    assert pairs(await kept.entries()) == pairs(await BetTable(daemon, fresh_s=0).entries())
