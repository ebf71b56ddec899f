"""The counts of components are published as metrics in the text format."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from entrypoints.telemetry.metrics.published import Published
from service_layer.telemetry.measurements import (
    Counter,
    Distribution,
    Gauge,
    Histogram,
    Measurement,
)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def published(registry: CollectorRegistry) -> Published:
    published = Published(registry)
    registry.register(published)
    return published


def text(registry: CollectorRegistry) -> list[str]:
    """Return the lines of the samples, without those of the times of creation."""
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if not line.startswith("#") and "_created" not in line]


def hits(number: float) -> Measurement:
    return Counter("hits", "Hits.", number, {"kind": "a"})


def test_a_counter_has_the_number_that_was_counted(
    registry: CollectorRegistry, published: Published
) -> None:
    for number in (0, 2, 2, 5):
        published.publish([hits(number)])

    assert ['hits_total{kind="a"} 5.0'] == text(registry)


def test_a_counter_exists_before_its_first_event(
    registry: CollectorRegistry, published: Published
) -> None:
    published.publish([hits(0)])

    assert ['hits_total{kind="a"} 0.0'] == text(registry)


def test_labels_are_counted_separately(registry: CollectorRegistry, published: Published) -> None:
    for number in (1, 3):
        published.publish([hits(number), Counter("hits", "Hits.", 10 * number, {"kind": "b"})])

    assert ['hits_total{kind="a"} 3.0', 'hits_total{kind="b"} 30.0'] == text(registry)


def test_a_gauge_has_the_last_number(registry: CollectorRegistry, published: Published) -> None:
    for number in (7, 3):
        published.publish([Gauge("size", "Size.", number)])

    assert ["size 3.0"] == text(registry)


def test_a_histogram_has_the_number_of_values_up_to_each_bound(
    registry: CollectorRegistry, published: Published
) -> None:
    distribution = Distribution((1, 2, 4))
    published.publish([Histogram("group", "Groups.", distribution)])

    for value in (1, 2, 2, 3, 9):
        distribution.observe(value)

    assert [
        'group_bucket{le="1.0"} 1.0',
        'group_bucket{le="2.0"} 3.0',
        'group_bucket{le="4.0"} 4.0',
        'group_bucket{le="+Inf"} 5.0',
        "group_count 5.0",
        "group_sum 17.0",
    ] == text(registry)
