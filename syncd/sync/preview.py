"""A look at everything by the store alone: what would be written, what is refused and why, what it costs.

For `plan`, which counts the refusals with it, and which makes the whole plan with it where a
daemon is at work already: nothing is polled then, and nothing written, not even into the store.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from syncd.bettune.budget import LEARNT_LIMIT
from syncd.bettune.rate_limit import RateLimit
from syncd.bettune.window import Urgency, Window
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Wanted
from syncd.store import catalogue, facts, links, mode, predictions, requests
from syncd.store.engine import Store
from syncd.store.mode import Mode
from syncd.store.rows import in_chunks
from syncd.sync.freshness import conditions, conditions_of, load_feeds
from syncd.sync.guard import Withheld
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.plan import Plan, Policy, plan
from syncd.sync.references import References
from syncd.sync.states import Conditions, FilterState, MatchState
from syncd.sync.wanted import wanted

AT_ONCE = 400
"""Matches whose markets are in memory at the same time."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What writes take of the budget."""

    requests: int
    limit: int
    window: timedelta
    used: int
    """Requests that count already."""
    takes: timedelta
    """About how long the budget makes it; latency comes on top."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the store says at one moment."""

    mode: Mode
    changes: tuple[Change, ...]
    held: tuple[Withheld, ...]
    unread: int
    """Pairs that have to be read before they may be written."""
    refusals: dict[Cause, int]
    """Pairs of an approved filter with a rule and a match of the horizon that get no price, by the cause."""
    standing: int
    """Predictions of ours that BetTune is known to hold."""


async def preview(store: Store, settings: Settings) -> Preview:
    """Look at every pair. Raises `StoreError`."""
    now = store.clock.now()
    async with store.read() as conn:
        ordered = await mode.load(conn)
        filters = await load_filters(conn, settings)
        held = await predictions.load_all(conn)
        matches = set(await catalogue.matches_of_horizon(conn, now, settings.bettune.horizon))
        linked = {link.match_id for link in (await links.load_all(conn)).values()}
        feeds = await load_feeds(conn, settings)
        here = conditions(feeds, settings, now, withdrawn=ordered is Mode.WITHDRAWN)
        held_by = _by_match(held)
        known = matches | held_by.keys() | linked
        wants: list[Wanted] = []
        references = References(store.clock)
        for chunk in in_chunks(known, AT_ONCE):
            for scene in await load_matches(conn, chunk, filters.values(), references):
                wants += _wants(scene, filters, held_by, here)
    result = _plan_all(wants, held, settings, now)
    ours = {each for each, scene in filters.items() if scene.rule and scene.filter and scene.filter.approved}
    counted = [each for each in wants if each.pair.match_id in matches and each.pair.filter_id in ours]
    return Preview(
        mode=ordered,
        changes=result.changes,
        held=result.held,
        unread=len(result.reads) + len(result.urgent_reads),
        refusals=refusals(counted),
        standing=sum(each.is_active for each in held.values()),
    )


async def cost(store: Store, settings: Settings, count: int) -> Cost:
    """What so many writes cost, by the limit that BetTune has named, else by the config."""
    now = store.clock.now()
    async with store.read() as conn:
        known = await facts.get(conn, LEARNT_LIMIT, RateLimit)
        limit = known.requests if known else settings.bettune.limit.requests
        window = timedelta(seconds=known.window_s) if known else settings.bettune.limit.window
        used = len(await requests.live(conn, now - window))
    at_once = Window(limit, window).capacity(Urgency.CREATE)
    takes = window * (max(0, used + count - 1) // at_once) if count else timedelta(0)
    return Cost(requests=count, limit=limit, window=window, used=used, takes=takes)


def refusals(wants: Iterable[Wanted]) -> dict[Cause, int]:
    """How many pairs get no price, the most frequent cause first."""
    return dict(Counter(each.cause for each in wants if each.odds is None).most_common())


def _by_match(pairs: Iterable[Pair]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for pair in pairs:
        found.setdefault(pair.match_id, set()).add(pair.filter_id)
    return found


def _wants(
    scene: MatchState,
    filters: Mapping[int, FilterState],
    held: Mapping[int, set[int]],
    here: Mapping[int, Conditions],
) -> Iterator[Wanted]:
    now = conditions_of(scene, here)
    ruled = {each for each, found in filters.items() if found.rule}
    for filter_id in sorted(ruled | held.get(scene.match_id, set())):
        yield wanted(filters.get(filter_id) or FilterState(filter_id=filter_id), scene, now)


def _plan_all(wants: list[Wanted], held: Mapping[Pair, Actual], settings: Settings, now: datetime) -> Plan:
    policy = Policy(
        max_jump=settings.safety.max_jump, population=sum(each.is_active for each in held.values())
    )
    result = plan(wants, held, policy, now)
    # What was never read and wants nothing is no work: the daemon would not even ask for it.
    wanting = {each.pair for each in wants if each.odds is not None}
    unread = tuple(pair for pair in result.reads if pair in wanting)
    return msgspec.structs.replace(result, reads=unread)
