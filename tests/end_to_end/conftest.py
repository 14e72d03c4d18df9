"""Everything here runs on virtual time: no backoff, pace or timeout is waited out."""

import asyncio

import pytest

from tests.support.virtual_time import (  # noqa: F401  (a hook and a fixture)
    VirtualTimeLoop,
    pytest_asyncio_loop_factories,
    virtual_libraries_for_tests,
)


@pytest.fixture(autouse=True)
async def _time_runs_beside_another_process(request: pytest.FixtureRequest) -> None:
    if {"postgres_url", "postgresql"} & {*request.fixturenames, *_parameters(request)}:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.forbid_jumps()


def _parameters(request: pytest.FixtureRequest) -> list[object]:
    call = getattr(request.node, "callspec", None)
    return [each for each in call.params.values() if isinstance(each, str)] if call else []
