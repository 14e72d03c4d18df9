"""Rows that are not as they were written."""

from sqlalchemy import update
from structlog.testing import capture_logs

from syncd.model.pinnacle import Period
from syncd.store import periods, rows, schema
from syncd.store.periods import NewPeriodContent
from tests.pinnacle.fakes import START


async def test_a_row_that_cannot_be_read_costs_itself_and_is_logged_once(store):
    text = periods.encode(Period(number=0))
    async with store.write() as conn:
        await periods.save(conn, [NewPeriodContent(n, 0, 29, 1, text, False, False) for n in (1, 2)], START)
        edited = update(schema.periods).where(schema.periods.c.event_id == 1)
        await conn.execute(edited.values(period_json='{"number": "x"}'))
    rows._log_once.cache_clear()
    with capture_logs() as logs:
        async with store.read() as conn:
            for _ in range(2):
                assert set(await periods.load(conn, [1, 2])) == {2}
    assert [entry["event"] for entry in logs] == ["stored_row_unreadable"]
