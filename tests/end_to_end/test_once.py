"""One pass, as `syncd once` makes it, however long it takes."""

from syncd.app import one_pass
from syncd.store.engine import Store
from tests.end_to_end.running import settings_for, small_sandbox
from tests.support.virtual_time import LoopClock


async def test_a_pass_that_waits_long_for_the_limit_writes_all_that_it_planned(sqlite_url: str):
    async with small_sandbox(bettune={"requests": 5, "window": 8.0}) as box:
        clock = LoopClock()
        settings = settings_for(box, sqlite_url, bettune={"limit": {"requests": 5, "window": "8s"}})
        async with await Store.open(sqlite_url, clock) as store:
            result = await one_pass.once(settings, store, clock, lambda *_: None)
        assert result.changes == ()
        assert result.withheld == ()
        assert result.active == len(box.bettune.account.predictions()) > 5
        assert box.bettune.request_log.violations == []
