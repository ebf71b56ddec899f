"""uvicorn's configuration, with the limits of a process, its hosts and its proxies."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from uvicorn import Config

from entrypoints.server.allowed_hosts import AllowedHosts
from entrypoints.server.clients import Clients
from entrypoints.server.limits.admission import Admission
from entrypoints.server.limits.connections import ConnectionLimit
from entrypoints.server.limits.refusals import Refusals
from entrypoints.server.limits.unsent import UnsentResponses
from service_layer.telemetry.measurements import Measure, Measurement


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on what the clients of a process may use, and which hosts and proxies it accepts."""

    receive_timeout: float
    """Maximum time in seconds for a request to arrive whole.

    It counts from the first byte, or from the start of a new connection.
    """

    send_timeout: float
    """Maximum time in seconds in which a client has to read what is buffered for it."""

    concurrency: int
    """Maximum number of requests in progress before ``Admission`` queues others."""

    max_pending: int
    """Maximum number of requests that wait: queued, or in progress beyond ``concurrency``."""

    max_connections: int
    """Maximum number of connections."""

    max_connections_per_client: int | None
    """Maximum number of connections of one client, or ``None`` for no such limit."""

    allowed_hosts: AllowedHosts
    """The hosts that the server serves."""

    clients: Clients
    """Determines the clients of requests that proxies forward."""


class ServerConfig(Config):
    """uvicorn's configuration with what ``BoundedProtocol`` needs.

    uvicorn pickles it before it starts a worker, so each process has counters of its own.
    """

    def __init__(self, app: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(app, **options)
        self.bounds = bounds
        self.admission = Admission(bounds.concurrency, bounds.max_pending)
        self.connection_limit = ConnectionLimit(
            bounds.max_connections, bounds.max_connections_per_client
        )
        self.unsent = UnsentResponses()
        self.refusals = Refusals()

    def load(self) -> None:
        """Load the application. A factory is called with ``measure`` as its argument."""
        if self.factory:
            self.app = partial(cast("Callable[[Measure], Any]", self.app), self.measure)
        super().load()

    def measure(self) -> Iterable[Measurement]:
        """Return what the server of this process has counted."""
        yield from self.admission.measure()
        yield from self.connection_limit.measure()
        yield from self.refusals.measure()
