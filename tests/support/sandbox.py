"""A small simulated world, a clock moved by hand, and clients that call both simulated servers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
import pytest

from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox

SMALL = Extent(leagues=4, rounds=1)
DECIMAL = {"sportId": "29", "oddsFormat": "Decimal"}


class HandClock:
    """Time changes only when it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
        self.started = self.moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - self.started).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class ReceivedResponse:
    """Status, headers, and the body as bytes and as JSON."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class ServerClient:
    """Calls one server with valid credentials; `headers` of a call replace them, None removes one."""

    def __init__(self, session: aiohttp.ClientSession, base: str, headers: dict[str, str]) -> None:
        self._session, self._base, self._headers = session, base, headers

    async def __call__(
        self, path: str, method: str = "GET", json: Any = None, **query: Any
    ) -> ReceivedResponse:
        headers = self._headers | query.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        async with self._session.request(
            method, self._base + path, params=query, json=json, headers=headers, allow_redirects=False
        ) as response:
            return ReceivedResponse(response, await response.read())


def pinnacle_client(session: aiohttp.ClientSession, sandbox: Sandbox) -> ServerClient:
    headers = {"Authorization": aiohttp.encode_basic_auth("demo", "demo"), "Accept": "application/json"}
    return ServerClient(session, sandbox.pinnacle_url, headers)


def bettune_client(session: aiohttp.ClientSession, sandbox: Sandbox) -> ServerClient:
    return ServerClient(session, sandbox.bettune_url, {"Authorization": "Bearer demo-token"})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as found:
        yield found


@pytest.fixture
async def sandbox(clock: HandClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock, extent=SMALL) as found:
        yield found


@pytest.fixture
def pinnacle(session: aiohttp.ClientSession, sandbox: Sandbox) -> ServerClient:
    return pinnacle_client(session, sandbox)


@pytest.fixture
def bettune(session: aiohttp.ClientSession, sandbox: Sandbox) -> ServerClient:
    return bettune_client(session, sandbox)
