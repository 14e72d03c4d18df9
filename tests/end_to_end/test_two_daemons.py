"""A real second process that is frozen on the way to a write, on PostgreSQL."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.lease import stand_by

ROOT = Path(__file__).parents[2]
TRIES = int(os.environ.get("FROZEN_TRIES", "1"))
"""Each takes some seconds; a change of the way to a write deserves more of them."""


@pytest.fixture
async def written() -> AsyncIterator[tuple[str, list[str]]]:
    """The address of a BetTune that accepts every write, and what it has received."""
    received: list[str] = []

    async def accept(request: web.Request) -> web.Response:
        received.append(f"{request.method} {request.path} {await request.text()}")
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", accept)
    async with TestServer(app) as server:
        yield str(server.make_url("")), received


@contextmanager
def leader(store_url: str, bettune_url: str, where: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process of `tests.support.frozen_leader`."""
    arguments = [sys.executable, "-m", "tests.support.frozen_leader", store_url, bettune_url, where]
    process = subprocess.Popen(arguments, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def ended(process: subprocess.Popen[bytes]) -> int:
    async with asyncio.timeout(480):
        while process.poll() is None:
            await asyncio.sleep(0.05)
    return process.returncode


async def frozen(process: subprocess.Popen[bytes]) -> None:
    state = Path(f"/proc/{process.pid}/stat")
    async with asyncio.timeout(480):
        while state.read_text().rpartition(")")[2].split()[0] != "T":
            assert process.poll() is None
            await asyncio.sleep(0.05)


async def test_a_leader_that_is_not_frozen_writes(postgres_url: str, written: tuple[str, list[str]]) -> None:
    bettune_url, received = written
    with leader(postgres_url, bettune_url, "nowhere") as process:
        assert await ended(process) == 0
    assert len(received) == 1


@pytest.mark.parametrize("number", range(TRIES))
@pytest.mark.parametrize("where", ["charged", "connected"])
async def test_a_frozen_leader_sends_nothing_after_another_took_over(
    postgres_url: str, written: tuple[str, list[str]], where: str, number: int
) -> None:
    bettune_url, received = written
    with leader(postgres_url, bettune_url, where) as process:
        await frozen(process)
        async with await Store.open(postgres_url, SystemClock()) as successor:
            lease = await stand_by(successor, ttl=timedelta(seconds=1), on_wait=lambda _: None)
            assert lease.took_over
            os.kill(process.pid, signal.SIGCONT)
            assert await ended(process) == 0
    assert received == []
