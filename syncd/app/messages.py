"""Messages to the user who is not looking: links that wait for review, and the summary of a day."""

from collections.abc import Iterator
from datetime import timedelta

from syncd.app.components import Components
from syncd.model.change import Kind
from syncd.model.link import LinkState
from syncd.runtime.clock import Clock
from syncd.runtime.measures import Histogram
from syncd.runtime.notifications import Notifications
from syncd.store import catalogue, links, writes
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.sync.outcome import WriteOutcome

LOOK_FOR_REVIEWS_EVERY = timedelta(minutes=30)

DAY = timedelta(days=1)

PAST_TENSE = {Kind.DELETE: "deleted", Kind.RAISE: "raised", Kind.LOWER: "lowered", Kind.CREATE: "created"}


class ReviewWatch:
    """Notifies once of each link that begins to wait for a user."""

    def __init__(self, components: Components, store: Store, notifications: Notifications) -> None:
        self._components = components
        self._store = store
        self._notifications = notifications
        self._known: set[int] | None = None
        """None before the first look: what waits at the start has waited before."""

    async def look(self) -> None:
        """Look for links that wait, and were not there the last time."""
        if not self._components.links_are_decided:
            return
        async with self._store.read() as conn:
            waiting = await review_events(conn, self._components)
        new = waiting - self._known if self._known is not None else set[int]()
        self._known = waiting
        if new:
            self._notifications.note(
                f"{_counted(len(new), 'more link')} for review, {len(waiting)} in all: they have no "
                "predictions. Decide on the page, or by `syncd matches --review`."
            )


async def review_events(conn: AsyncConnection, components: Components) -> set[int]:
    """Load the events whose links wait for review, of matches of the horizon."""
    now, horizon = components.clock.now(), components.settings.bettune.horizon
    listed = await catalogue.matches_of_horizon(conn, now, horizon)
    found = await links.load_all(conn, LinkState.REVIEW)
    return {event_id for event_id, link in found.items() if link.match_id in listed}


class DailySummary:
    """Sends what was done in a day, what waits, and how fresh it was."""

    def __init__(
        self, components: Components, store: Store, clock: Clock, notifications: Notifications
    ) -> None:
        self._components = components
        self._store = store
        self._clock = clock
        self._notifications = notifications

    async def send(self) -> None:
        """Make the summary of the last 24 hours, and send it."""
        await self._notifications.send("syncd: summary of the day", await self.text())

    async def text(self) -> str:
        """Make the summary. Raises `StoreError`."""
        async with self._store.read() as conn:
            counts = await writes.count_since(conn, self._clock.now() - DAY)
            reviews = len(await review_events(conn, self._components))
        lines = [_done(counts), self._holds(), *self._waits(reviews), *self._freshness()]
        return "\n".join(lines)

    def _holds(self) -> str:
        return f"BetTune holds {_counted(self._components.actual.active_count, 'prediction')} of ours."

    def _waits(self, reviews: int) -> Iterator[str]:
        components = self._components
        if components.mode.paused:
            yield "syncd is PAUSED: nothing is written until `syncd resume`."
        elif components.mode.withdrawn:
            yield "syncd is WITHDRAWN: no prediction is made until `syncd resume`."
        if reviews:
            yield f"{_counted(reviews, 'link')} for review: `syncd matches --review`."
        if components.planner.withheld:
            yield f"{_counted(len(components.planner.withheld), 'change')} withheld: `syncd status`."
        for alert in components.alerts.firing:
            yield f"Firing: {alert.subject}: {alert.message}"
        if not (reviews or components.planner.withheld or components.alerts.firing):
            yield "Nothing waits for you."

    def _freshness(self) -> Iterator[str]:
        by_kind = self._components.reactions.by_kind
        for kind in (Kind.DELETE, Kind.RAISE):
            within = share_within(by_kind[kind], 0.95)
            if within:
                yield f"95 % of what was {PAST_TENSE[kind]} followed Pinnacle within {within}."


def share_within(histogram: Histogram, share: float) -> str:
    """Return the bound within which this share of the values lies, as text; empty without any value."""
    counts = histogram.cumulative()
    if not counts[-1]:
        return ""
    for bound, count in zip(histogram.bounds, counts[:-1], strict=True):
        if count >= share * counts[-1]:
            return f"{bound:g} s"
    return f"more than {histogram.bounds[-1]:g} s"


def _done(counts: dict[tuple[Kind, str], int]) -> str:
    done = [
        f"{counts[kind, WriteOutcome.DONE]:,} {word}"
        for kind, word in PAST_TENSE.items()
        if counts.get((kind, WriteOutcome.DONE))
    ]
    failed = sum(number for (_, outcome), number in counts.items() if outcome != WriteOutcome.DONE)
    text = f"Predictions in 24 hours: {', '.join(done) or 'none written'}"
    return f"{text}; {_counted(failed, 'write')} failed." if failed else f"{text}."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
