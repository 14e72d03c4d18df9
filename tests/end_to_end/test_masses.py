"""A mass of falling prices: what the daemon withholds, and what is said of one of them meanwhile."""

from syncd.model.bettune import Pair
from syncd.simulator.fixture_list import Extent
from syncd.sync.planner import MASS
from syncd.views.explain import explain_pair, summary
from tests.end_to_end.running import PACE, PACES, Running, running, small_sandbox


def collapse(run: Running) -> None:
    """Every home team is a sure winner all of a sudden."""
    for game in run.box.world.open_games():
        run.box.world.set_rates(game, type(game.rates)(6.0, 0.2))


def has_mass(run: Running) -> bool:
    return any(each.subject == MASS for each in run.daemon.alerts.firing)


async def test_explain_names_the_mass_until_a_snapshot_agrees(sqlite_url: str):
    # While snapshots are rare, the mass lasts until the planner's request for one is granted.
    pace = dict.fromkeys(PACES, f"{int(PACE * 1000)}ms") | {"odds_snapshot": "8s", "resnapshot": "1h"}
    extent = Extent(leagues=4, rounds=1, traps=False)
    async with small_sandbox(extent=extent) as box, running(box, sqlite_url, pinnacle={"pace": pace}) as run:
        await run.agrees()
        game, daemon = run.game, run.daemon
        assert game.match
        pair = Pair(run.filter("Pinnacle Home").id, game.match.id)

        async def explained() -> str:
            found = await explain_pair(daemon.store, daemon.settings, str(pair.filter_id), str(pair.match_id))
            return summary(found)

        collapse(run)
        await run.until(lambda: has_mass(run))
        withheld = await explained()
        assert "prices fell by more than 35% at once" in withheld
        assert "to be written next" not in withheld
        await run.agrees()
        assert "as they should be" in await explained()


async def test_after_a_reload_the_mass_needs_another_snapshot_and_its_alert_says_since_when(sqlite_url: str):
    pace = dict.fromkeys(PACES, f"{int(PACE * 1000)}ms") | {"odds_snapshot": "8s", "resnapshot": "1h"}
    extent = Extent(leagues=4, rounds=1, traps=False)
    async with small_sandbox(extent=extent) as box, running(box, sqlite_url, pinnacle={"pace": pace}) as run:
        await run.agrees()
        collapse(run)
        await run.until(lambda: has_mass(run))
        (first,) = (each for each in run.daemon.alerts.firing if each.subject == MASS)
        run.daemon.reload(run.daemon.settings)
        await run.until(lambda: has_mass(run) and first not in run.daemon.alerts.firing)
        await run.agrees()
        await run.until(lambda: not has_mass(run))
