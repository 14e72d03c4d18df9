"""The loop of the simulation: virtual time, and processes that end as the kernel ends them."""

import asyncio
from contextlib import suppress

import pytest

from benchmarks.simulate.loop import Process, SimulatedLoop


@pytest.fixture
def loop():
    made = SimulatedLoop()
    yield made
    made.close()


def test_time_jumps_to_the_next_timer(loop):
    before = loop.time()

    loop.run_until_complete(asyncio.sleep(86_400))

    assert loop.time() - before == 86_400


def test_timers_of_one_moment_come_in_the_order_in_which_they_were_made(loop):
    seen = []
    for number in range(50):
        loop.call_later(1.0, seen.append, number)

    loop.run_until_complete(asyncio.sleep(2))

    assert seen == list(range(50))


def test_nothing_of_a_killed_process_runs_again_not_even_finally(loop):
    seen = []

    async def work():
        try:
            await asyncio.sleep(10)
            seen.append("went on")
        finally:
            seen.append("tidied up")

    process = Process("victim", loop)
    process.run(work())
    loop.call_later(5, process.kill)

    loop.run_until_complete(asyncio.sleep(100))

    assert seen == []


def test_a_kill_after_some_steps_comes_between_two_awaits(loop):
    seen = []

    async def work():
        for number in range(100):
            seen.append(number)
            await asyncio.sleep(0)

    process = Process("victim", loop)
    process.run(work())
    process.kill(after_steps=10)

    loop.run_until_complete(asyncio.sleep(1))

    assert 5 < len(seen) < 15


def test_a_frozen_process_goes_on_where_it_was_and_late(loop):
    seen = []

    async def work():
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.sleep(1)
        seen.append(loop.time() - began)

    began = loop.time()
    process = Process("sleeper", loop)
    process.run(work())
    loop.call_later(0.5, process.freeze)
    loop.call_later(60, process.thaw)

    loop.run_until_complete(asyncio.sleep(100))

    assert seen == [60]


def test_the_tasks_that_a_process_starts_belong_to_it(loop):
    seen = []

    async def child():
        await asyncio.sleep(1)
        seen.append("child")

    async def work():
        await asyncio.gather(asyncio.create_task(child()), asyncio.to_thread(seen.append, "thread"))

    process = Process("parent", loop)
    process.run(work())
    loop.call_later(0.5, process.kill)

    loop.run_until_complete(asyncio.sleep(10))

    assert seen == ["thread"]
