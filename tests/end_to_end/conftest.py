"""Everything here runs on virtual time: no backoff, pace or timeout is waited out."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.virtual_time import VirtualTimeLoop, virtual_libraries


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, type[VirtualTimeLoop]]:
    """The event loops of these tests."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture(autouse=True)
def _virtual_libraries() -> Iterator[None]:
    with virtual_libraries():
        yield


@pytest.fixture(autouse=True)
async def _time_runs_beside_another_process(request: pytest.FixtureRequest) -> None:
    if {"postgres_url", "postgresql"} & {*request.fixturenames, *_parameters(request)}:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.forbid_jumps()


def _parameters(request: pytest.FixtureRequest) -> list[object]:
    call = getattr(request.node, "callspec", None)
    return [each for each in call.params.values() if isinstance(each, str)] if call else []
