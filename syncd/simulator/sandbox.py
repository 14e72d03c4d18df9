"""The sandbox: both simulated servers on loopback, over one world.

    async with Sandbox(seed=7) as sandbox:
        ... sandbox.pinnacle_url, sandbox.bettune_url, sandbox.world, sandbox.oracle()

Nothing changes by itself unless a `tempo` is given: call `sandbox.world.move(...)` or
`sandbox.random_events.step()`. `syncd sandbox` serves one for a user.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any, Final, Self

from aiohttp import web

from syncd.runtime.clock import Clock
from syncd.simulator.bettune_server import BASE_PATH, BettuneServer
from syncd.simulator.fixture_list import Extent
from syncd.simulator.oracle import Oracle
from syncd.simulator.pinnacle_dialects import DIALECTS
from syncd.simulator.pinnacle_server import PinnacleServer
from syncd.simulator.random_events import CALM, RandomEvents, Tempo
from syncd.simulator.world import World

HOST: Final = "127.0.0.1"
FILTERS: Final = (
    ("Pinnacle Home", "Home", True),
    ("Pinnacle Draw", "Draw", True),
    ("Pinnacle Over 2.5", "Over 2.5", True),
    ("Pinnacle BTTS", "BTTS Yes", True),
    ("Pinnacle 1X", "1X", True),
    ("Pinnacle Away (off)", "Away", False),
    ("By hand", "Home", True),
)
"""Name, bet type, approved. No rule of the starter config applies to the last one."""


class Sandbox:
    """A whole world to try syncd with, without an account. An async context manager that serves it."""

    def __init__(
        self,
        *,
        seed: int = 1,
        clock: Clock | None = None,
        preset: str = "pinnacle",
        extent: Extent | None = None,
        tempo: Tempo | None = None,
        pinnacle: Mapping[str, Any] | None = None,
        bettune: Mapping[str, Any] | None = None,
        filters: tuple[tuple[str, str, bool], ...] = FILTERS,
        pinnacle_port: int = 0,
        bettune_port: int = 0,
    ) -> None:
        """`preset` as in the config file; `pinnacle`, `bettune`: server options; port 0: a free one."""
        self.world = World(seed=seed, clock=clock, extent=extent)
        self.random_events = RandomEvents(self.world, tempo or CALM)
        self.pinnacle = PinnacleServer(self.world, dialect=DIALECTS[preset], **(pinnacle or {}))
        self.bettune = BettuneServer(self.world, **(bettune or {}))
        for name, bet_type, approved in filters:
            self.bettune.account.add_filter(name, bet_type, approved=approved)
        self._has_tempo = tempo is not None
        self._ports = (pinnacle_port, bettune_port)
        self._running = AsyncExitStack()
        self.pinnacle_url = ""
        self.bettune_url = ""

    def oracle(self, **options: Any) -> Oracle:
        """The oracle over this world; `options` as in `Oracle`."""
        arrays = any(path in self.pinnacle.dialect.paths for path in ("v2/odds", "v4/odds"))
        return Oracle(self.world, **({"team_total_alternatives": arrays} | options))

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            pinnacle_port = await _serve(stack, self.pinnacle.app(), self._ports[0])
            bettune_port = await _serve(stack, self.bettune.app(), self._ports[1])
            # Requests that hang must end first, or the servers wait for them.
            stack.callback(self.pinnacle.faults.clear)
            stack.callback(self.bettune.faults.clear)
            if self._has_tempo:
                task = asyncio.create_task(self.random_events.run(), name="random events")
                stack.push_async_callback(_cancel, task)
            self._running = stack.pop_all()
        self.pinnacle_url = f"http://{HOST}:{pinnacle_port}"
        self.bettune_url = f"http://{HOST}:{bettune_port}{BASE_PATH}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()


async def _serve(stack: AsyncExitStack, app: web.Application, port: int) -> int:
    """Serve until the stack is closed. Returns the port, which was chosen if 0 was given."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, HOST, port).start()
    address: tuple[str, int] = runner.addresses[0]
    return address[1]


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
