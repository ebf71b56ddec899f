"""Measurements of components as metrics of a registry."""

import math
from collections.abc import Iterable, Iterator

import prometheus_client as client
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from service_layer.telemetry.measurements import Counter, Gauge, Histogram, Measurement

Series = tuple[str, tuple[str, ...]]
"""The name of a metric, and the values of its labels."""


class Published(Collector):
    """Metrics with the values of the measurements that were published last.

    Counters and gauges are metrics of ``registry``, whose values prometheus-client adds up over
    workers. A counter is increased by the difference from the last measurement. Histograms are
    those of this process.
    """

    def __init__(self, registry: client.CollectorRegistry) -> None:
        self._registry = registry
        self._counters: dict[str, client.Counter] = {}
        self._gauges: dict[str, client.Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        self._counted: dict[Series, float] = {}

    def publish(self, measurements: Iterable[Measurement]) -> None:
        """Set the metrics to the measurements."""
        for each in measurements:
            match each:
                case Counter():
                    self._increase(each)
                case Gauge():
                    self._set(each)
                case Histogram():
                    self._histograms[each.name] = each

    def collect(self) -> Iterator[Metric]:
        """Yield the histograms."""
        for each in list(self._histograms.values()):
            total = 0
            buckets = []
            distribution = each.distribution
            for bound, count in zip(
                (*distribution.bounds, math.inf), distribution.counts, strict=True
            ):
                total += count
                buckets.append((_bound(bound), total))
            yield HistogramMetricFamily(
                each.name, each.description, buckets=buckets, sum_value=distribution.sum
            )

    def _increase(self, each: Counter) -> None:
        metric = self._counters.get(each.name)
        if metric is None:
            metric = self._counters[each.name] = client.Counter(
                each.name, each.description, tuple(each.labels), registry=self._registry
            )
        values = tuple(each.labels.values())
        counted = self._counted.get((each.name, values), 0.0)
        child = metric.labels(*values) if values else metric
        child.inc(each.value - counted)
        self._counted[each.name, values] = each.value

    def _set(self, each: Gauge) -> None:
        metric = self._gauges.get(each.name)
        if metric is None:
            metric = self._gauges[each.name] = client.Gauge(
                each.name,
                each.description,
                tuple(each.labels),
                registry=self._registry,
                multiprocess_mode="livesum",
            )
        child = metric.labels(*each.labels.values()) if each.labels else metric
        child.set(each.value)


def _bound(value: float) -> str:
    return "+Inf" if value == math.inf else repr(float(value))
