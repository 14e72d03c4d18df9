"""BetTune's request budget: charged in the store before each request, so that a crash loop keeps it too.

The limit that BetTune names is kept, but a response with a wrong one must not stop writes for long: whatever
it says, one request that may be a probe is allowed each `PROBE_EVERY`, and sooner if it cannot be meant.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from syncd.bettune.rate_limit import RateLimit, RateLimitHeaders, tried_after
from syncd.bettune.window import Urgency, Window
from syncd.runtime.clock import Clock
from syncd.runtime.steady import at_monotonic, from_wall, steady_now, to_wall
from syncd.store import facts, requests
from syncd.store.engine import Store
from syncd.store.row_writes import RowWrite

LEARNT_LIMIT = "bettune.limit"
"""A key of the store's table of facts."""

PROBE_EVERY = timedelta(minutes=1)
"""Whatever a header or a Retry-After says, deletes and raises are tried this often."""

LONGEST_PAUSE = timedelta(minutes=15)
"""A 429 stops all other requests for at most this long."""

TIMES_TO_BELIEVE = 2
"""A limit is kept once this many responses in a row name it; the one of the config at once."""

MUCH_SLOWER = 10
TIMES_TO_BELIEVE_MUCH_SLOWER = 10
"""So many if it allows less than a tenth of the config's rate, unless a 429 has just said that it is right:
two odd responses must not stop deletes for a minute, and a limit that holds is known by its 429 sooner."""

TIMES_TO_FORGET = 20
NAMED_WITHIN = timedelta(minutes=3)
"""A limit other than the config's is forgotten after so many responses, or so long, without its name."""

NOT_AGAIN_FOR = timedelta(minutes=15)
"""A limit looser than the config's is not believed for so long after a 429."""

TIMES_TO_TRUST = 20
"""After this many responses in a row without an unbelievable limit, its alert is resolved."""


class Budget:
    """The one window in which every request to BetTune is counted, reads included.

    `deadline` is the longest that a request may take: until its response is received, a request
    is counted as if the response came at the last moment. In memory all moments are steady; those
    that are stored are wall time, and bounded when they are loaded.
    """

    def __init__(
        self, store: Store, clock: Clock, *, limit: int, span: timedelta, deadline: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._deadline = deadline
        self._configured = RateLimit(limit, span.total_seconds())
        self._named: RateLimit | None = None
        self._times_named = self._times_unnamed = 0
        self.doubt = ""
        """A limit that BetTune names and that is not believed; empty if there was none lately."""
        self._times_without_doubt = 0
        self.window = Window(limit, span)
        self._named_at = self._not_again_until = steady_now(clock)
        self._paused_at = self._paused_until = self._last_sent_at = steady_now(clock) - PROBE_EVERY
        self._one_by_one_until = self._paused_until
        self._probe_paused_after = PROBE_EVERY
        self._trial: int | None = None
        """The one request on its way since a 429: others wait for its response."""
        self._unsaved = False
        # They have no id in the store, and are numbered downwards.
        self._unrecorded = 0
        self._of_others: Sequence[int] = ()
        self._last_id = 0

    async def load(self) -> None:
        """Load the learnt limit and the requests that still count, as the last process left them."""
        async with self._store.read() as conn:
            learnt = await facts.get(conn, LEARNT_LIMIT, RateLimit)
            until = await facts.get(conn, facts.LIMITED_UNTIL, datetime)
            # A looser one has to be named again: it may have been a mistake.
            if learnt and learnt.is_believable and not learnt.is_looser_than(self._configured):
                self._resize(learnt)
            since = self._clock.now() - self.window.span - self._deadline
            counted = await requests.load_counted(conn, since)
            # Later than any id of a process that began before: `check` sends requests without the lease.
            begun = int(self._clock.now().timestamp() * 1_000_000)
            self._last_id = max(begun, await requests.highest_id(conn))
        if until and until.tzinfo:
            longest = tried_after(until - self._clock.now(), PROBE_EVERY, self.window.span)
            self._paused_until = self._loaded(until, longest)
        for request, counted_at in counted.items():
            self.window.add(request, self._loaded(counted_at, self._deadline))
        if counted:
            self._last_sent_at = min(steady_now(self._clock), max(self.window.counted))

    def count_unrecorded(self, sent_at: Iterable[float]) -> None:
        """Count requests that could not be recorded in the store, by the monotonic clock."""
        for at in sent_at:
            self._unrecorded -= 1
            self.window.add(self._unrecorded, at_monotonic(at))

    def count_others(self, count: int) -> None:
        """Count so many requests of others as sent until now, in place of those that it counted before."""
        for request in self._of_others:
            self.window.remove(request)
        before = self._unrecorded
        self.count_unrecorded([self._clock.monotonic()] * count)
        self._of_others = range(self._unrecorded, before)

    def fill(self) -> None:
        """Count the whole window as used now: nobody knows what was sent."""
        self.count_unrecorded([self._clock.monotonic()] * self.window.limit)

    @property
    def used(self) -> int:
        """Number of requests that count now."""
        return self.window.used(steady_now(self._clock))

    @property
    def limited_until(self) -> datetime | None:
        """Until when BetTune's last 429 lets only probes through, in wall time. None if it does not."""
        is_limited = self._paused_until > steady_now(self._clock)
        return to_wall(self._clock, self._paused_until) if is_limited else None

    @property
    def allows_probes_only(self) -> bool:
        """True if a limit or a pause is so long that urgent requests are sent as probes only."""
        return self.free_at(Urgency.URGENT) > self.free_at(Urgency.URGENT, may_probe=True)

    def free_at(self, urgency: Urgency, *, may_probe: bool = False) -> datetime:
        """Return the earliest steady time at which a request of this urgency may be sent."""
        now = steady_now(self._clock)
        by_window, by_pause = self.window.free_at(now, urgency), self._paused_until
        if may_probe:
            by_pause = min(by_pause, max(self._last_sent_at, self._paused_at) + self._probe_paused_after)
            # No probe is needed in a short window: it frees a request within about a minute.
            if self.window.span > PROBE_EVERY:
                by_window = min(by_window, self._last_sent_at + PROBE_EVERY)
        by_trial = now if self._trial is None else self.window.counted_at(self._trial, now)
        return max(now, by_window, by_pause, by_trial)

    def reserve(self) -> int:
        """Count one request from now on; return its id. It must be charged before it is sent."""
        self._last_id += 1
        self._last_sent_at = steady_now(self._clock)
        self.window.add(self._last_id, self._last_sent_at + self._deadline)
        if self._last_sent_at < self._one_by_one_until:
            self._trial = self._last_id
        return self._last_id

    def give_up(self, request: int) -> None:
        """Forget a reserved request that was not sent."""
        self.window.remove(request)
        self._end_trial(request)

    async def charge(self, request: int, changes: Sequence[RowWrite] = ()) -> None:
        """Record a reserved request in the store, and with it what it may change. Raises StoreError."""
        row = requests.counted(request, self._clock.now() + self._deadline)
        await self._store.write_rows([row, *changes])
        self.window.add(request, steady_now(self._clock) + self._deadline)

    def response_rows(self, request: int, received_at: datetime) -> list[RowWrite]:
        """The rows that record when the response came, from which on it counts, and a limit learnt since."""
        rows = [requests.counted(request, received_at)]
        if self._unsaved:
            self._unsaved = False
            now = self._clock.now()
            rows.append(facts.row(LEARNT_LIMIT, self.kept, now))
            rows.append(facts.row(facts.LIMITED_UNTIL, self.limited_until, now))
        return rows

    def response_received(self, request: int) -> None:
        """Count a request from its response on, in memory: the next one need not wait for the store."""
        self.window.add(request, steady_now(self._clock))
        self._end_trial(request)

    def learn(self, headers: RateLimitHeaders) -> bool:
        """Consider the limit that a response names, if any; return whether another one is kept from now."""
        self._judge(headers.doubt)
        limit, now = headers.limit, steady_now(self._clock)
        if limit is not None:
            self._times_named = self._times_named + 1 if limit == self._named else 1
            self._named = limit
        if limit == self.kept:
            self._times_unnamed, self._named_at = 0, now
        elif limit is not None and self._believes(limit):
            self._keep(limit)
            return True
        else:
            self._times_unnamed += 1
            if self._times_unnamed >= TIMES_TO_FORGET or now - self._named_at >= NAMED_WITHIN:
                return self._keep(self._configured)
        return False

    def pause(self, retry_after_s: float | None) -> None:
        """Send only probes for this many seconds after a 429, or for a whole window if it names none.

        Whoever else has used the limit is counted by BetTune alone, and for a whole window: until then
        requests go one by one, so that never more than one is too many.
        """
        named = self.window.span if retry_after_s is None else timedelta(seconds=retry_after_s)
        self._probe_paused_after = tried_after(named, PROBE_EVERY, self.window.span)
        self._paused_at = steady_now(self._clock)
        self._paused_until = max(self._paused_until, self._paused_at + min(named, LONGEST_PAUSE))
        self._one_by_one_until = self._paused_until + min(self.window.span, LONGEST_PAUSE)
        self._unsaved = True
        if self.kept.is_looser_than(self._configured):
            self._not_again_until = self._paused_at + NOT_AGAIN_FOR
            self._keep(self._configured)

    def succeeded(self, sent_at: datetime) -> None:
        """End a pause if a request that was sent since the 429 succeeded: BetTune takes requests again."""
        if self._paused_at < sent_at < self._paused_until:
            self._paused_until = sent_at
            self._one_by_one_until = min(self._one_by_one_until, sent_at + self.window.span)
            self._unsaved = True

    def _end_trial(self, request: int) -> None:
        if request == self._trial:
            self._trial = None

    def _judge(self, doubt: str) -> None:
        self._times_without_doubt = 0 if doubt else self._times_without_doubt + 1
        if doubt or self._times_without_doubt >= TIMES_TO_TRUST:
            self.doubt = doubt

    def _loaded(self, stored: datetime, at_most_ahead: timedelta) -> datetime:
        return from_wall(self._clock, stored, at_most_ahead=at_most_ahead)

    @property
    def kept(self) -> RateLimit:
        """The limit that is kept now."""
        return RateLimit(self.window.limit, self.window.span.total_seconds())

    def _believes(self, limit: RateLimit) -> bool:
        if limit == self._configured:
            return True
        now = steady_now(self._clock)
        refuted = limit.is_looser_than(self._configured) and now < self._not_again_until
        is_odd = limit.rate * MUCH_SLOWER < self._configured.rate and now >= self._one_by_one_until
        needed = TIMES_TO_BELIEVE_MUCH_SLOWER if is_odd else TIMES_TO_BELIEVE
        return self._times_named >= needed and not refuted

    def _keep(self, limit: RateLimit) -> bool:
        """Keep this limit from now on; return whether it is another one."""
        is_other = limit != self.kept
        self._resize(limit)
        self._times_unnamed, self._named_at = 0, steady_now(self._clock)
        self._unsaved = self._unsaved or is_other
        return is_other

    def _resize(self, limit: RateLimit) -> None:
        self.window.resize(limit.requests, timedelta(seconds=limit.window_s))
