"""Signals between tasks: `invalidate` what others have computed, or just `wake` them.

Each task owns an `Inbox` for the kinds of news that concern it. Whoever changes something names what
changed and need not know who works with it. Everything is level-triggered: an inbox collects until its
task takes everything; an extra message costs one look.
"""

import asyncio
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

import msgspec

from syncd.model.bettune import Pair
from syncd.runtime.clock import Clock


class Task(StrEnum):
    """The tasks that others wake."""

    FEEDS = "feeds"
    """Every feed's poller."""
    CATALOGUE = "catalogue"
    RELINKER = "relinker"
    PLANNER = "planner"
    WRITER = "writer"


class Invalidated(msgspec.Struct, kw_only=True):
    """The things to look at again. Naming a thing twice costs nothing."""

    events: set[int] = msgspec.field(default_factory=set)
    """Events that changed at Pinnacle."""
    repriced: set[int] = msgspec.field(default_factory=set)
    """Events of which only prices changed: no link rests on these."""
    matches: set[int] = msgspec.field(default_factory=set)
    """Matches that changed in BetTune's catalogue."""
    wanted_of: set[int] = msgspec.field(default_factory=set)
    """Matches of which only the wanted values may have changed, as after a new link."""
    pairs: set[Pair] = msgspec.field(default_factory=set)
    """Pairs of which only what BetTune holds may have changed."""
    everything: bool = False
    """Filters, rules, the mode, the freshness of a feed: every wanted value."""
    confirmed: bool = False
    """A good response of a feed that prices rest on: it may confirm what is withheld."""
    decisions: bool = False
    """A user has confirmed, rejected or released links."""
    results: bool = False
    """Games may have ended, or their results may be known now."""
    translations: bool = False
    """Pinnacle has translated names of teams."""
    snapshots: bool = False
    """Whatever the feeds know: a snapshot is needed as soon as the pace allows."""
    catalogue: bool = False
    """BetTune's lists as they were last read."""
    not_found: bool = False
    """BetTune does not know a filter or a match that it has listed."""

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in self.__struct_fields__)

    def add(self, other: "Invalidated") -> None:
        """Add what the other names."""
        for kind in self.__struct_fields__:
            setattr(self, kind, getattr(self, kind) | getattr(other, kind))

    def only(self, kinds: Iterable[str]) -> "Invalidated":
        """The part of these kinds."""
        return Invalidated(**{kind: getattr(self, kind) for kind in kinds})


News = Literal[
    "events",
    "repriced",
    "matches",
    "wanted_of",
    "pairs",
    "everything",
    "confirmed",
    "decisions",
    "results",
    "translations",
    "snapshots",
    "catalogue",
    "not_found",
]
"""A field of `Invalidated`."""


class WakeEvent:
    """Wakes one waiting task: when `wake` is called, or after a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._awake = asyncio.Event()
        self._waking: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Wake the task now, or the next time it waits."""
        self._awake.set()
        if self._waking is not None:
            _finish(self._waking)

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait until woken (returns true) or until the time is over (false). A wake-up counts once."""
        if seconds is None:
            await self._awake.wait()
        elif not self._awake.is_set():
            await self._first(max(0.0, seconds))
        woken = self._awake.is_set()
        self._awake.clear()
        return woken

    async def _first(self, seconds: float) -> None:
        # One task in place of the two that `asyncio.wait` would need: idle tasks do little but wait.
        waking = self._waking = asyncio.get_running_loop().create_future()
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        sleeping.add_done_callback(lambda _: _finish(waking))
        try:
            await waking
        finally:
            self._waking = None
            sleeping.cancel()


def _finish(waking: asyncio.Future[None]) -> None:
    if not waking.done():
        waking.set_result(None)


class Inbox(WakeEvent):
    """The things that one task has to look at again; only that task takes from it."""

    def __init__(self, clock: Clock, kinds: Iterable[News]) -> None:
        super().__init__(clock)
        self._kinds = frozenset(kinds)
        self._waiting = Invalidated()

    @property
    def is_empty(self) -> bool:
        """True if the task has taken everything."""
        return not self._waiting

    def put(self, invalidated: Invalidated) -> None:
        """Add what concerns this task, and wake it if anything does."""
        mine = invalidated.only(self._kinds)
        if mine:
            self._waiting.add(mine)
            self.wake()

    def take(self) -> Invalidated:
        """Empty the inbox."""
        taken, self._waiting = self._waiting, Invalidated()
        return taken


class Signals:
    """Connects the tasks. One instance for each set of components."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._inboxes: list[tuple[Task, Inbox]] = []

    def inbox(self, task: Task, *kinds: News) -> Inbox:
        """Open an inbox for a task that works with these kinds of news. A task may have several."""
        inbox = Inbox(self._clock, kinds)
        self._inboxes.append((task, inbox))
        return inbox

    def invalidate(
        self,
        *,
        events: Iterable[int] = (),
        repriced: Iterable[int] = (),
        matches: Iterable[int] = (),
        wanted_of: Iterable[int] = (),
        pairs: Iterable[Pair] = (),
        everything: bool = False,
        confirmed: bool = False,
        decisions: bool = False,
        results: bool = False,
        translations: bool = False,
        snapshots: bool = False,
        catalogue: bool = False,
        not_found: bool = False,
    ) -> None:
        """Pass on what has to be looked at again; `Invalidated` says what each word means."""
        invalidated = Invalidated(
            events=set(events),
            repriced=set(repriced),
            matches=set(matches),
            wanted_of=set(wanted_of),
            pairs=set(pairs),
            everything=everything,
            confirmed=confirmed,
            decisions=decisions,
            results=results,
            translations=translations,
            snapshots=snapshots,
            catalogue=catalogue,
            not_found=not_found,
        )
        for _, inbox in self._inboxes:
            inbox.put(invalidated)

    def wake(self, task: Task) -> None:
        """Wake a task that has no news but something to do, as a writer whose queue has grown."""
        for each, inbox in self._inboxes:
            if each is task:
                inbox.wake()
