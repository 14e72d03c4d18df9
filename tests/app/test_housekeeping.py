"""Old data is deleted, and the log says so only if there was some."""

from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from structlog.testing import capture_logs

from syncd.app.components import open_components
from syncd.app.housekeeping import Housekeeping
from syncd.runtime.alerts import Alert, Alerts
from syncd.store import alerts, retention
from syncd.store.engine import Store
from tests.app.test_commands import SETTINGS
from tests.support.virtual_time import LoopClock


async def test_nothing_is_logged_if_nothing_was_deleted():
    clock = LoopClock()
    long_ago = clock.now() - SETTINGS.store.history - timedelta(days=1)
    async with (
        await Store.open("sqlite:///:memory:", clock) as store,
        open_components(SETTINGS, store, clock, Alerts(clock)) as components,
    ):
        with capture_logs() as logs:
            await Housekeeping(components).run()
        assert logs == []
        async with store.write() as conn:
            await alerts.record_firing(conn, Alert(subject="lease", message="", fired_at=long_ago))
            await alerts.record_resolved(conn, "lease", long_ago)
        with capture_logs() as logs:
            await Housekeeping(components).run()
        assert [(each["event"], each["predictions"], each["alerts"]) for each in logs] == [
            ("old_data_deleted", 0, 1)
        ]


async def test_predictions_that_both_steps_delete_are_counted_together(monkeypatch: pytest.MonkeyPatch):
    clock = LoopClock()
    async with (
        await Store.open("sqlite:///:memory:", clock) as store,
        open_components(SETTINGS, store, clock, Alerts(clock)) as components,
    ):
        monkeypatch.setattr(retention, "prune", AsyncMock(return_value={"predictions": 3, "writes": 1}))
        with capture_logs() as logs:
            await Housekeeping(components).run()
    assert [(each["event"], each["predictions"], each["writes"]) for each in logs] == [
        ("old_data_deleted", 3, 1)
    ]
