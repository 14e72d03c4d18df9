"""While BetTune is away, the tries of all areas together leave a part of the limit to others."""

from datetime import timedelta
from unittest.mock import AsyncMock, Mock

from syncd.bettune.budget import Budget
from syncd.bettune.errors import Operation, UnavailableError
from syncd.bettune.gateway import OUTAGE_SHARE, TRIES_OF_OTHERS, Area, BetTuneGateway
from syncd.bettune.window import Window
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


async def test_after_an_outage_a_window_leaves_a_part_of_the_limit_to_the_tries_of_a_guard() -> None:
    clock = HandClock()
    store = Mock()
    budget = Budget(store, clock, limit=LIMIT, span=SPAN, deadline=timedelta(seconds=10))
    gateway = BetTuneGateway(Mock(), budget, store, Alerts(clock), clock)
    error = UnavailableError(Operation("delete", "1/1"), code="", message="", status=503)
    while not gateway.is_away:
        permit = gateway.permit(Area.WRITING)
        assert permit
        gateway._gates[Area.WRITING].failed(permit.ticket, error, gateway._now())
        clock.move(60)
    clock.move(300)
    permit = gateway.permit(Area.WRITING)
    assert permit
    await gateway.send(permit, AsyncMock())
    assert not gateway.is_away
    assert budget.used == 1 + LIMIT * TRIES_OF_OTHERS
    clock.move(61)
    assert budget.used == 0
