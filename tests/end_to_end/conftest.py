"""Everything here runs on virtual time: no backoff, pace or timeout is waited out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import Running, running, small_sandbox
from tests.support.virtual_time import (  # noqa: F401  (a hook and a fixture)
    VirtualTimeLoop,
    pytest_asyncio_loop_factories,
    virtual_libraries_for_tests,
)


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with small_sandbox() as box:
        yield box


@pytest.fixture
async def run(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    """The daemon, once BetTune holds what it should."""
    async with running(box, sqlite_url) as run:
        await run.agrees()
        yield run


@pytest.fixture(autouse=True)
async def _time_runs_beside_another_process(request: pytest.FixtureRequest) -> None:
    if {"postgres_url", "postgresql"} & {*request.fixturenames, *_parameters(request)}:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.forbid_jumps()


def _parameters(request: pytest.FixtureRequest) -> list[object]:
    call = getattr(request.node, "callspec", None)
    return [each for each in call.params.values() if isinstance(each, str)] if call else []
