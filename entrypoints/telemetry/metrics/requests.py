"""The durations of requests by method, route and status (OpenTelemetry's semantic conventions)."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Histogram

from service_layer.telemetry.measurements import Gauge, Measurement

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Upper bounds in seconds: OpenTelemetry's, and two lower ones, because most requests are fast."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

OTHER_METHOD = "_OTHER"
"""OpenTelemetry's value for a method that is not known."""

Series = tuple[str, str, int]
"""A method, the path of a route, and a status."""


class RequestDurations:
    """The histogram. Its series are cached, because a lookup by labels takes 1.8 µs.

    The number of series is bounded: all paths without a route have one label value, and so have all
    unknown methods.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.active = 0
        """Number of requests in progress."""

        self._histogram = Histogram(
            "http_server_request_duration_seconds",
            "Duration of HTTP requests, until the response was passed to the server.",
            ("http_request_method", "http_route", "http_response_status_code"),
            registry=registry,
            buckets=BUCKETS,
        )
        self._observe: dict[Series, Callable[[float], None]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Record a request that has ended. ``route`` is the template of its path."""
        series = (method, route, status)
        observe = self._observe.get(series)
        if observe is None:
            observe = self._add(series)
        observe(seconds)

    def measure(self) -> Iterable[Measurement]:
        """Return the number of requests in progress."""
        yield Gauge("http_server_active_requests", "HTTP requests in progress.", self.active)

    def _add(self, series: Series) -> Callable[[float], None]:
        method, route, status = series
        known = method if method in METHODS else OTHER_METHOD
        observe = self._histogram.labels(known, route, str(status)).observe
        if known == method:  # unknown ones would fill the cache
            self._observe[series] = observe
        return observe
