"""Links of finished games, and what the results of both services say of them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, and_, exists, func, or_, select

from syncd.matching.results import (
    Because,
    BetTuneResult,
    FinishedLink,
    PinnacleResult,
    Score,
    Verdict,
    VerdictKind,
)
from syncd.model.feed import GONE_BY_STATUS, Gone
from syncd.model.link import LinkState
from syncd.model.pinnacle import EXTRA_TIME_PERIOD, MATCH_PERIOD, SHOOTOUT_PERIOD
from syncd.store.connection import AsyncConnection
from syncd.store.rows import IDS_PER_STATEMENT, in_chunks, load, load_in, upsert
from syncd.store.schema import events, links, matches, settlements, verifications

CARRYING_STATES = [state.value for state in LinkState if state.carries_predictions]

SETTLED_STATUSES = [status for status, gone in GONE_BY_STATUS.items() if gone is Gone.SETTLED]


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """A link whose game is over, the verdict, and the results that it rests on."""

    link: FinishedLink
    verdict: Verdict
    judged_at: datetime
    differs_since: datetime | None = None
    """When a difference was seen first that may still be corrected."""
    pinnacle: PinnacleResult | None = None
    bettune: BetTuneResult | None = None

    @property
    def carried_predictions(self) -> bool:
        """True if prices followed the link."""
        return self.link.state.carries_predictions


async def save(conn: AsyncConnection, found: Iterable[Verification]) -> None:
    """Save these, each in place of an earlier one of its event. No event may occur twice."""
    await upsert(conn, verifications, map(_values, found))


async def delete(conn: AsyncConnection, event_ids: Iterable[int]) -> None:
    """Delete those of these events: they are listed again, and linked again."""
    for chunk in in_chunks(event_ids, IDS_PER_STATEMENT):
        await conn.execute(verifications.delete().where(verifications.c.event_id.in_(chunk)))


async def load_ids(conn: AsyncConnection, event_ids: Collection[int]) -> dict[int, Verification]:
    """Load those of these events, by event id."""
    query = select(verifications)
    return _by_event(await load_in(conn, query, verifications.c.event_id, event_ids, _verification))


async def load_since(
    conn: AsyncConnection, since: datetime, kinds: Collection[VerdictKind] = tuple(VerdictKind)
) -> dict[int, Verification]:
    """Load those with these verdicts whose game began at `since` or later, by event id."""
    query = select(verifications).where(
        verifications.c.kickoff >= since, verifications.c.verdict.in_([kind.value for kind in kinds])
    )
    return _by_event(await load(conn, query.order_by(verifications.c.kickoff), _verification))


async def load_of_match(conn: AsyncConnection, match_id: int) -> list[Verification]:
    """Load those of one match."""
    return await load(conn, select(verifications).where(verifications.c.match_id == match_id), _verification)


async def load_around(conn: AsyncConnection, kickoff: datetime, span: timedelta) -> list[Verification]:
    """Load those whose games began at most so long before or after a moment."""
    query = select(verifications).where(
        verifications.c.kickoff >= kickoff - span, verifications.c.kickoff <= kickoff + span
    )
    return await load(conn, query, _verification)


async def load_with_extra_time(conn: AsyncConnection) -> list[Verification]:
    """Load those of which Pinnacle says what extra time added."""
    query = select(verifications).where(verifications.c.pinnacle_json.like('%"extra_time":[%'))
    return await load(conn, query, _verification)


async def load_not_kept(conn: AsyncConnection, since: datetime) -> set[int]:
    """Load the events that began since and are gone, whose link is still there and not kept for results.

    The linker may never have known such a link: a user made it while no daemon ran.
    """
    kept = exists().where(
        verifications.c.event_id == links.c.event_id, verifications.c.match_id == links.c.match_id
    )
    query = (
        select(links.c.event_id)
        .join(events, events.c.id == links.c.event_id)
        .where(events.c.gone_at.is_not(None), events.c.starts >= since, ~kept)
    )
    return set(await load(conn, query, lambda row: int(row.event_id)))


async def load_settled_unlinked(conn: AsyncConnection, since: datetime, before: datetime) -> set[int]:
    """Load the events that began between and have a final score, but carried no link to a match."""
    carried = exists().where(
        verifications.c.event_id == events.c.id, verifications.c.state.in_(CARRYING_STATES)
    )
    linked = exists().where(links.c.event_id == events.c.id, links.c.state.in_(CARRYING_STATES))
    query = (
        select(events.c.id)
        .join(settlements, settlements.c.event_id == events.c.id)
        .where(
            settlements.c.period == MATCH_PERIOD,
            settlements.c.status.in_(SETTLED_STATUSES),
            events.c.parent_id.is_(None),
            events.c.starts >= since,
            events.c.starts < before,
            ~carried,
            ~linked,
        )
    )
    return set(await load(conn, query, lambda row: int(row.id)))


async def load_carried_matches(conn: AsyncConnection, since: datetime) -> set[int]:
    """Load the matches that had a link with predictions when their game was over."""
    query = select(verifications.c.match_id).where(
        verifications.c.kickoff >= since, verifications.c.state.in_(CARRYING_STATES)
    )
    return set(await load(conn, query, lambda row: int(row.match_id)))


async def load_ids_by_user(conn: AsyncConnection) -> set[int]:
    """Load the events whose finished link a user has called right."""
    query = select(verifications.c.event_id).where(verifications.c.because == Because.BY_USER.value)
    return set(await load(conn, query, lambda row: int(row.event_id)))


async def expire(conn: AsyncConnection, before: datetime, now: datetime) -> None:
    """Give up those that still wait though their game began before this moment."""
    waiting = and_(verifications.c.verdict == VerdictKind.WAITING.value, verifications.c.kickoff < before)
    expired = {"verdict": VerdictKind.NOT_COMPARABLE.value, "because": Because.EXPIRED.value}
    await conn.execute(verifications.update().where(waiting).values(**expired, judged_at=now))


async def load_settled_again(conn: AsyncConnection, since: datetime) -> set[int]:
    """Load the events whose link agreed, and whose settlement is another one by now."""
    query = (
        select(verifications.c.event_id, verifications.c.pinnacle_json, settlements.c.settlement_id)
        .join(settlements, settlements.c.event_id == verifications.c.event_id)
        .where(
            settlements.c.period == MATCH_PERIOD,
            verifications.c.kickoff >= since,
            verifications.c.verdict == VerdictKind.AGREED.value,
        )
    )

    def changed(row: Row[Any]) -> int:
        known = _decoded(row.pinnacle_json, PinnacleResult)
        return 0 if known and known.settlement_id == row.settlement_id else int(row.event_id)

    return set(await load(conn, query, changed)) - {0}


async def load_pinnacle_results(
    conn: AsyncConnection, event_ids: Collection[int]
) -> dict[int, PinnacleResult]:
    """Load how Pinnacle settled these events, with extra time and shoot-out of their live events."""
    of_events = await load_in(conn, select(settlements), settlements.c.event_id, event_ids, lambda row: row)
    live = (
        select(settlements, events.c.parent_id)
        .join(events, events.c.id == settlements.c.event_id)
        .where(settlements.c.period.in_((EXTRA_TIME_PERIOD, SHOOTOUT_PERIOD)))
    )
    of_live = await load_in(conn, live, events.c.parent_id, event_ids, lambda row: row)
    added = {(row.parent_id, row.period): _score(row) for row in of_live} | {
        (row.event_id, row.period): _score(row) for row in of_events if row.period != MATCH_PERIOD
    }
    return {
        row.event_id: PinnacleResult(
            settlement_id=row.settlement_id,
            status=row.status,
            settled_at=row.settled_at,
            score=_score(row),
            extra_time=added.get((row.event_id, EXTRA_TIME_PERIOD)),
            shootout=added.get((row.event_id, SHOOTOUT_PERIOD)),
        )
        for row in of_events
        if row.period == MATCH_PERIOD
    }


async def load_days_with_results_missing(
    conn: AsyncConnection, since: datetime, before: datetime
) -> dict[date, int]:
    """Count the links, by the day of their match, that wait for BetTune's result and have Pinnacle's.

    Days before `before`, on which BetTune's list of today ends.
    """
    waiting = and_(
        verifications.c.verdict == VerdictKind.WAITING.value,
        or_(
            verifications.c.because == Because.NOT_FINISHED.value,
            verifications.c.because == Because.MAY_BE_CORRECTED.value,
        ),
    )
    query = (
        select(matches.c.listed_on, func.count().label("number"))
        .join(verifications, verifications.c.match_id == matches.c.id)
        .where(waiting, matches.c.date >= since, matches.c.date < before)
        .group_by(matches.c.listed_on)
    )
    return {row.listed_on: row.number for row in await conn.execute(query)}


async def count(conn: AsyncConnection) -> dict[VerdictKind, int]:
    """Count the finished links that carried predictions, by verdict."""
    query = (
        select(verifications.c.verdict, func.count().label("number"))
        .where(verifications.c.state.in_(CARRYING_STATES))
        .group_by(verifications.c.verdict)
    )
    found = {VerdictKind(row.verdict): int(row.number) for row in await conn.execute(query)}
    return {kind: found.get(kind, 0) for kind in VerdictKind}


def _score(row: Row[Any]) -> Score | None:
    known = row.team1_score is not None and row.team2_score is not None
    return Score(row.team1_score, row.team2_score) if known else None


def _by_event(found: Iterable[Verification]) -> dict[int, Verification]:
    return {each.link.event_id: each for each in found}


def _values(found: Verification) -> dict[str, Any]:
    return {
        "event_id": found.link.event_id,
        "match_id": found.link.match_id,
        "kickoff": found.link.kickoff,
        "state": found.link.state.value,
        "verdict": found.verdict.kind.value,
        "because": found.verdict.because.value,
        "weight": found.verdict.weight,
        "judged_at": found.judged_at,
        "differs_since": found.differs_since,
        "link_json": _json(found.link),
        "pinnacle_json": _json(found.pinnacle),
        "bettune_json": _json(found.bettune),
    }


def _verification(row: Row[Any]) -> Verification:
    return Verification(
        link=msgspec.json.decode(row.link_json, type=FinishedLink),
        verdict=Verdict(kind=VerdictKind(row.verdict), because=Because(row.because), weight=row.weight),
        judged_at=row.judged_at,
        differs_since=row.differs_since,
        pinnacle=_decoded(row.pinnacle_json, PinnacleResult),
        bettune=_decoded(row.bettune_json, BetTuneResult),
    )


def _decoded(text: str | None, type_: type[Any]) -> Any:
    return msgspec.json.decode(text, type=type_) if text else None


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
