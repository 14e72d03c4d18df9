"""Links, rejections and lessons."""

from datetime import UTC, datetime, timedelta

import msgspec

from syncd.matching.lesson import Lesson
from syncd.model.link import Evidence, Link, LinkState
from syncd.store import lessons, links
from syncd.store.engine import Store
from syncd.store.links import Rejection

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)


def link(event_id: int, match_id: int, state: LinkState = LinkState.AUTO) -> Link:
    return Link(
        event_id=event_id,
        match_id=match_id,
        state=state,
        confidence=0.97,
        evidence=(Evidence(kind="home", text="Ruch = Ruch Chorzów", weight=4.5),),
        reason="both names agree",
        decided_at=NOW,
    )


def lesson(name: str, target_id: int, event_id: int) -> Lesson:
    return Lesson(
        kind="team",
        scope="poland",
        name=name,
        target_id=target_id,
        event_id=event_id,
        confirmed=False,
        learnt_at=NOW,
    )


async def test_a_link_is_loaded_with_its_evidence(store: Store) -> None:
    async with store.write() as conn:
        await links.save(conn, [link(1, 10), link(2, 20)], NOW)
    async with store.read() as conn:
        assert await links.load_all(conn) == {1: link(1, 10), 2: link(2, 20)}
        assert await links.load_for_events(conn, [2, 3]) == {2: link(2, 20)}


async def test_an_event_has_one_link(store: Store) -> None:
    async with store.write() as conn:
        await links.save(conn, [link(1, 10)], NOW)
        await links.save(conn, [link(1, 11)], NOW)
        assert await links.load_all(conn) == {1: link(1, 11)}
        await links.delete(conn, [1])
        assert await links.load_all(conn) == {}


async def test_links_are_found_by_match_and_by_state(store: Store) -> None:
    waiting = link(2, 10, LinkState.REVIEW)
    async with store.write() as conn:
        await links.save(conn, [link(1, 10), waiting], NOW)
        assert set(await links.load_for_matches(conn, [10])) == {1, 2}
        assert await links.load_all(conn, LinkState.REVIEW) == {2: waiting}


async def test_a_link_without_a_time_was_decided_now(store: Store) -> None:
    undated = msgspec.structs.replace(link(1, 10), decided_at=None)
    later = NOW + timedelta(hours=1)
    async with store.write() as conn:
        await links.save(conn, [undated], later)
        assert (await links.load_all(conn))[1].decided_at == later


async def test_a_rejection_stays_until_it_is_deleted(store: Store) -> None:
    async with store.write() as conn:
        for _ in range(2):
            await links.save_rejection(conn, Rejection(1, 10), NOW)
        assert await links.load_rejections(conn) == {Rejection(1, 10)}
        await links.delete_rejection(conn, Rejection(1, 10))
        assert await links.load_rejections(conn) == set()


async def test_the_lessons_of_an_event_can_be_deleted(store: Store) -> None:
    async with store.write() as conn:
        await lessons.replace(conn, [lesson("ruch", 7, 1), lesson("ruch", 7, 2), lesson("wisla", 8, 2)])
        await lessons.delete(conn, [2])
        assert await lessons.load_all(conn) == [lesson("ruch", 7, 1)]


async def test_new_lessons_of_an_event_replace_its_old_ones(store: Store) -> None:
    async with store.write() as conn:
        await lessons.replace(conn, [lesson("ruch", 7, 1)])
        await lessons.replace(conn, [lesson("ruch chorzow", 7, 1)])
        assert await lessons.load_all(conn) == [lesson("ruch chorzow", 7, 1)]
