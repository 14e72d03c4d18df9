"""The simulated servers over any state, in the measuring process; the daemon has a process of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from syncd.simulator.bettune_server import BASE_PATH, BettuneServer, Handler
from syncd.simulator.pinnacle_dialects import DIALECTS, PinnacleResource, equal_pace
from syncd.simulator.pinnacle_server import PinnacleServer
from syncd.simulator.world_state import WorldState

HOST = "127.0.0.1"


class SentResponse(NamedTuple):
    """A response that the simulated Pinnacle sent: `at` by the monotonic clock, which all processes share."""

    at: float
    path: str
    delta: bool
    size: int


@dataclass
class Servers:
    """Both servers while they run."""

    pinnacle: PinnacleServer
    bettune: BettuneServer
    pinnacle_url: str = ""
    bettune_url: str = ""
    responses: list[SentResponse] = field(default_factory=list)

    def last_response(self, path: str, *, delta: bool) -> SentResponse:
        """The newest response of this kind that has a body."""
        found = (
            each for each in reversed(self.responses) if each.path.endswith(path) and each.delta is delta
        )
        return next(each for each in found if each.size)

    def puts_since(self, moment: float) -> list[float]:
        """The times of the writes received after a moment."""
        return [write.seconds for write in self.bettune.account.writes if write.seconds > moment]

    async def until_quiet(self, since: float, seconds: float = 2.0) -> list[float]:
        """Wait until writes came after a moment and then none for so many seconds. Returns their times."""
        while True:
            puts = self.puts_since(since)
            if puts and time.monotonic() - puts[-1] > seconds:
                return puts
            await asyncio.sleep(0.05)

    def broken_rules(self) -> list[str]:
        """The requests of the daemon that an API forbids, and its writes that change nothing."""
        found = [*self.pinnacle.request_log.violations, *self.bettune.request_log.violations]
        redundant = [f"redundant write {write.pair}" for write in self.bettune.account.redundant_writes()]
        return [f"{each.rule} {each.path} {each.detail}" for each in found] + redundant


@asynccontextmanager
async def serving(
    state: WorldState,
    filters: Mapping[str, str],
    *,
    preset: str = "pinnacle",
    pace: float | None = None,
    requests: int = 200_000,
    window: float = 60.0,
    round_trip_s: float = 0.0,
) -> AsyncIterator[Servers]:
    """Serve the state on loopback; `filters` maps names to bet types, `pace` None is the host's own.

    Every request arrives `round_trip_s` after it was sent.
    """
    own: Mapping[PinnacleResource, object] | None = None if pace is None else equal_pace(pace)
    servers = Servers(
        PinnacleServer(state, dialect=DIALECTS[preset], pace=own),  # type: ignore[arg-type]
        BettuneServer(state, requests=requests, window=window, max_searched=1000),
    )
    for name, bet_type in filters.items():
        servers.bettune.account.add_filter(name, bet_type)

    async def note(request: web.Request, response: web.StreamResponse) -> None:
        size = response.content_length or 0
        servers.responses.append(SentResponse(time.monotonic(), request.path, "since" in request.query, size))

    @web.middleware
    async def travel(request: web.Request, handler: Handler) -> web.StreamResponse:
        if round_trip_s:
            await asyncio.sleep(round_trip_s)
        return await handler(request)

    pinnacle, bettune = servers.pinnacle.app(), servers.bettune.app()
    pinnacle.on_response_prepare.append(note)
    for app in (pinnacle, bettune):
        app.middlewares.insert(0, travel)
    async with AsyncExitStack() as stack:
        servers.pinnacle_url = await _listen(stack, pinnacle)
        servers.bettune_url = await _listen(stack, bettune) + BASE_PATH
        yield servers


async def _listen(stack: AsyncExitStack, app: web.Application) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, HOST, 0).start()
    port: int = runner.addresses[0][1]
    return f"http://{HOST}:{port}"
