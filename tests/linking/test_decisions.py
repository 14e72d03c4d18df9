"""Decisions of users about links."""

from datetime import UTC, date, datetime, timedelta

import pytest

from syncd.linking import decisions
from syncd.linking.decisions import DecisionError
from syncd.model.bettune import Match, Named
from syncd.model.feed import EventState, Gone
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event, League
from syncd.store import catalogue, commands, events, links
from syncd.store.engine import Store
from syncd.store.links import Rejection

KICKOFF = datetime.now(UTC) + timedelta(hours=5)
LEAGUE = League(id=1, sport_id=29, name="England - Premier League")


def event(event_id: int, **more: object) -> EventState:
    known = {
        "sport_id": 29,
        "league_id": 1,
        "home": "Hull",
        "away": "Leeds",
        "starts": KICKOFF,
        "status": "O",
    }
    state = {name: more.pop(name) for name in ("gone_at", "gone_because") if name in more}
    return EventState(
        event=Event(id=event_id, **(known | more)),
        league=LEAGUE,
        seen_at=KICKOFF,
        changed_at=KICKOFF,
        **state,
    )


def match(match_id: int, kickoff: datetime = KICKOFF, *, finished: bool = False) -> Match:
    some = Named(id=1, name="England")
    teams = {"home": Named(id=2, name="Hull City"), "away": Named(id=3, name="Leeds United")}
    return Match(
        id=match_id, date=kickoff, finished=finished, country=some, tournament=some, season=some, **teams
    )


@pytest.fixture
async def known(store: Store) -> Store:
    """Events 1, 2 and some that can never be linked; matches 11 and 12; 2 is linked to 12."""
    listed = [
        event(1),
        event(2),
        event(3, live_status=1),
        event(4, resulting_unit="Corners"),
        event(5, gone_at=KICKOFF, gone_because=Gone.CANCELLED),
    ]
    ours = [match(11), match(12), match(13, finished=True)]
    async with store.write() as conn:
        await events.save_leagues(conn, [LEAGUE])
        await events.save(conn, listed)
        await catalogue.replace_days(conn, {date(2026, 1, 1): ours}, KICKOFF)
        await links.save(
            conn, [Link(event_id=2, match_id=12, state=LinkState.AUTO, confidence=0.999)], KICKOFF
        )
    return store


async def linked(store: Store) -> dict[int, tuple[int, LinkState]]:
    async with store.read() as conn:
        found = await links.load_all(conn)
    return {each.event_id: (each.match_id, each.state) for each in found.values()}


async def test_a_link_by_a_user_is_confirmed_and_the_daemon_gets_a_command(known):
    result = await decisions.link(known, 1, 11)
    assert (await linked(known))[1] == (11, LinkState.CONFIRMED)
    assert "Hull v Leeds (event 1) = Hull City v Leeds United (match 11)" in result.sentences[0]
    async with known.read() as conn:
        command = await commands.find(conn, result.command_id)
    assert command.verb == "links_changed"
    assert "by a user already" in (await decisions.link(known, 1, 11)).sentences[0]


async def test_a_match_is_taken_from_another_event_only_by_force(known):
    with pytest.raises(DecisionError, match="linked automatically to event 2"):
        await decisions.link(known, 1, 12)
    assert await linked(known) == {2: (12, LinkState.AUTO)}
    await decisions.link(known, 1, 12, force=True)
    assert await linked(known) == {1: (12, LinkState.CONFIRMED)}


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ((99, 11), "event 99 is not known"),
        ((11, 1), "the event comes first"),
        ((1, 99), "match 99 is not known"),
        ((3, 11), "can never be linked: a live or side event"),
        ((4, 11), "can never be linked"),
        ((5, 11), "was cancelled by Pinnacle"),
        ((1, 13), "is over"),
    ],
)
async def test_what_cannot_be_linked_is_refused_with_the_reason(known, pair, why):
    with pytest.raises(DecisionError, match=why):
        await decisions.link(known, *pair)
    assert await linked(known) == {2: (12, LinkState.AUTO)}


async def test_what_was_unlinked_stays_apart_until_it_is_linked_by_a_user(known):
    await decisions.unlink(known, 2)
    assert await linked(known) == {}
    async with known.read() as conn:
        assert await links.load_rejections(conn) == {Rejection(2, 12)}
    await decisions.link(known, 2, 12)
    async with known.read() as conn:
        assert await links.load_rejections(conn) == set()
    assert (await linked(known))[2] == (12, LinkState.CONFIRMED)


async def test_a_rejection_ends_the_link_and_can_be_taken_back(known):
    result = await decisions.reject(known, 2, 12)
    assert any("withdrawn" in each for each in result.sentences)
    assert await linked(known) == {}
    await decisions.unreject(known, 2, 12)
    async with known.read() as conn:
        assert await links.load_rejections(conn) == set()
    with pytest.raises(DecisionError, match="not rejected"):
        await decisions.unreject(known, 2, 12)


async def test_kick_offs_far_apart_are_mentioned(known):
    async with known.write() as conn:
        await catalogue.replace_days(
            conn, {date(2026, 1, 2): [match(14, KICKOFF + timedelta(hours=2, minutes=5))]}, KICKOFF
        )
    result = await decisions.link(known, 1, 14)
    assert any("2 h 5 min apart" in each for each in result.sentences)


async def test_swapped_sides_are_linked_only_by_force(known):
    async with known.write() as conn:
        await events.save(conn, [event(6, home="Leeds", away="Hull")])
    with pytest.raises(
        DecisionError, match="home and away are swapped, so every price would be on the wrong side"
    ):
        await decisions.link(known, 6, 11)
    assert 6 not in await linked(known)
    await decisions.link(known, 6, 11, force=True)
    assert (await linked(known))[6] == (11, LinkState.CONFIRMED)


@pytest.mark.parametrize(
    ("other", "note"),
    [
        ({"home": "Ruch", "away": "Odra"}, "their names have nothing in common"),
        ({"home": "Hull W", "away": "Leeds W"}, "the squads differ: women against first team"),
        ({"starts": KICKOFF - timedelta(hours=6)}, "it has kicked off"),
    ],
)
async def test_what_the_user_may_have_overlooked_is_noted(known, other, note):
    async with known.write() as conn:
        await events.save(conn, [event(6, **other)])
    result = await decisions.link(known, 6, 11)
    assert any(note in each for each in result.sentences)
    assert "Note" not in "".join((await decisions.link(known, 1, 11, force=True)).sentences)


async def test_an_event_without_a_link_cannot_be_unlinked(known):
    with pytest.raises(DecisionError, match="is not linked"):
        await decisions.unlink(known, 1)
