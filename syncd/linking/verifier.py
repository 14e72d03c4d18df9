"""The verifier: judges links by the results of their games, and has their lessons follow the verdicts.

Level-triggered: each time it judges all that may have a new verdict, from the store alone. What it changes is
one transaction, so a crash loses nothing; the alerts are fired from the store again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec.structs import replace

from syncd.linking.result_alerts import ResultAlerts
from syncd.matching.lesson import Lesson
from syncd.matching.memory import events_depending_on
from syncd.matching.result_lessons import lessons_after
from syncd.matching.results import (
    Because,
    BetTuneResult,
    FinishedLink,
    PinnacleResult,
    Verdict,
    VerdictKind,
    is_lasting,
    verify,
)
from syncd.matching.score_meaning import ScoreMeaning, learn_meaning, meaning_of
from syncd.store import catalogue, lessons, links, verifications
from syncd.store.connection import AsyncConnection
from syncd.store.links import Rejection
from syncd.store.verifications import Verification

log = structlog.get_logger(__name__)

OPEN_KINDS = (VerdictKind.WAITING, VerdictKind.DIFFERS, VerdictKind.NOT_COMPARABLE)
"""Verdicts that a later list may change; one that agrees changes only with Pinnacle's settlement."""

ROUND_SPAN = timedelta(days=3)
"""Games of one league within this time may have been linked by elimination of each other."""


class TaughtByResults(msgspec.Struct, kw_only=True):
    """The changes of memory: what events teach now, and events whose lessons went with those of others."""

    lessons: dict[int, tuple[Lesson, ...]] = msgspec.field(default_factory=dict)
    undone: set[int] = msgspec.field(default_factory=set)


class Verifier:
    """Judges the links of games that began within `matching.results`."""

    def __init__(self, results: timedelta, alerts: ResultAlerts) -> None:
        self._results = results
        self._alerts = alerts

    def since(self, now: datetime) -> datetime:
        """Return the kick-off from which on links are kept and judged."""
        return now - self._results

    async def judge(self, conn: AsyncConnection, now: datetime) -> TaughtByResults:
        """Judge what may have a new verdict, and save the verdicts with what follows for lessons."""
        since = self.since(now)
        await verifications.expire(conn, since, now)
        known = await self._to_be_judged(conn, since)
        judged = await _judged(conn, known.values(), now)
        changed = [after for after in judged if _differs(known[after.link.event_id], after)]
        taught = await self._apply(conn, known, changed, now)
        await verifications.save(conn, changed)
        await self._report(conn, since, changed)
        return taught

    async def _to_be_judged(self, conn: AsyncConnection, since: datetime) -> dict[int, Verification]:
        found = await verifications.load_since(conn, since, OPEN_KINDS)
        settled_again = await verifications.load_settled_again(conn, since)
        found |= await verifications.load_ids(conn, settled_again)
        return {
            event_id: each for event_id, each in found.items() if each.verdict.because is not Because.BY_USER
        }

    async def _apply(
        self,
        conn: AsyncConnection,
        known: Mapping[int, Verification],
        changed: Iterable[Verification],
        now: datetime,
    ) -> TaughtByResults:
        """Have the lessons follow the new verdicts, except where a user has taken them back."""
        rejected = await links.load_rejections(conn)
        new = [
            each
            for each in changed
            if each.verdict.kind is not known[each.link.event_id].verdict.kind
            and Rejection(each.link.event_id, each.link.match_id) not in rejected
        ]
        taught = TaughtByResults(
            lessons={each.link.event_id: lessons_after(each.link, each.verdict, now) for each in new}
        )
        wrong = [each.link for each in new if each.verdict.kind is VerdictKind.DIFFERS]
        if wrong:
            taught.undone = await _undone_with(conn, wrong) - taught.lessons.keys()
        await lessons.delete(conn, taught.lessons.keys() | taught.undone)
        await lessons.replace(conn, [lesson for each in taught.lessons.values() for lesson in each])
        return taught

    async def _report(
        self, conn: AsyncConnection, since: datetime, changed: Collection[Verification]
    ) -> None:
        counts = {kind: sum(each.verdict.kind is kind for each in changed) for kind in VerdictKind}
        if any(number for kind, number in counts.items() if kind is not VerdictKind.WAITING):
            log.info(
                "results_compared",
                agreed=counts[VerdictKind.AGREED],
                differ=counts[VerdictKind.DIFFERS],
                not_comparable=counts[VerdictKind.NOT_COMPARABLE],
            )
        await self._alerts.follow(conn, since)


async def _judged(
    conn: AsyncConnection, known: Collection[Verification], now: datetime
) -> list[Verification]:
    pinnacle = await verifications.load_pinnacle_results(conn, {each.link.event_id for each in known})
    bettune = await catalogue.results_by_id(conn, {each.link.match_id for each in known})
    results = {
        event_id: (pinnacle.get(event_id), bettune.get(each.link.match_id))
        for each in known
        if not _is_final(each, pinnacle.get(event_id := each.link.event_id), bettune.get(each.link.match_id))
    }
    new = [each for each in known if each.link.event_id in results]
    rests_on_meaning = any(
        verify(each.link, *results[each.link.event_id]).because in _BY_MEANING for each in new
    )
    meanings = (
        await _meanings(conn) if rests_on_meaning else dict.fromkeys((False, True), ScoreMeaning.UNKNOWN)
    )
    return [_verified(each, *results[each.link.event_id], meanings, now) for each in new]


_BY_MEANING = (Because.EXTRA_TIME, Because.SAME_WITH_EXTRA_TIME)
"""Causes that would be others if BetTune's scores are known to be of 90 minutes."""


def _is_final(before: Verification, pinnacle: PinnacleResult | None, bettune: BetTuneResult | None) -> bool:
    """Return whether nothing can have changed: the results are those that were found not comparable."""
    return before.verdict.kind is VerdictKind.NOT_COMPARABLE and _same_results(before, pinnacle, bettune)


def _verified(
    before: Verification,
    pinnacle: PinnacleResult | None,
    bettune: BetTuneResult | None,
    meanings: Mapping[bool, ScoreMeaning],
    now: datetime,
) -> Verification:
    """Return the verdict of now; a difference waits until it has lasted for a while."""
    link = before.link
    found = verify(link, pinnacle, bettune, meanings[link.cup])
    differs_since = before.differs_since
    if found.kind is not VerdictKind.DIFFERS or not _same_results(before, pinnacle, bettune):
        differs_since = None
    if found.kind is VerdictKind.DIFFERS:
        differs_since = differs_since or now
        if not is_lasting(differs_since, pinnacle, bettune, now):
            found = Verdict(kind=VerdictKind.WAITING, because=Because.MAY_BE_CORRECTED)
    return Verification(
        link=link,
        verdict=found,
        judged_at=now,
        differs_since=differs_since,
        pinnacle=pinnacle,
        bettune=bettune,
    )


def _same_results(
    before: Verification, pinnacle: PinnacleResult | None, bettune: BetTuneResult | None
) -> bool:
    """Return whether both show the same as before; when they were read does not matter."""
    return (before.pinnacle, _undated(before.bettune)) == (pinnacle, _undated(bettune))


def _undated(result: BetTuneResult | None) -> BetTuneResult | None:
    return result and replace(result, read_at=None)


def _differs(before: Verification, after: Verification) -> bool:
    """Return whether anything but the time of reading differs."""
    same = (before.verdict, before.differs_since) == (after.verdict, after.differs_since)
    return not (same and _same_results(before, after.pinnacle, after.bettune))


async def _meanings(conn: AsyncConnection) -> dict[bool, ScoreMeaning]:
    """Learn what BetTune's scores include, by games with extra time and names beyond doubt; cups apart."""
    seen = [
        (each.link.cup, meaning_of(each.pinnacle.score, each.pinnacle.extra_time, each.bettune.score))
        for each in await verifications.load_with_extra_time(conn)
        if each.link.alike and each.pinnacle and each.bettune and each.pinnacle.score and each.bettune.score
    ]
    return {cup: learn_meaning(found for kind, found in seen if kind is cup) for cup in (False, True)}


async def _undone_with(conn: AsyncConnection, wrong: Collection[FinishedLink]) -> set[int]:
    """Return the other events whose lessons go with those of wrong links: what rests on them.

    That is what teaches the same or followed from it; and what was linked by elimination in the same round,
    unless its own results agree.
    """
    mistaken = [lesson for link in wrong for lesson in link.taught]
    undone = events_depending_on(mistaken, await lessons.load_all(conn))
    for link in wrong:
        around = await verifications.load_around(conn, link.kickoff, ROUND_SPAN)
        undone |= {
            each.link.event_id
            for each in around
            if each.link.eliminated
            and each.link.league == link.league
            and each.verdict.kind is not VerdictKind.AGREED
        }
    return undone
