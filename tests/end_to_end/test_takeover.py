"""A successor reads again what its predecessor wrote last, whatever the predecessor's clock showed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from syncd.app.components import open_components
from syncd.app.takeover import TakeoverReadback
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import SystemClock
from syncd.simulator.sandbox import Sandbox
from syncd.store import predictions, rows, writes
from syncd.store.engine import Store
from syncd.store.lease import Lease
from tests.end_to_end.running import running

TTL = timedelta(seconds=10)
PAIR = Pair(1, 2)


class LateClock(SystemClock):
    """The clock of a machine that is half an hour behind."""

    def now(self):
        return super().now() - timedelta(minutes=30)


async def test_the_last_writes_are_those_by_the_predecessors_clock(postgres_url: str):
    odds = Decimal(2)
    async with await Store.open(postgres_url, LateClock()) as store:
        lease = await Lease.acquire(store, ttl=TTL)
        change = Change(kind=Kind.CREATE, pair=PAIR, before=None, after=odds, cause=Cause.PRICED, reason="")
        async with store.write() as conn:
            await rows.write(conn, [writes.row(change, at=store.clock.now(), outcome="done")])
            await rows.write(conn, map(predictions.row, [Actual(pair=PAIR, owner=Owner.OURS, odds=odds)]))
        await lease.release()
    clock, settings = SystemClock(), Settings.of({"store": {"url": postgres_url}, "bettune": {"token": "x"}})
    async with await Store.open(postgres_url, clock) as store:
        lease = await Lease.acquire(store, ttl=TTL)
        async with open_components(settings, store, clock, Alerts(clock)) as components:
            await TakeoverReadback(components, lease, after=timedelta(0)).step()
            assert len(components.queue.reads) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM leases", "UPDATE leases SET token = token + 7"])
async def test_a_lease_that_is_lost_in_a_file_of_our_own_is_taken_again(
    box: Sandbox, sqlite_url: str, statement: str
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        before = run.daemon.components
        async with run.daemon.store.write(fenced=False) as conn:
            await conn.execute(text(statement))
        await run.until(lambda: run.daemon.components not in (None, before))
        for game in box.world.open_games():
            box.world.move(game, by=0.1)
        await run.agrees()
        assert not [write for write in box.bettune.account.writes if write.after is None]
