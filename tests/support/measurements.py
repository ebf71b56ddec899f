"""What components have counted, by name and labels."""

from collections.abc import Iterable, Mapping, Sequence

from service_layer.telemetry.measurements import Histogram, Measurement

Value = float | Sequence[int]


def read(measurements: Iterable[Measurement]) -> Mapping[tuple[str, ...], Value]:
    """Return the number of each series, and the numbers in the buckets of a histogram."""
    return dict(map(_read, measurements))


def _read(each: Measurement) -> tuple[tuple[str, ...], Value]:
    if isinstance(each, Histogram):
        return (each.name,), tuple(each.distribution.counts)
    return (each.name, *each.labels.values()), each.value
