"""Decisions of users about links: saved in the store, where they override the linker and survive restarts.

`by` says who decided, such as `cli anna`. A command makes a running daemon read them at once;
otherwise the next daemon reads them when it starts.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from syncd.linking.inputs import fixture_of
from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.comparison import Comparer, Comparison
from syncd.matching.memory import events_depending_on
from syncd.matching.results import Because, Verdict, VerdictKind
from syncd.model.bettune import Match
from syncd.model.feed import EventState, Gone
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, commands, events, lessons, links, verifications
from syncd.store.commands import Verb
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.links import Rejection
from syncd.store.verifications import Verification

ENDED = (Gone.SETTLED, Gone.CANCELLED, Gone.DELETED)
KICKOFF_NOTE_FROM = timedelta(minutes=15)
"""Kick-offs further apart are mentioned: the user may have meant another match."""


class DecisionError(Exception):
    """A decision that cannot be saved; the message says why, and what to do."""


class DecisionResult(msgspec.Struct, frozen=True, kw_only=True):
    """The saved decision in sentences for the user, and the command that makes a running daemon read it."""

    sentences: tuple[str, ...]
    command_id: int | None = None
    """None if nothing had to be changed."""


async def link(
    store: Store, event_id: int, match_id: int, *, force: bool = False, by: str = ""
) -> DecisionResult:
    """Save that event and match are the same game: a confirmed link.

    `force` takes the match from another event, and links games whose home and away are swapped.
    Raises `DecisionError` if one of them is unknown, over or cannot be linked, or needs `force`.
    """
    now = store.clock.now()
    async with store.write() as conn:
        event = await _event(conn, event_id)
        finished = await _finished_link(conn, event_id, match_id)
        if finished and finished.verdict.kind is VerdictKind.DIFFERS:
            return await _accept_finished(conn, finished, now, by)
        match = await _match(conn, match_id)
        _refuse_unlinkable(event)
        facts = _facts(event, match)
        if facts.swapped and not force:
            raise DecisionError(
                f"{_title(event, match)}: home and away are swapped, so every price would be on the "
                "wrong side; --force links them all the same"
            )
        before = (await links.load_for_events(conn, [event_id])).get(event_id)
        if before and before.match_id == match_id and before.state is LinkState.CONFIRMED:
            return DecisionResult(sentences=(f"{_title(event, match)} was linked by a user already.",))
        rivals = await _rivals(conn, event_id, match, force=force)
        await links.delete(conn, rivals)
        affected = await _unlearn(conn, {event_id, *rivals}, kept={match.home.id, match.away.id})
        await links.delete_rejection(conn, Rejection(event_id, match_id))
        await links.save(conn, [_confirmed(event_id, match_id, before, now)], now)
        command_id = await _request_relink(conn, now, by, event_id=event_id, match_id=match_id)
    sentences = [
        f"Linked: {_title(event, match)}.",
        *_replaced(before, match_id),
        *_notes(event, match, facts, now),
    ]
    sentences += [f"Event {each} is no longer linked to it." for each in rivals]
    sentences += _affected_sentences(affected)
    return DecisionResult(sentences=tuple(sentences), command_id=command_id)


async def unlink(store: Store, event_id: int, *, by: str = "") -> DecisionResult:
    """Delete the link of an event and reject its match, so that it does not come back.

    If the link was deleted already because its game is over, its lessons are deleted for good.
    Raises `DecisionError` if the event has neither a link nor lessons.
    """
    now = store.clock.now()
    async with store.write() as conn:
        before = (await links.load_for_events(conn, [event_id])).get(event_id)
        if before is None:
            sentences = await _forget_lessons(conn, event_id, now)
        else:
            sentences = await _delete_link(conn, before, now)
        command_id = await _request_relink(conn, now, by, event_id=event_id)
    return DecisionResult(sentences=tuple(sentences), command_id=command_id)


async def _delete_link(conn: AsyncConnection, before: Link, now: datetime) -> Sequence[str]:
    event = await _event(conn, before.event_id)
    match = (await catalogue.matches_by_id(conn, [before.match_id])).get(before.match_id)
    affected = await _reject(conn, Rejection(before.event_id, before.match_id), now)
    carried = " Its predictions are withdrawn." if before.state.carries_predictions else ""
    return (
        f"Unlinked: {_title(event, match, before.match_id)}.{carried}",
        f"They will not be linked again, except by `syncd link {before.event_id} {before.match_id}`.",
        *_affected_sentences(affected),
    )


async def _forget_lessons(conn: AsyncConnection, event_id: int, now: datetime) -> Sequence[str]:
    finished = (await verifications.load_ids(conn, [event_id])).get(event_id)
    rejection = Rejection(event_id, finished.link.match_id) if finished else None
    if rejection and rejection not in await links.load_rejections(conn):
        # Otherwise a corrected result would teach it again, and an alert would go on.
        await links.save_rejection(conn, rejection, now)
    elif event_id not in await lessons.load_event_ids(conn):
        event = await _event(conn, event_id)
        raise DecisionError(
            f"event {event_id} ({event.event.title}) is not linked to any match, and has taught nothing"
        )
    affected = await _unlearn(conn, {event_id})
    forgotten = f"Event {event_id} is no longer linked; what it taught is forgotten."
    return forgotten, *_affected_sentences(affected)


async def reject(store: Store, event_id: int, match_id: int, *, by: str = "") -> DecisionResult:
    """Save that event and match are not the same game. Raises `DecisionError` if one of them is unknown."""
    now = store.clock.now()
    async with store.write() as conn:
        event = await _event(conn, event_id)
        finished = await _finished_link(conn, event_id, match_id)
        match = await _match(conn, match_id, over=finished is not None)
        rejection = Rejection(event_id, match_id)
        if rejection in await links.load_rejections(conn):
            return DecisionResult(sentences=(f"{_title(event, match)} was rejected already.",))
        before = (await links.load_for_events(conn, [event_id])).get(event_id)
        affected = await _reject(conn, rejection, now)
        command_id = await _request_relink(conn, now, by, event_id=event_id, match_id=match_id)
    sentences = [f"Rejected: {_title(event, match)}."]
    if before and before.match_id == match_id and before.state.carries_predictions:
        sentences.append("They were linked: the predictions of the link are withdrawn.")
    return DecisionResult(sentences=(*sentences, *_affected_sentences(affected)), command_id=command_id)


async def unreject(store: Store, event_id: int, match_id: int, *, by: str = "") -> DecisionResult:
    """Delete a rejection: the linker decides again. Raises `DecisionError` if there is none."""
    now = store.clock.now()
    rejection = Rejection(event_id, match_id)
    async with store.write() as conn:
        if rejection not in await links.load_rejections(conn):
            raise DecisionError(f"event {event_id} and match {match_id} are not rejected")
        await links.delete_rejection(conn, rejection)
        command_id = await _request_relink(conn, now, by, event_id=event_id, match_id=match_id)
    return DecisionResult(
        sentences=(f"Event {event_id} and match {match_id} may be linked again.",), command_id=command_id
    )


async def _request_relink(conn: AsyncConnection, now: datetime, by: str, **ids: int) -> int:
    return await commands.request(conn, Verb.LINKS_CHANGED, now, by=by, **ids)


def _title(event: EventState, match: Match | None, match_id: int = 0) -> str:
    """Return the names and ids of an event and a match; `match_id` is used if the match is unknown."""
    other = f"{match.title} (match {match.id})" if match else f"match {match_id}"
    return f"{event.event.title} (event {event.event.id}) = {other}"


async def _event(conn: AsyncConnection, event_id: int) -> EventState:
    found = (await events.load_ids(conn, [event_id])).get(event_id)
    if found is None:
        raise DecisionError(
            f"Pinnacle event {event_id} is not known: none of Pinnacle's lists has named it"
            + await _hint_if_swapped(conn, event_id)
        )
    return found


async def _hint_if_swapped(conn: AsyncConnection, match_id: int) -> str:
    known = await catalogue.matches_by_id(conn, [match_id])
    return f" ({match_id} is a BetTune match: the event comes first)" if known else ""


async def _match(conn: AsyncConnection, match_id: int, *, over: bool = False) -> Match:
    """Return a match that can still be linked; any that is known if it was linked until it was `over`."""
    found = (await catalogue.matches_by_id(conn, [match_id])).get(match_id)
    if found is None:
        raise DecisionError(
            f"BetTune match {match_id} is not known; `syncd matches --unlinked` lists those without an event"
        )
    if over:
        return found
    if await catalogue.gone_matches(conn, [match_id]):
        raise DecisionError(f"match {match_id} ({found.title}) is no longer in BetTune's list")
    if found.finished:
        raise DecisionError(f"match {match_id} ({found.title}) is over")
    return found


def _refuse_unlinkable(event: EventState) -> None:
    reason = unlinkable.reason(event.event, event.league.name)
    if reason:
        raise DecisionError(f"event {event.event.id} ({event.event.title}) can never be linked: {reason}")
    if event.gone_because in ENDED:
        raise DecisionError(
            f"event {event.event.id} ({event.event.title}) was {event.gone_because} by Pinnacle"
        )


async def _rivals(conn: AsyncConnection, event_id: int, match: Match, *, force: bool) -> list[int]:
    """Return the other events linked to the match.

    Raises `DecisionError` if one of them carries predictions, unless `force`.
    """
    others = await links.load_for_matches(conn, [match.id])
    others.pop(event_id, None)
    active = [link for link in others.values() if link.state.carries_predictions]
    if active and not force:
        rival = active[0]
        known = (await events.load_ids(conn, [rival.event_id])).get(rival.event_id)
        name = f" ({known.event.title})" if known else ""
        by = "by a user" if rival.state is LinkState.CONFIRMED else "automatically"
        raise DecisionError(
            f"match {match.id} ({match.title}) is linked {by} to event {rival.event_id}{name}; "
            "--force takes it from there"
        )
    return list(others)


def _confirmed(event_id: int, match_id: int, before: Link | None, now: datetime) -> Link:
    evidence = before.evidence if before and before.match_id == match_id else ()
    known = Link(event_id=event_id, match_id=match_id, state=LinkState.CONFIRMED, confidence=1.0)
    return replace(known, evidence=evidence, reason="decided by a user", decided_at=now)


async def _reject(conn: AsyncConnection, rejection: Rejection, now: datetime) -> int:
    """Save a rejection, and delete a link that it contradicts; return how many other links lose lessons."""
    await links.save_rejection(conn, rejection, now)
    current = (await links.load_for_events(conn, [rejection.event_id])).get(rejection.event_id)
    if current and current.match_id != rejection.match_id:
        return 0
    # Even without a link there may be lessons: they outlive the link when the game is over.
    await links.delete(conn, [rejection.event_id])
    return await _unlearn(conn, {rejection.event_id})


async def _finished_link(conn: AsyncConnection, event_id: int, match_id: int) -> Verification | None:
    """Return the link of these two if their game is over and results are compared."""
    found = (await verifications.load_ids(conn, [event_id])).get(event_id)
    return found if found and found.link.match_id == match_id else None


async def _accept_finished(
    conn: AsyncConnection, found: Verification, now: datetime, by: str
) -> DecisionResult:
    """Save that a link was right though its results differ: it teaches again, as a user's link does."""
    link = found.link
    verdict = Verdict(kind=VerdictKind.NOT_COMPARABLE, because=Because.BY_USER)
    await verifications.save(conn, [replace(found, verdict=verdict, judged_at=now)])
    taught = [replace(each, confirmed=True, learnt_at=now) for each in link.taught]
    await lessons.delete(conn, [link.event_id])
    await lessons.replace(conn, taught)
    await links.delete_rejection(conn, Rejection(link.event_id, link.match_id))
    command_id = await _request_relink(conn, now, by, event_id=link.event_id, match_id=link.match_id)
    sentence = f"Right after all: {link.event_title} = {link.match_title}; what it taught counts again."
    return DecisionResult(sentences=(sentence,), command_id=command_id)


async def _unlearn(conn: AsyncConnection, event_ids: set[int], *, kept: Collection[int] = ()) -> int:
    """Delete the lessons of these events and those that rest on them; return how many other links had some.

    Lessons about one of the teams `kept` were no mistake: those that rest on them stay.
    """
    known = await lessons.load_all(conn)
    mistaken = [each for each in known if each.event_id in event_ids and each.target_id not in kept]
    resting = events_depending_on(mistaken, known) - event_ids
    await lessons.delete(conn, event_ids | resting)
    # That results differed stays true, whatever a user takes back.
    refuted = [each for each in known if each.kind == "refuted" and each.event_id in event_ids | resting]
    await lessons.replace(conn, refuted)
    return len(await links.load_for_events(conn, resting))


def _replaced(before: Link | None, match_id: int) -> Iterable[str]:
    if before and before.match_id != match_id:
        yield f"The event was linked to match {before.match_id} before."


def _facts(event: EventState, match: Match) -> Comparison:
    comparer = Comparer([fixture_of(event, has_prices=True)], [match], aliases=Aliases())
    return comparer.compare(event.event.id, match.id)


def _notes(event: EventState, match: Match, facts: Comparison, now: datetime) -> Iterable[str]:
    """Yield notes about what the user may have overlooked."""
    apart = abs(event.event.starts - match.date)
    if apart > KICKOFF_NOTE_FROM:
        minutes = round(apart.total_seconds() / 60)
        yield f"Note: their kick-offs are {minutes // 60} h {minutes % 60} min apart."
    if facts.squads:
        yield f"Note: the squads differ: {facts.squads}."
    if not facts.name_similarity:
        yield "Note: their names have nothing in common."
    if event.event.starts <= now:
        yield "Note: it has kicked off: nothing more is written for it, only its names are learnt."


def _affected_sentences(count: int) -> Iterable[str]:
    if count == 1:
        yield "Another link rested on that: it is decided again."
    elif count:
        yield f"{count} other links rested on that: they are decided again."
