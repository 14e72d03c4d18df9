"""A daemon's way to a write, as a process of its own that stops itself on the way: `STORE BETTUNE WHERE`.

`WHERE` is `nowhere`, `charged` (the budget is charged, the request not begun) or `connected` (the connection
stands, no byte has been sent).
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp

from syncd.app.components import bettune_of
from syncd.bettune.budget import Budget
from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import Area, BetTuneGateway
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.lease import Lease

TTL = timedelta(seconds=3)
PAIR = Pair(1, 2)
STALE = Decimal("1.5")


def freeze() -> None:
    """Stop this process until somebody lets it go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def freeze_once_connected() -> None:
    """Stop this process when a connection stands, before anything is written to it."""
    connect = aiohttp.TCPConnector.connect

    async def connect_and_freeze(self: Any, *args: Any, **kwargs: Any) -> Any:
        connection = await connect(self, *args, **kwargs)
        freeze()
        return connection

    aiohttp.TCPConnector.connect = connect_and_freeze  # type: ignore[method-assign]


async def main(url: str, bettune_url: str, where: str) -> None:
    """Take the lease, and write one prediction as the writer does."""
    clock = SystemClock()
    settings = Settings.of({"bettune": {"base_url": bettune_url, "token": "x"}, "store": {"url": url}})
    async with await Store.open(url, clock) as store:
        await Lease.acquire(store, ttl=TTL)
        budget = Budget(store, clock, limit=60, span=timedelta(minutes=1), deadline=timedelta(seconds=5))
        async with bettune_of(settings, clock, budget, before_send=store.may_send) as client:
            gateway = BetTuneGateway(client, budget, store, Alerts(clock), clock)
            permit = gateway.permit(Area.WRITING)
            assert permit
            await gateway.charge(permit)
            if where == "charged":
                freeze()
            if where == "connected":
                freeze_once_connected()
            with suppress(StoreError, BetTuneError):
                await gateway.send(permit, lambda: client.put(PAIR, STALE))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
