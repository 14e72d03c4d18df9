"""`python -m benchmarks.watched --config FILE`: the daemon, and on standard output what it is doing.

One JSON object a line: turns of the event loop that took long, what each room was busy with and when,
answers that were applied, and memory when asked. On standard input it takes `snapshot`, `memory`, `stop`.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable, Coroutine
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

BEAT = 0.002
WORTH_TELLING = 0.005


def tell(what: str, **fields: Any) -> None:
    print(json.dumps({"at": time.monotonic(), "what": what, **fields}), flush=True)


class Watch:
    """Beside the daemon's own tasks, in the same event loop."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._busy: dict[str, float] = {}
        self._watched: Components | None = None

    async def run(self) -> None:
        """Tell of long turns and of what begins and ends, until cancelled."""
        while True:
            before, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(BEAT)
            turn = time.monotonic() - before - BEAT
            if turn > WORTH_TELLING:
                # The machine may have been busy with others: the loop's own work is the lower bound.
                tell("turn", ms=turn * 1000, own_ms=(time.thread_time() - worked) * 1000)
            if self._daemon.components:
                self._look(self._daemon.components)

    def _look(self, components: Components) -> None:
        if components is not self._watched:
            self._watched = components
            for poller in components.pollers:
                poller.poll = noted(poller)  # type: ignore[method-assign]
        rooms_at_work = {
            "linking": not components.relinker.idle,
            "planning": not components.planner.idle,
            "writing": not components.queue.idle,
        }
        for name, busy in rooms_at_work.items():
            if busy:
                self._busy.setdefault(name, time.monotonic())
            elif (since := self._busy.pop(name, None)) is not None:
                tell("worked", room=name, since=since, standing=components.actual.standing)


def noted(poller: Poller) -> Callable[[], Coroutine[Any, Any, Poll]]:
    """The poller's own `poll`, telling of every answer."""
    poll = poller.poll

    async def and_tell() -> Poll:
        told = await poll()
        if told.outcome != "waiting":
            tell(
                "polled",
                feed=poller.feed.kind,
                outcome=str(told.outcome),
                snapshot=told.snapshot,
                changed=len(told.changed),
            )
        return told

    return and_tell


def obey(daemon: Daemon) -> None:
    match sys.stdin.readline().strip():
        case "snapshot" if daemon.components:
            daemon.components.signals.invalidate(snapshots=True)
        case "memory":
            tell("memory", mb=peak_mb())
        case "stop" | "":
            daemon.stop()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def run(config: Path) -> None:
    settings = load_with_sources(config).settings
    logs.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets)
    tell("memory", mb=peak_mb(), begin=True)
    clock, url = SystemClock(), settings.store.url.get_secret_value()
    await upgrade(url)
    async with await Store.open(url, clock) as store:
        daemon = Daemon(settings, store, clock)
        asyncio.get_running_loop().add_reader(sys.stdin, obey, daemon)
        watching = asyncio.create_task(Watch(daemon).run())
        await daemon.run()
        watching.cancel()
    tell("memory", mb=peak_mb())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    asyncio.run(run(parser.parse_args().config))
