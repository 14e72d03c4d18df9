"""`/metrics`: made at each scrape from the current status, and from what the components have counted."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from syncd.app.daemon import Daemon
from syncd.store.errors import StoreError
from syncd.views.counts import WriteCounts, writes_after
from syncd.views.status_values import Status
from syncd.web.metrics import COUNTERS, GAUGES, HISTOGRAMS, HistogramSample, Sample, samples
from syncd.web.shared_status import SharedStatus

MetricFamily = GaugeMetricFamily | CounterMetricFamily | HistogramMetricFamily


class MetricsEndpoint:
    """Handles scrapes, and remembers the writes that it has counted."""

    def __init__(self, daemon: Daemon, status: SharedStatus) -> None:
        self._daemon = daemon
        self._status = status
        self._counted: Status | None = None
        self._counting = asyncio.Lock()
        self._last_write_id = 0
        self._writes: WriteCounts = Counter()

    async def scrape(self, request: web.Request) -> web.Response:
        """Respond with all metrics, in the format that was requested."""
        registry = CollectorRegistry()
        registry.register(_SampleCollector(await self.samples(), self.histograms()))
        ProcessCollector(registry=registry)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    async def samples(self) -> list[Sample]:
        """Give all values of this moment; only those in memory while the database is away."""
        daemon = self._daemon
        in_memory = [
            Sample("syncd_working", (), daemon.components is not None),
            Sample("syncd_tasks_dead", (), len(daemon.supervisor.dead())),
            *self._request_samples(),
        ]
        try:
            status = await self._status.get()
            await self._count_writes(status)
        except StoreError:
            return [*in_memory, Sample("syncd_database_up", (), 0), *self._write_samples()]
        return [*in_memory, Sample("syncd_database_up", (), 1), *samples(status), *self._write_samples()]

    def histograms(self) -> list[HistogramSample]:
        """Give all distributions; none while the daemon stands by."""
        components = self._daemon.components
        if components is None:
            return []
        by_kind = components.reactions.by_kind
        return [HistogramSample("syncd_reaction_seconds", (kind,), by_kind[kind]) for kind in by_kind]

    async def _count_writes(self, status: Status) -> None:
        async with self._counting:
            if status is self._counted:
                return
            if status.live is None or status.lease is None:
                # The writes of another daemon are not ours; counting starts again with our own lease.
                self._last_write_id, self._writes = 0, Counter()
                return
            async with self._daemon.store.read() as conn:
                self._last_write_id, new = await writes_after(conn, self._last_write_id, status.lease.since)
            self._writes += new
            self._counted = status

    def _write_samples(self) -> Iterator[Sample]:
        for (kind, outcome), number in sorted(self._writes.items()):
            yield Sample("syncd_writes_total", (kind, outcome), number)

    def _request_samples(self) -> Iterator[Sample]:
        components = self._daemon.components
        if components:
            for labels, number in sorted(components.requests.by_api_and_code.items()):
                yield Sample("syncd_requests_total", labels, number)


class _SampleCollector(Collector):
    """Hands the samples to prometheus-client."""

    def __init__(self, samples: Iterable[Sample], histograms: Iterable[HistogramSample]) -> None:
        self._samples = list(samples)
        self._histograms = list(histograms)

    def collect(self) -> Iterator[MetricFamily]:
        yield from self._single_values()
        yield from self._distributions()

    def _distributions(self) -> Iterator[HistogramMetricFamily]:
        families = {
            name: HistogramMetricFamily(name, metric.help, labels=metric.labels)
            for name, metric in HISTOGRAMS.items()
        }
        for name, labels, value in self._histograms:
            bounds = [*map(floatToGoString, value.bounds), "+Inf"]
            buckets = list(zip(bounds, value.cumulative(), strict=True))
            families[name].add_metric(labels, buckets, value.total)
        yield from families.values()

    def _single_values(self) -> Iterator[MetricFamily]:
        families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {
            name: GaugeMetricFamily(name, metric.help, labels=metric.labels)
            for name, metric in GAUGES.items()
        } | {
            name: CounterMetricFamily(name, metric.help, labels=metric.labels)
            for name, metric in COUNTERS.items()
        }
        for name, labels, value in self._samples:
            families[name].add_metric(labels, float(value))
        yield from families.values()
