"""While BetTune is away, the tries of all areas together leave a part of the limit to others."""

from datetime import timedelta
from unittest.mock import AsyncMock, Mock

import pytest

from syncd.bettune.budget import Budget
from syncd.bettune.errors import Operation, UnavailableError
from syncd.bettune.gateway import (
    GUARD_NOTICES_WITHIN,
    OUTAGE_SHARE,
    TRIES_OF_OTHERS,
    Area,
    BetTuneGateway,
    Permit,
)
from syncd.bettune.window import Urgency, Window
from syncd.runtime.alerts import Alerts
from tests.support.sandbox import HandClock

LIMIT, SPAN = 60, timedelta(seconds=60)


def test_an_outage_leaves_a_part_of_the_limit_to_a_guard() -> None:
    clock = HandClock()
    gateway = BetTuneGateway(Mock(), Mock(window=Window(LIMIT, SPAN)), Mock(), Alerts(clock), clock)
    error = UnavailableError(Operation("delete", "1/1"), code="", message="", status=503)
    tries = []
    while clock.monotonic() < 600:
        for area in (Area.READING, Area.WRITING, Area.READING):
            if permit := gateway.permit(area):
                tries.append(clock.monotonic())
                gateway._gates[area].failed(permit.ticket, error, gateway._now())
        clock.move(0.25)
    for since in (at for at in tries if 60 <= at < 500):
        assert sum(since <= at < since + 60 for at in tries) <= LIMIT * OUTAGE_SHARE + 1


class Outage:
    """A gateway whose areas are away."""

    def __init__(self, *areas: Area) -> None:
        self.clock = HandClock()
        store = Mock()
        self.budget = Budget(store, self.clock, limit=LIMIT, span=SPAN, deadline=timedelta(seconds=10))
        self.gateway = BetTuneGateway(Mock(), self.budget, store, Alerts(self.clock), self.clock)
        for area in areas:
            self._fail(area)
        self.clock.move(75)

    def _fail(self, area: Area) -> None:
        error = UnavailableError(Operation("delete", "1/1"), code="", message="", status=503)
        self.gateway._gates[area].failed(self._permit(area).ticket, error, self.gateway._now())

    async def ends(self, area: Area) -> None:
        await self.gateway.send(self._permit(area), AsyncMock())

    def _permit(self, area: Area) -> Permit:
        permit = self.gateway.permit(area)
        assert permit
        return permit


LEFT = int(LIMIT * TRIES_OF_OTHERS)


async def test_after_an_outage_a_window_leaves_a_part_of_the_limit_to_the_tries_of_a_guard() -> None:
    outage = Outage(Area.WRITING)
    await outage.ends(Area.WRITING)
    assert not outage.gateway.is_away
    assert outage.budget.used == 1 + LEFT
    outage.clock.move(61)
    assert outage.budget.used == 0


async def test_that_part_is_left_once_from_the_first_area_that_is_back_to_the_last() -> None:
    outage = Outage(Area.CATALOGUE, Area.WRITING)
    await outage.ends(Area.WRITING)
    assert outage.gateway.is_away
    assert outage.budget.used == 1 + LEFT
    outage.clock.move(30)
    await outage.ends(Area.CATALOGUE)
    assert outage.budget.used == 2 + LEFT
    outage.clock.move(31)
    assert outage.budget.used == 1 + LEFT


async def test_what_succeeds_in_an_area_that_was_not_away_says_nothing_of_a_guard() -> None:
    outage = Outage(Area.CATALOGUE)
    await outage.ends(Area.WRITING)
    assert outage.budget.used == 1


@pytest.mark.parametrize("urgency", [Urgency.LOWER, Urgency.CREATE])
def test_a_guard_that_may_work_has_a_window_from_the_first_lower_or_creation(urgency: Urgency) -> None:
    back = Outage()
    back.gateway.leave_window_to_guard()
    back.clock.move(600)
    assert back.gateway.wait_s(Urgency.URGENT, Area.WRITING) == 0
    left_s = (SPAN + GUARD_NOTICES_WITHIN).total_seconds()
    assert back.gateway.wait_s(urgency, Area.WRITING) == left_s
    back.clock.move(left_s / 2)
    assert back.gateway.wait_s(Urgency.URGENT, Area.WRITING) == 0
    assert back.gateway.wait_s(urgency, Area.WRITING) == left_s / 2
    back.clock.move(left_s / 2)
    assert back.gateway.wait_s(urgency, Area.WRITING) == 0
