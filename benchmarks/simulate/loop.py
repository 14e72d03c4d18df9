"""The event loop: virtual time, no threads, no sockets, and processes that can be killed and frozen.

A process of the simulation is a group of tasks that share a context. What is scheduled in that context
belongs to the process: after a kill none of it runs again, not even a `finally`, and while it is frozen all
of it waits.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any

from benchmarks.simulate.clock import START_S, SimulatedClock

SERVERS_WAIT_S = 30.0
"""PostgreSQL's `idle_in_transaction_session_timeout` of our connections."""


class Process:
    """A simulated operating system process."""

    def __init__(self, name: str, loop: "SimulatedLoop") -> None:
        self.name = name
        self.loop = loop
        self.clock = SimulatedClock(loop)
        self.alive = True
        self.frozen = False
        self.on_kill: list[Callable[[], None]] = []
        """What the kernel does when the process has ended: it closes files and connections."""
        self.on_freeze: list[Callable[[], None]] = []
        """What servers do when they have received nothing from the frozen process for a while."""
        self.ends: dict[Any, None] = {}
        """Its ends of connections, in the order in which they were made; each has a method `vanish`."""
        self._kept: deque[asyncio.Handle] = deque()
        self._remains: set[asyncio.Task[Any]] = set()
        _GRAVEYARD.append(self._remains)
        self._kill_after: int | None = None

    def run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start the first task; every task that it starts belongs to the process too."""
        context = copy_context()
        context.run(PROCESS.set, self)
        return self.loop.create_task(work, context=context, name=self.name)

    def kill(self, after_steps: int = 0) -> None:
        """End as by SIGKILL: now, or after so many more callbacks, which is at some `await`."""
        if after_steps > 0:
            self._kill_after = after_steps
            return
        self.alive = False
        self._kept.clear()
        for end in list(self.ends):
            end.vanish()
        self.ends.clear()
        for release in self.on_kill:
            release()

    def freeze(self) -> None:
        """Stop as by SIGSTOP."""
        self.frozen = True
        self.loop.call_later(SERVERS_WAIT_S, self._give_up)

    def _give_up(self) -> None:
        if self.frozen and self.alive:
            for each in self.on_freeze:
                each()

    def thaw(self) -> None:
        """Go on as by SIGCONT: everything that is due by now runs, in order."""
        self.frozen = False
        self.loop.put_back(self._kept)
        self._kept = deque()

    def own(self, task: asyncio.Task[Any]) -> None:
        """Keep the task until it is done, for ever after a kill: a coroutine that is freed runs `finally`."""
        self._remains.add(task)
        task.add_done_callback(self._remains.discard)

    def admits(self, handle: asyncio.Handle) -> bool:
        """Whether the callback may run now."""
        if self.frozen and self.alive:
            self._kept.append(handle)
            return False
        if self._kill_after is not None:
            self._kill_after -= 1
            if self._kill_after <= 0:
                self._kill_after = None
                self.kill()
        return self.alive


_GRAVEYARD: list[set[asyncio.Task[Any]]] = []
"""Tasks of processes that were killed: never freed, because that would run their `finally`."""

PROCESS: ContextVar[Process | None] = ContextVar("PROCESS", default=None)
"""The process that is running; None in the services and in the simulation itself."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs what is ready in order, and then jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._now = START_S
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._timers_made = 0
        self.callbacks = 0
        """How many have run."""
        self.set_task_factory(_make_task)

    def time(self) -> float:
        """Virtual seconds."""
        return self._now

    def put_back(self, handles: deque[asyncio.Handle]) -> None:
        """Make the handles ready, in this order."""
        self._ready.extend(handles)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As usual; of two timers for the same moment the earlier one comes first."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers_made += 1
        heapq.heappush(self._timers, (when, self._timers_made, timer))
        return timer

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As usual."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Run the function now: there are no threads."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except StopIteration as error:
            done.set_exception(RuntimeError(f"StopIteration: {error}"))
        except Exception as error:  # noqa: BLE001 - as a thread would
            done.set_exception(error)
        return done

    def _run_once(self) -> None:
        self._wake_timers()
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled:
                continue
            process = handle._context.get(PROCESS)
            if process is None or process.admits(handle):
                self.callbacks += 1
                handle._run()

    def _wake_timers(self) -> None:
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
        if not self._ready:
            if not timers:
                raise RuntimeError("nothing is left to happen")
            self._now = max(self._now, timers[0][0])
        while timers and timers[0][0] <= self._now:
            self._ready.append(heapq.heappop(timers)[2])

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer is dropped when its moment comes."""

    def _write_to_self(self) -> None:
        """There is no other thread to wake the loop from."""

    def _process_events(self, event_list: Any) -> None:
        """There are no sockets."""


def _make_task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any],
    context: Context | None = None,
    **options: Any,
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, context=context, **options)  # Python 3.14 leaves the name to it too
    process = (context or copy_context()).get(PROCESS)
    if process is not None:
        process.own(task)
    return task
