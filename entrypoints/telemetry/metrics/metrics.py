"""The metrics of a process, collected from its components and rendered as text."""

import asyncio
from collections.abc import Iterator
from functools import partial
from itertools import chain

from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from entrypoints.telemetry.metrics.processes import ProcessUsage
from entrypoints.telemetry.metrics.published import Published
from entrypoints.telemetry.metrics.requests import RequestDurations
from entrypoints.telemetry.metrics.workers import WorkerFiles
from service_layer.telemetry.measurements import Measure

PUBLISH_INTERVAL = 0.5
"""Seconds between two calls of ``publish`` in a worker: how old its counts are for others."""


class Metrics:
    """The metrics of this process, or of all workers that share its files.

    The duration of a request is recorded when it ends. The counts of components are read when the
    metrics are rendered. With ``workers``, ``run`` also publishes them to the other workers.
    """

    def __init__(self, workers: WorkerFiles | None = None) -> None:
        disable_created_metrics()  # each series would have a second one, with its time of creation
        registry = CollectorRegistry()
        self.workers = workers
        self.durations = RequestDurations(registry)
        self._published = Published(registry)
        self._sources: list[Measure] = [ProcessUsage().measure, self.durations.measure]
        self._rendered = workers.registry() if workers else registry
        self._rendered.register(self._published)

    def identify(self, name: str, version: str) -> None:
        """Include ``target_info`` of the service."""
        self._rendered.register(_Target(name, version))

    def add(self, *sources: Measure) -> None:
        """Include the measurements that the functions return whenever the metrics are rendered."""
        self._sources += sources

    def publish(self) -> None:
        """Read the counts of all components."""
        self._published.publish(chain.from_iterable(measure() for measure in self._sources))

    async def render(self) -> bytes:
        """Return all metrics in the text format. A thread renders them: it takes milliseconds."""
        self.publish()
        render = partial(_render, self._rendered, self.workers)
        try:
            return await asyncio.to_thread(render)
        except RuntimeError:  # no thread can be started
            return render()

    async def run(self) -> None:
        """Publish every ``PUBLISH_INTERVAL`` until cancelled."""
        while True:
            self.publish()
            await asyncio.sleep(PUBLISH_INTERVAL)


class _Target(Collector):
    """OpenTelemetry's metric ``target_info``, which identifies a service."""

    def __init__(self, name: str, version: str) -> None:
        self._value = {"service_name": name, "service_version": version}

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("target", "The service and its version.", self._value)


def _render(registry: CollectorRegistry, workers: WorkerFiles | None) -> bytes:
    if workers:
        workers.remove_dead_gauges()
    return generate_latest(registry)
