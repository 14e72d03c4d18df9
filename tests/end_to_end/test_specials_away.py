"""Pinnacle's specials fail for long, while everything else responds."""

from syncd.simulator.sandbox import Sandbox
from syncd.web.health import readiness
from tests.end_to_end.running import Running, running, small_sandbox

STALE_S, AWAY_S = 20.0, 300.0
BTTS = "Pinnacle BTTS"


def rows_of(run: Running, name: str) -> int:
    wanted = run.filter(name).id
    return sum(pair.filter_id == wanted for pair in run.box.bettune.account.odds())


async def test_a_daemon_that_has_withdrawn_its_specials_needs_no_guard(sqlite_url: str) -> None:
    filters = (("Pinnacle Home", "Home", True), (BTTS, "BTTS Yes", True))
    box: Sandbox = small_sandbox(filters=filters)
    async with box, running(box, sqlite_url, safety={"stale_after": f"{STALE_S:.0f}s"}) as run:
        await run.agrees()
        assert rows_of(run, BTTS)
        others = rows_of(run, "Pinnacle Home")
        run.box.pinnacle.faults.inject("500", path="*/special*", seconds=AWAY_S)
        # BetTune is away too when they should be withdrawn: what waits to be deleted stands.
        run.box.bettune.faults.inject("429", method="DELETE", seconds=2 * STALE_S)
        await run.until(lambda: not readiness(run.daemon).ok, within=2 * STALE_S)
        assert "specials" in " ".join(readiness(run.daemon).reasons)
        await run.until(lambda: not rows_of(run, BTTS), within=3 * STALE_S)
        await run.until(lambda: readiness(run.daemon).ok, within=10)
        assert rows_of(run, "Pinnacle Home") == others
