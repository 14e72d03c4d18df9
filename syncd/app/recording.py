"""The recorder of a process: as configured, with an alert while it cannot record."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from syncd.config.settings import RecordSettings
from syncd.record.lines import Service
from syncd.record.recorder import Recorder
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.exchange import RecordExchange, record_nothing

SUBJECT = "record"
LOOK_EVERY_S = 10.0


class NoRecorder:
    """In place of a recorder where nothing is recorded."""

    failure = ""

    def of(self, _: Service) -> RecordExchange:
        """Return what records nothing."""
        return record_nothing


@asynccontextmanager
async def recording(settings: RecordSettings) -> AsyncIterator[Recorder | NoRecorder]:
    """Record as configured. At the end what waits is written, for some seconds at most."""
    if settings.directory is None:
        yield NoRecorder()
        return
    recorder = Recorder(
        settings.directory,
        max_bytes=settings.max_size,
        max_age=settings.max_age,
    )
    recorder.start()
    try:
        yield recorder
    finally:
        await asyncio.to_thread(recorder.stop)


class RecordWatch:
    """Reports once when nothing can be recorded, and once when it can again."""

    def __init__(self, recorder: Recorder | NoRecorder, alerts: Alerts, clock: Clock) -> None:
        self._recorder = recorder
        self._alerts = alerts
        self._clock = clock

    async def step(self) -> None:
        """Look once."""
        if self._recorder.failure:
            self._alerts.fire(SUBJECT, f"nothing is recorded: {self._recorder.failure}")
        else:
            self._alerts.resolve(SUBJECT)
        await self._clock.sleep(LOOK_EVERY_S)
