"""Measurements: the counts of a component, as values for a metrics library.

A component counts in plain attributes, so a count costs a request one addition. Its ``measure``
returns them as measurements when metrics are rendered. Names are those of OpenTelemetry where it
has one, in the form of Prometheus, without the suffix ``_total`` of counters.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Counter:
    """A number that only grows while the process runs."""

    name: str
    description: str
    value: float
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A current number. Its sum over several processes must have a meaning."""

    name: str
    description: str
    value: float
    labels: Labels = field(default_factory=dict)


class Distribution:
    """The number of observed values in each bucket. ``bounds`` are the buckets' upper bounds.

    They are inclusive. A last bucket without a bound follows.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Add a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


@dataclass(frozen=True, slots=True)
class Histogram:
    """A distribution in a single process: those of several processes are not added up."""

    name: str
    description: str
    distribution: Distribution


Measurement = Counter | Gauge | Histogram

Measure = Callable[[], Iterable[Measurement]]
"""Returns the measurements of a component. Takes microseconds, and does not block."""
