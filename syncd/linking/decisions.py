"""A person's words about links: kept in the store, where they beat everything and survive.

A running daemon is told of them by an order; without one they stand for the next.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.linking.relinker import fixture_of
from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.onlooker import Facts, Onlooker
from syncd.matching.undoing import resting_on
from syncd.model.bettune import Match
from syncd.model.feed import EventState, Gone
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, commands, events, lessons, links
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.links import Rejection

OVER = (Gone.SETTLED, Gone.CANCELLED, Gone.DELETED)
WORTH_A_WORD = timedelta(minutes=15)
"""Kick-offs further apart are mentioned: the person may have meant another match."""


class DecisionError(Exception):
    """Words that cannot be kept; the message says why, and what to do."""


class DecisionResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept, in sentences, and the order that tells a running daemon of it."""

    sentences: tuple[str, ...]
    order_id: int | None = None
    """None where nothing had to be changed."""


async def link(store: Store, event_id: int, match_id: int, *, force: bool = False) -> DecisionResult:
    """These two are the same game. Raises `DecisionError`; `force` takes the match from another event."""
    now = store.clock.now()
    async with store.write() as conn:
        event = await _event(conn, event_id)
        match = await _match(conn, match_id)
        _refuse_unlinkable(event)
        facts = _facts(event, match)
        if facts.swapped and not force:
            raise DecisionError(
                f"{both(event, match)}: home and away are swapped, so every price would be on the wrong "
                "side; --force links them all the same"
            )
        before = (await links.of_events(conn, [event_id])).get(event_id)
        if before and before.match_id == match_id and before.state is LinkState.CONFIRMED:
            return DecisionResult(sentences=(f"{both(event, match)} was linked by a person already.",))
        rivals = await _rivals(conn, event_id, match, force=force)
        await links.delete(conn, rivals)
        doubted = await _unlearn(conn, {event_id, *rivals}, kept={match.home.id, match.away.id})
        await links.unreject(conn, Rejection(event_id, match_id))
        await links.put(conn, [_confirmed(event_id, match_id, before, now)], now)
        order_id = await commands.request(conn, Verb.LINKS_CHANGED, now, event_id=event_id, match_id=match_id)
    told = [f"Linked: {both(event, match)}.", *_replaced(before, match_id), *_notes(event, match, facts, now)]
    told += [f"Event {each} is not linked to it any more." for each in rivals]
    told += _doubted(doubted)
    return DecisionResult(sentences=tuple(told), order_id=order_id)


async def unlink(store: Store, event_id: int) -> DecisionResult:
    """This event is not its match: the link goes, and does not come back. Raises `DecisionError`.

    Of a link that went with its game, what it taught is still taken back.
    """
    now = store.clock.now()
    async with store.write() as conn:
        before = (await links.of_events(conn, [event_id])).get(event_id)
        if before is None:
            told = await _forget_past(conn, event_id)
        else:
            told = await _part(conn, before, now)
        order_id = await commands.request(conn, Verb.LINKS_CHANGED, now, event_id=event_id)
    return DecisionResult(sentences=tuple(told), order_id=order_id)


async def _part(conn: AsyncConnection, before: Link, now: datetime) -> Sequence[str]:
    event = await _event(conn, before.event_id)
    match = (await catalogue.matches_by_id(conn, [before.match_id])).get(before.match_id)
    doubted = await _reject(conn, Rejection(before.event_id, before.match_id), now)
    carried = " Predictions that followed it are withdrawn." if before.state.carries_predictions else ""
    return (
        f"Unlinked: {both(event, match, before.match_id)}.{carried}",
        f"They will not be linked again, unless by `syncd link {before.event_id} {before.match_id}`.",
        *_doubted(doubted),
    )


async def _forget_past(conn: AsyncConnection, event_id: int) -> Sequence[str]:
    if event_id not in await lessons.load_event_ids(conn):
        event = await _event(conn, event_id)
        raise DecisionError(
            f"event {event_id} ({event.event.title}) is not linked to any match, and has taught nothing"
        )
    doubted = await _unlearn(conn, {event_id})
    return f"Event {event_id} is not linked any more; what it taught is forgotten.", *_doubted(doubted)


async def reject(store: Store, event_id: int, match_id: int) -> DecisionResult:
    """These two are not the same game, whatever speaks for it. Raises `DecisionError`."""
    now = store.clock.now()
    async with store.write() as conn:
        event = await _event(conn, event_id)
        match = await _match(conn, match_id)
        rejection = Rejection(event_id, match_id)
        if rejection in await links.load_rejections(conn):
            return DecisionResult(sentences=(f"{both(event, match)} was rejected already.",))
        before = (await links.of_events(conn, [event_id])).get(event_id)
        doubted = await _reject(conn, rejection, now)
        order_id = await commands.request(conn, Verb.LINKS_CHANGED, now, event_id=event_id, match_id=match_id)
    told = [f"Rejected: {both(event, match)}."]
    if before and before.match_id == match_id and before.state.carries_predictions:
        told.append("They were linked: predictions that followed the link are withdrawn.")
    return DecisionResult(sentences=(*told, *_doubted(doubted)), order_id=order_id)


async def unreject(store: Store, event_id: int, match_id: int) -> DecisionResult:
    """Take a rejection back: the linker decides again. Raises `DecisionError`."""
    now = store.clock.now()
    rejection = Rejection(event_id, match_id)
    async with store.write() as conn:
        if rejection not in await links.load_rejections(conn):
            raise DecisionError(f"event {event_id} and match {match_id} were never rejected")
        await links.unreject(conn, rejection)
        order_id = await commands.request(conn, Verb.LINKS_CHANGED, now, event_id=event_id, match_id=match_id)
    return DecisionResult(
        sentences=(f"Event {event_id} and match {match_id} may be linked again.",), order_id=order_id
    )


def both(event: EventState, match: Match | None, match_id: int = 0) -> str:
    """An event and a match in words."""
    other = f"{match.title} (match {match.id})" if match else f"match {match_id}"
    return f"{event.event.title} (event {event.event.id}) = {other}"


async def _event(conn: AsyncConnection, event_id: int) -> EventState:
    found = (await events.load_ids(conn, [event_id])).get(event_id)
    if found is None:
        raise DecisionError(
            f"Pinnacle event {event_id} is not known: none of Pinnacle's lists has named it"
            + await _perhaps_swapped(conn, event_id)
        )
    return found


async def _perhaps_swapped(conn: AsyncConnection, match_id: int) -> str:
    known = await catalogue.matches_by_id(conn, [match_id])
    return f" ({match_id} is a BetTune match: the event comes first)" if known else ""


async def _match(conn: AsyncConnection, match_id: int) -> Match:
    found = (await catalogue.matches_by_id(conn, [match_id])).get(match_id)
    if found is None:
        raise DecisionError(
            f"BetTune match {match_id} is not known; `syncd matches --unlinked` lists those without an event"
        )
    if await catalogue.gone_matches(conn, [match_id]):
        raise DecisionError(f"match {match_id} ({found.title}) is no longer in BetTune's list")
    if found.finished:
        raise DecisionError(f"match {match_id} ({found.title}) is over")
    return found


def _refuse_unlinkable(event: EventState) -> None:
    why = unlinkable.why(event.event, event.league.name)
    if why:
        raise DecisionError(f"event {event.event.id} ({event.event.title}) can never be linked: {why}")
    if event.gone_because in OVER:
        raise DecisionError(
            f"event {event.event.id} ({event.event.title}) was {event.gone_because} by Pinnacle"
        )


async def _rivals(conn: AsyncConnection, event_id: int, match: Match, *, force: bool) -> list[int]:
    """Other events that are linked to the match: only by force are they parted from it."""
    others = await links.of_matches(conn, [match.id])
    others.pop(event_id, None)
    standing = [link for link in others.values() if link.state.carries_predictions]
    if standing and not force:
        rival = standing[0]
        known = (await events.load_ids(conn, [rival.event_id])).get(rival.event_id)
        name = f" ({known.event.title})" if known else ""
        by = "by a person" if rival.state is LinkState.CONFIRMED else "automatically"
        raise DecisionError(
            f"match {match.id} ({match.title}) is linked {by} to event {rival.event_id}{name}; "
            "--force takes it from there"
        )
    return list(others)


def _confirmed(event_id: int, match_id: int, before: Link | None, now: datetime) -> Link:
    evidence = before.evidence if before and before.match_id == match_id else ()
    known = Link(event_id=event_id, match_id=match_id, state=LinkState.CONFIRMED, confidence=1.0)
    return replace(known, evidence=evidence, reason="a person said so", decided_at=now)


async def _reject(conn: AsyncConnection, rejection: Rejection, now: datetime) -> int:
    """What a wrong link taught is taken back with it; returns how many others rested on that."""
    await links.reject(conn, rejection, now)
    standing = (await links.of_events(conn, [rejection.event_id])).get(rejection.event_id)
    if standing and standing.match_id != rejection.match_id:
        return 0
    # A link goes with its game; what it taught does not.
    await links.delete(conn, [rejection.event_id])
    return await _unlearn(conn, {rejection.event_id})


async def _unlearn(conn: AsyncConnection, event_ids: set[int], *, kept: Collection[int] = ()) -> int:
    """Take back what these events taught, and what rested on it; returns how many other links did.

    What named one of the teams in `kept` was no mistake: nothing that rests on it falls.
    """
    known = await lessons.load_all(conn)
    mistaken = [each for each in known if each.event_id in event_ids and each.target_id not in kept]
    resting = resting_on(mistaken, known) - event_ids
    await lessons.delete(conn, event_ids | resting)
    return len(await links.of_events(conn, resting))


def _replaced(before: Link | None, match_id: int) -> Iterable[str]:
    if before and before.match_id != match_id:
        yield f"Before, the event was linked to match {before.match_id}."


def _facts(event: EventState, match: Match) -> Facts:
    onlooker = Onlooker([fixture_of(event, has_prices=True)], [match], aliases=Aliases())
    return onlooker.facts(event.event.id, match.id)


def _notes(event: EventState, match: Match, facts: Facts, now: datetime) -> Iterable[str]:
    """What a person may have overlooked."""
    apart = abs(event.event.starts - match.date)
    if apart > WORTH_A_WORD:
        minutes = round(apart.total_seconds() / 60)
        yield f"Note: their kick-offs are {minutes // 60} h {minutes % 60} min apart."
    if facts.squads:
        yield f"Note: the squads differ: {facts.squads}."
    if not facts.names:
        yield "Note: their names have nothing in common."
    if event.event.starts <= now:
        yield "Note: it has kicked off: nothing is written for it any more, only its names are learnt."


def _doubted(count: int) -> Iterable[str]:
    if count == 1:
        yield "Another link had learnt from that: it is decided again without."
    elif count:
        yield f"{count} other links had learnt from that: they are decided again without."
