"""The filters: their use, their counts, and what it would cost to refresh them."""

from datetime import timedelta
from decimal import Decimal

from syncd.app.daemon import Daemon
from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.store import rows, writes
from syncd.store.activity import FilterWrites
from syncd.store.engine import Store
from syncd.sync.plausibility import Withheld
from syncd.views.bet_entries import BetSource
from syncd.views.bet_state import BetState
from syncd.views.bets import BetQuery, Bets
from syncd.views.filters import FilterDetails, Filters, FiltersPage, FilterUse
from tests.web.fixtures import BY_HAND, HOME, HOSTILE, NOW, OVER, SECOND, change, settings_of

SETTINGS = settings_of()
PAIR = Pair(HOME, 100)


async def page_of(daemon: Daemon) -> FiltersPage:
    return await Filters(daemon, Bets(daemon, fresh_s=0)).load()


async def by_id(daemon: Daemon) -> dict[int, FilterDetails]:
    return {each.id: each for each in (await page_of(daemon)).filters}


async def test_each_filter_says_what_it_is_used_for(working: Daemon):
    found = await by_id(working)
    assert list(found) == [HOME, OVER, BY_HAND], "those in use first"
    assert [each.use for each in found.values()] == [
        FilterUse.PRICED,
        FilterUse.NOT_UNDERSTOOD,
        FilterUse.LEFT_ALONE,
    ]
    assert (found[HOME].selection, found[HOME].rule, found[HOME].rule_filter) == (
        "moneyline home",
        0,
        "Pinnacle*",
    )
    assert "not known" in found[OVER].problem
    assert HOSTILE in found[OVER].override
    assert found[BY_HAND].sentences == ()


async def test_counts_are_those_of_the_list_of_bets(working: Daemon):
    found = (await by_id(working))[HOME]
    assert (found.counts.wanted, found.counts.active) == (1, 1)
    bets = await Bets(working, fresh_s=0).page(BetQuery(filter_id=HOME))
    assert found.counts.states == bets.states == {BetState.IN_STEP: 1, BetState.NO_PRICE: 1}
    assert found.share_in_step == 1.0


async def test_what_waits_or_is_withheld_is_not_in_step(working: Daemon):
    assert working.components
    planner = working.components.planner
    planner.withheld[PAIR] = Withheld(change=change(PAIR, kind=Kind.LOWER), reason="fell too far")
    found = (await by_id(working))[HOME]
    assert found.counts.states[BetState.WITHHELD] == 1
    assert found.share_in_step == 0.0


async def test_a_quarantined_pair_counts_and_a_filter_without_pairs_has_no_share(working: Daemon):
    found = await by_id(working)
    assert found[OVER].counts.states[BetState.QUARANTINED] == 1
    assert found[BY_HAND].share_in_step is None


async def test_a_refresh_reads_in_chunks_and_writes_each_once(working: Daemon):
    page = await page_of(working)
    assert page.filters[0].refresh_requests == 2, "one search and one PUT"
    assert page.refresh_requests == 2


async def test_the_writes_of_the_last_hour_are_counted(working: Daemon, filled: Store):
    old = writes.row(change(PAIR), at=NOW - timedelta(minutes=61), outcome="done")
    failed = writes.row(change(PAIR, after=Decimal(3)), at=NOW - SECOND, outcome="rejected")
    async with filled.write() as conn:
        await rows.write(conn, [old, failed])
    found = await by_id(working)
    assert found[HOME].writes == FilterWrites(done=1, failed=1)
    assert found[OVER].writes == FilterWrites(failed=1)
    assert found[BY_HAND].writes.sent == 0


async def test_a_daemon_that_stands_by_has_no_share_but_counts_what_is_active(filled: Store):
    daemon = Daemon(SETTINGS, filled, filled.clock)
    page = await page_of(daemon)
    assert page.source is BetSource.RECORDED
    home = page.filters[0]
    assert (home.counts.wanted, home.counts.active, home.share_in_step) == (None, 1, None)
    assert home.refresh_requests == 2
