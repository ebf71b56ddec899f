"""What a component counts, in plain attributes that are read when somebody asks.

A count on the path of a request is an addition. ``measure`` of the component names its counts, and
returns them as measurements. Names are those of OpenTelemetry where it has one, in the form of
Prometheus, but without the suffix ``_total`` of counters.
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
    """A number at this moment. The numbers of several processes can be added."""

    name: str
    description: str
    value: float
    labels: Labels = field(default_factory=dict)


class Distribution:
    """How many observed values are in each bucket. ``bounds`` are the buckets' upper bounds.

    A value equal to a bound belongs to its bucket. The last bucket has no bound.
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
    """A distribution. Only for what runs in one process: it is not added to that of others."""

    name: str
    description: str
    distribution: Distribution


Measurement = Counter | Gauge | Histogram

Measure = Callable[[], Iterable[Measurement]]
"""Returns what a component has counted. Takes microseconds, and does not wait."""
