"""While BetTune is away, the tries of all areas together leave a part of the limit to others."""

from datetime import timedelta
from unittest.mock import Mock

from syncd.bettune.errors import Operation, UnavailableError
from syncd.bettune.gateway import OUTAGE_SHARE, Area, BetTuneGateway
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
