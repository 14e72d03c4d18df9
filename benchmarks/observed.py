"""`python -m benchmarks.observed --config FILE`: the daemon, with reports of its work on standard output.

One JSON object per line: long turns of the event loop, spans of linking, planning and writing, the results of
polls, and memory when it is requested. Commands on standard input: `snapshot`, `everything` (is planned),
`resync`, `memory`, `stop`.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from syncd.app.components import Components
from syncd.app.daemon import Daemon
from syncd.app.polling import Poller
from syncd.config.load import load_with_sources
from syncd.pinnacle.feed.feed import Poll
from syncd.runtime import logs
from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.migrate import upgrade
from syncd.web.server import serve

SAMPLE_EVERY = 0.002
LONG_TURN = 0.005
CPU_EVERY = 0.05
WORTH_A_NAME = 0.0002
"""All in seconds."""


def report(kind: str, **fields: Any) -> None:
    print(json.dumps({"at": time.monotonic(), "kind": kind, **fields}), flush=True)


READINGS = set[asyncio.Future[int]]()
"""Readbacks on their way: asyncio keeps no reference."""


class Steps:
    """What the callbacks of the event loop have worked since they were taken last, by name."""

    def __init__(self) -> None:
        self._worked_s = Counter[str]()

    def measure_all(self) -> None:
        """Measure every callback of every loop from now on."""
        run = asyncio.Handle._run

        def run_measured(handle: asyncio.Handle) -> None:
            before = time.thread_time()
            callback = getattr(handle, "_callback", None)
            run(handle)
            worked = time.thread_time() - before
            self._worked_s[name_of(callback) if worked > WORTH_A_NAME else "others"] += worked

        asyncio.Handle._run = run_measured  # type: ignore[method-assign]

    def take(self) -> dict[str, float]:
        """Return the processor time in seconds of those that worked most, and forget it."""
        taken, self._worked_s = self._worked_s, Counter()
        return dict(taken.most_common(3))


def name_of(callback: Any) -> str:
    """The name of the task whose step a callback is, with the line where it waits now; else its own name."""
    owner = getattr(callback, "__self__", None)
    if not isinstance(owner, asyncio.Task):
        return str(getattr(callback, "__qualname__", callback))
    where, coroutine = "", owner.get_coro()
    while frame := getattr(coroutine, "cr_frame", None):
        if "/syncd/" in frame.f_code.co_filename:
            where = f" at {frame.f_code.co_qualname}:{frame.f_lineno}"
        coroutine = getattr(coroutine, "cr_await", None)
    name = owner.get_name()
    return ("a request" if name.startswith("Task-") else name) + where


class Observer:
    """Observes the daemon's tasks from a task of its own in the same event loop."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._busy_since: dict[str, float] = {}
        self._steps = Steps()
        self._cpu_at = 0.0

    async def run(self) -> None:
        """Report long turns and spans of work, until cancelled."""
        self._steps.measure_all()
        while True:
            before, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(SAMPLE_EVERY)
            now = time.monotonic()
            turn, steps = now - before - SAMPLE_EVERY, self._steps.take()
            if turn > LONG_TURN:
                # Other processes may have slowed the machine: the loop's own work is the lower bound.
                own_ms = (time.thread_time() - worked) * 1000
                report("turn", ms=turn * 1000, own_ms=own_ms, steps=steps)
            if now - self._cpu_at > CPU_EVERY:
                self._cpu_at = now
                report("cpu", seconds=time.process_time())
            if self._daemon.components:
                self._observe(self._daemon.components)

    def _observe(self, components: Components) -> None:
        busy_by_work = {
            "linking": not components.relinker.idle,
            "planning": not components.planner.idle,
            "writing": not components.queue.idle,
        }
        for work, busy in busy_by_work.items():
            if busy:
                self._busy_since.setdefault(work, time.monotonic())
            elif (since := self._busy_since.pop(work, None)) is not None:
                report("worked", work=work, since=since)


def report_polls() -> None:
    """Let each poll of each feed report its result. Before the daemon starts: none is missed."""
    poll = Poller.poll

    async def poll_and_report(poller: Poller) -> Poll:
        result = await poll(poller)
        if result.outcome != "waiting":
            report(
                "polled",
                feed=poller.feed.kind,
                outcome=str(result.outcome),
                snapshot=result.snapshot,
                changed=len(result.changed),
            )
        return result

    Poller.poll = poll_and_report  # type: ignore[method-assign]


def run_command(daemon: Daemon) -> None:
    match sys.stdin.readline().strip():
        case "snapshot" if daemon.components:
            daemon.components.signals.invalidate(snapshots=True)
        case "everything" if daemon.components:
            daemon.components.signals.invalidate(everything=True)
        case "resync" if daemon.components:
            READINGS.add(asyncio.ensure_future(daemon.components.read_back()))
        case "memory":
            report("memory", mb=peak_mb())
        case "stop" | "":
            daemon.stop()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def run(config: Path, *, with_pages: bool) -> None:
    settings = load_with_sources(config).settings
    logs.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets)
    report("memory", mb=peak_mb(), begin=True)
    clock, url = SystemClock(), settings.store.url.get_secret_value()
    await upgrade(url)
    report_polls()
    async with await Store.open(url, clock) as store:
        daemon = Daemon(settings, store, clock)
        asyncio.get_running_loop().add_reader(sys.stdin, run_command, daemon)
        observing = asyncio.create_task(Observer(daemon).run())
        async with serve(daemon, settings) if with_pages else nullcontext():
            await daemon.run()
        observing.cancel()
    report("memory", mb=peak_mb())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--pages", action="store_true", help="serve the pages, too")
    asyncio.run(run(parser.parse_args().config, with_pages=parser.parse_args().pages))
