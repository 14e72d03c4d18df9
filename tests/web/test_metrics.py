"""The metrics that Prometheus scrapes."""

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from prometheus_client.parser import text_string_to_metric_families

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Cause, Kind, Wanted
from syncd.store import rows, writes
from syncd.store.engine import Store
from syncd.store.errors import UnreachableError
from syncd.views.live_status import live_status
from syncd.web.metrics import COUNTERS, GAUGES, HISTOGRAMS
from syncd.web.metrics_endpoint import MetricsEndpoint
from syncd.web.metrics_reference import reference
from syncd.web.shared_status import SharedStatus
from tests.web.conftest import Open
from tests.web.fixtures import HOME, NOW, SECOND, HandClock, change

ROOT = Path(__file__).parents[2]
PAIR = Pair(HOME, 100)


async def scraped(client: TestClient) -> dict[str, float]:
    """Every sample by its name and the values of its labels."""
    text = await (await client.get("/metrics")).text()
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_show_the_status(client: TestClient) -> None:
    values = await scraped(client)
    assert values["syncd_working"] == values["syncd_database_up"] == values["syncd_mode running"] == 1
    assert values["syncd_feed_age_seconds odds 29"] == 1
    assert values["syncd_feed_cursor odds 29"] == 4711
    assert values["syncd_bettune_requests_used"] == 2
    assert values["syncd_predictions ours"] == values["syncd_predictions theirs"] == 1
    assert values["syncd_links review"] == 1
    assert values["syncd_results differs"] == 0
    assert values["syncd_filters active"] == 2
    assert values["syncd_queue_changes raise"] == 0
    assert values["process_resident_memory_bytes"] > 0


async def test_every_metric_is_in_the_table_and_every_entry_is_used(
    daemon: Daemon, client: TestClient
) -> None:
    assert daemon.components
    await scraped(client)
    daemon.alerts.fire("sync.mass", "withheld")
    daemon.components.planner.wanted._values[PAIR] = Wanted(pair=PAIR, cause=Cause.NO_LINE)
    metrics = MetricsEndpoint(daemon, SharedStatus(lambda: live_status(daemon), fresh_s=0))
    async with daemon.store.write() as conn:
        await rows.write(conn, [writes.row(change(PAIR), at=NOW, outcome="done")])
    daemon.components.requests.of("pinnacle")("200")
    found = await metrics.samples()
    meanings = {**GAUGES, **COUNTERS}
    assert {sample.name for sample in found} == meanings.keys()
    assert all(len(sample.labels) == len(meanings[sample.name].labels) for sample in found)
    assert {each.name for each in metrics.histograms()} == HISTOGRAMS.keys()


async def test_requests_and_reactions_are_shown(daemon: Daemon, client: TestClient) -> None:
    assert daemon.components
    daemon.components.requests.of("bettune")("429")
    daemon.components.reactions.by_kind[Kind.RAISE].observe(0.2)
    daemon.components.reactions.by_kind[Kind.RAISE].observe(1000)
    found = await scraped(client)
    assert found["syncd_requests_total bettune 429"] == 1
    assert [
        found[f"syncd_reaction_seconds_bucket raise {le}"] for le in ("0.1", "0.25", "900.0", "+Inf")
    ] == [
        0,
        1,
        1,
        2,
    ]
    assert found["syncd_reaction_seconds_count raise"] == 2
    assert found["syncd_reaction_seconds_sum raise"] == 1000.2


async def test_exposure_is_what_waits_for_a_delete_or_a_raise(daemon: Daemon, client: TestClient) -> None:
    assert daemon.components
    queue = daemon.components.queue
    lower = change(Pair(HOME, 101), kind=Kind.LOWER)
    queue.update([PAIR, lower.pair], [change(PAIR)], NOW - SECOND)
    queue.update([lower.pair], [lower], NOW - 5 * SECOND)
    found = await scraped(client)
    assert found["syncd_queue_oldest_wait_seconds"] == 5
    assert (found["syncd_exposed_predictions"], found["syncd_exposure_seconds"]) == (1, 1)


async def test_the_names_follow_the_conventions(client: TestClient) -> None:
    """https://prometheus.io/docs/practices/naming/, as far as a name shows it."""
    text = await (await client.get("/metrics")).text()
    families = {each.name: each for each in text_string_to_metric_families(text)}
    for name, metric in {**GAUGES, **COUNTERS, **HISTOGRAMS}.items():
        family = families[name.removesuffix("_total")]
        assert re.fullmatch(r"syncd_[a-z]+(_[a-z]+)*", name), name
        assert family.documentation == metric.help, name
        assert name.endswith("_total") == (family.type == "counter") == (name in COUNTERS), name
        assert (family.type == "histogram") == (name in HISTOGRAMS), name
        assert not re.search(r"_(count|sum|bucket|milliseconds|minutes|hours|ms|percent)$", name), name
        assert not set(metric.labels) & {"le", "quantile", "job", "instance"}, name


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
async def test_promtool_has_no_objection(client: TestClient) -> None:
    text = await (await client.get("/metrics")).text()
    checked = await asyncio.to_thread(
        subprocess.run,
        ["promtool", "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


async def test_writes_are_counted_once_from_the_lease_on(daemon: Daemon, client: TestClient) -> None:
    for expected in (1, 2):
        async with daemon.store.write() as conn:
            await rows.write(conn, [writes.row(change(PAIR), at=NOW, outcome="done")])
        for _ in range(2):
            assert (await scraped(client))["syncd_writes_total raise done"] == expected


async def test_what_another_daemon_writes_is_not_counted(
    filled: Store, settings: Settings, open_client: Open
) -> None:
    client = await open_client(Daemon(settings, filled, HandClock()))
    async with filled.write() as conn:
        await rows.write(conn, [writes.row(change(PAIR), at=NOW + SECOND, outcome="done")])
    values = await scraped(client)
    assert values["syncd_working"] == 0
    assert not any(name.startswith("syncd_writes_total") for name in values)


async def test_without_the_database_the_values_in_memory_remain(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise UnreachableError("the database does not respond")

    monkeypatch.setattr(daemon.store, "read", away)
    found = await scraped(client)
    assert (found["syncd_database_up"], found["syncd_working"]) == (0, 1)


async def test_openmetrics_is_spoken_to_a_scraper_that_accepts_it(client: TestClient) -> None:
    response = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert response.content_type == "application/openmetrics-text"
    assert (await response.text()).endswith("# EOF\n")


def test_the_page_on_metrics_is_up_to_date() -> None:
    page = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m syncd.web.metrics_reference"
