"""Days that no price needs are read sparingly, and a restart reads nothing twice."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from syncd.bettune.errors import BetTuneError, Operation, UnavailableError
from syncd.bettune.evidence_days import EvidenceDays
from syncd.bettune.gateway import Area
from syncd.bettune.window import Urgency
from syncd.config.settings import Settings
from syncd.matching.results import Because, Verdict, VerdictKind
from syncd.model.bettune import Match
from syncd.runtime.signals import Signals, Task
from syncd.store import catalogue, verifications
from syncd.store.engine import Store
from syncd.store.verifications import Verification
from tests.matching.games import match
from tests.matching.test_results import LINK
from tests.web.fixtures import HandClock

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TODAY, YESTERDAY = NOON.date(), NOON.date() - timedelta(days=1)
PLAYED = match(10, "Ruch", "Legia", at=NOON - timedelta(hours=20))


class RecordingGateway:
    """Answers each day with its matches, and notes what was asked, and how urgently."""

    def __init__(self) -> None:
        self.client = self
        self.asked: list[date] = []
        self.listed: dict[date, tuple[Match, ...]] = {}
        self.error: BetTuneError | None = None
        self.wait = 0.0

    def wait_s(self, urgency: Urgency, area: Area) -> float:
        assert (urgency, area) == (Urgency.ROUTINE, Area.CATALOGUE)
        return self.wait

    async def call(self, area: Area, request: Callable[[], Awaitable[Any]], urgency: Urgency) -> Any:
        assert (urgency, area) == (Urgency.ROUTINE, Area.CATALOGUE)
        return await request()

    async def matches(self, day: date) -> tuple[Match, ...]:
        self.asked.append(day)
        if self.error:
            raise self.error
        return self.listed.get(day, ())


class Reader:
    """The days that are read as time goes on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock: Any = store.clock
        self.gateway = RecordingGateway()
        self.settings = Settings.of(
            {"bettune": {"horizon": "1d"}, "matching": {"evidence": "3d", "results": "3d"}}
        )
        self.signals = Signals(self.clock)
        self.inbox = self.signals.inbox(Task.RELINKER, "matches", "results")

    async def start(self) -> None:
        as_gateway: Any = self.gateway
        self.days = EvidenceDays(
            store=self.store,
            settings=self.settings,
            gateway=as_gateway,
            clock=self.clock,
            signals=self.signals,
        )
        await self.days.load()

    async def read_all(self) -> list[date]:
        before = len(self.gateway.asked)
        while await self.days.read_one():
            pass
        return self.gateway.asked[before:]

    async def wait_for_result(self, because: Because = Because.NOT_FINISHED) -> None:
        waiting = Verification(
            link=replace(LINK, match_id=PLAYED.id, kickoff=PLAYED.date),
            verdict=Verdict(kind=VerdictKind.WAITING, because=because),
            judged_at=NOON,
        )
        async with self.store.write() as conn:
            await catalogue.replace_days(conn, {YESTERDAY: [PLAYED]}, NOON)
            await verifications.save(conn, [waiting])


@pytest.fixture
async def reader(store_url: str) -> AsyncIterator[Reader]:
    async with await Store.open(store_url, HandClock(NOON)) as store:
        reader = Reader(store)
        await reader.start()
        yield reader


AHEAD = [TODAY + timedelta(days=days) for days in (2, 3)]


async def test_the_days_after_the_horizon_are_read_four_times_a_day(reader: Reader):
    reader.gateway.listed[AHEAD[0]] = (match(20, "Ruch", "Lech", at=NOON + timedelta(days=2)),)
    assert await reader.read_all() == AHEAD
    assert reader.inbox.take().matches == {20}
    reader.clock.at = NOON + timedelta(hours=5, minutes=59)
    assert await reader.read_all() == []
    await reader.start()
    assert await reader.read_all() == []
    reader.clock.at = NOON + timedelta(hours=6)
    assert await reader.read_all() == AHEAD


async def test_a_day_that_is_over_is_read_only_while_a_link_waits_for_its_result(reader: Reader):
    await reader.read_all()
    await reader.wait_for_result(Because.NOT_SETTLED)
    assert await reader.read_all() == []
    await reader.wait_for_result()
    reader.gateway.listed[YESTERDAY] = (replace(PLAYED, finished=True, home_score=2, away_score=1),)
    assert await reader.read_all() == [YESTERDAY]
    news = reader.inbox.take()
    assert (news.matches, news.results) == ({PLAYED.id}, True)


async def test_it_is_read_again_ever_more_rarely(reader: Reader):
    await reader.wait_for_result()
    read_at = []
    for half_hours in range(48):
        reader.clock.at = NOON + half_hours * HOUR / 2
        if half_hours % 5 == 4:
            await reader.start()
        if YESTERDAY in await reader.read_all():
            read_at.append(half_hours / 2)
    assert read_at == [0, 1, 3, 7, 15, 23]


async def test_a_match_that_is_no_longer_listed_on_a_day_that_is_over_stays(reader: Reader):
    await reader.wait_for_result()
    assert YESTERDAY in await reader.read_all()
    async with reader.store.read() as conn:
        assert await catalogue.gone_matches(conn, [PLAYED.id]) == set()


async def test_a_failed_reading_is_not_counted_and_a_tight_budget_waits(reader: Reader):
    reader.gateway.error = UnavailableError(Operation("matches"), code="away", message="")
    with pytest.raises(UnavailableError):
        await reader.days.read_one()
    reader.gateway.error, reader.gateway.wait = None, 5.0
    reader.gateway.asked.clear()
    await reader.days.read_without_waiting()
    assert reader.gateway.asked == []
    reader.gateway.wait = 0.0
    await reader.days.read_without_waiting()
    assert reader.gateway.asked == AHEAD[:1]
