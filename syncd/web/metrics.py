"""`/metrics`: made from the live state at each scrape, so that nothing has to be counted in between."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from syncd.app.daemon import Daemon
from syncd.store.errors import StoreError
from syncd.views import counts
from syncd.views.status import live_status
from syncd.views.status_values import Status
from syncd.web.figures import COUNTERS, GAUGES, Sample, samples

Family = GaugeMetricFamily | CounterMetricFamily


class Metrics:
    """Answers scrapes, and remembers how many writes it has counted."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._turn = asyncio.Lock()
        self._last_write = 0
        self._writes: counts.WriteCounts = Counter()

    async def scrape(self, request: web.Request) -> web.Response:
        """The figures, in the format that was asked for."""
        found = await self.samples()
        registry = CollectorRegistry()
        registry.register(_Families(found))
        ProcessCollector(registry=registry)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    async def samples(self) -> list[Sample]:
        """All figures of this moment; those of memory alone where the database is away."""
        daemon = self._daemon
        found = [
            Sample("syncd_working", (), daemon.rooms is not None),
            Sample("syncd_tasks_dead", (), len(daemon.crew.dead())),
        ]
        try:
            status = await live_status(daemon)
            await self._count_writes(status)
        except StoreError:
            return [*found, Sample("syncd_database_up", (), 0), *self._counted()]
        return [*found, Sample("syncd_database_up", (), 1), *samples(status), *self._counted()]

    async def _count_writes(self, status: Status) -> None:
        async with self._turn:
            if status.live is None or status.lease is None:
                # What another daemon writes is not ours to count; it begins anew with our own lease.
                self._last_write, self._writes = 0, Counter()
                return
            async with self._daemon.store.read() as conn:
                self._last_write, more = await counts.writes_after(conn, self._last_write, status.lease.since)
            self._writes += more

    def _counted(self) -> Iterator[Sample]:
        for (kind, outcome), number in sorted(self._writes.items()):
            yield Sample("syncd_writes_total", (kind, outcome), number)


class _Families(Collector):
    """Samples as prometheus-client wants them."""

    def __init__(self, found: Iterable[Sample]) -> None:
        self._found = list(found)

    def collect(self) -> Iterator[Family]:
        families: dict[str, Family] = {
            name: GaugeMetricFamily(name, meaning.help, labels=meaning.labels)
            for name, meaning in GAUGES.items()
        } | {
            name: CounterMetricFamily(name, meaning.help, labels=meaning.labels)
            for name, meaning in COUNTERS.items()
        }
        for name, labels, value in self._found:
            families[name].add_metric(labels, float(value))
        yield from families.values()
