"""uvicorn's configuration, with the limits of a process, its hosts and its proxies."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp
from uvicorn import Config

from entrypoints.exchanges import Exchange, Observer
from entrypoints.http.browsers.cross_origin import CrossOrigin, CrossOriginPolicy, Field
from entrypoints.http.middleware.observation import ObservationMiddleware
from entrypoints.server.allowed_hosts import AllowedHosts
from entrypoints.server.clients import Clients
from entrypoints.server.limits.admission import Admission
from entrypoints.server.limits.connections import ConnectionLimit
from entrypoints.server.limits.refusals import Refusals
from entrypoints.server.limits.unsent import UnsentResponses
from entrypoints.server.parsing.root_paths import RootPaths
from entrypoints.server.stop_flag import StopFlag
from service_layer.telemetry.measurements import Measurement


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on what the clients of a process may use, and the hosts, proxies and origins."""

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

    root_path: str = ""
    """The prefix under which a proxy serves the service, if it does not name another."""

    origins: Collection[str] = ()
    """The origins whose pages may call the service in a browser."""


def _no_observers() -> Sequence[Observer]:
    return ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What observes the requests of a process."""

    open_observers: Callable[[], Sequence[Observer]] = _no_observers
    """Is called once in each process, and must be picklable."""

    has_timing: bool = False
    """Whether responses have a ``Server-Timing``."""


class ServerConfig(Config):
    """uvicorn's configuration with what ``BoundedProtocol`` needs.

    uvicorn pickles it before it starts a worker, so each process has counters of its own.
    """

    def __init__(
        self,
        app: Any,
        bounds: Bounds,
        observation: Observation | None = None,
        *,
        stop: StopFlag | None = None,
        **options: Any,
    ) -> None:
        super().__init__(app, **options)
        self.bounds = bounds
        self.stop = stop or StopFlag()
        self._observation = observation or Observation()
        self.admission = Admission(bounds.concurrency, bounds.max_pending)
        self.connection_limit = ConnectionLimit(
            bounds.max_connections, bounds.max_connections_per_client
        )
        self.unsent = UnsentResponses()
        self.refusals = Refusals()
        self.root_paths = RootPaths(bounds.root_path)
        self._cross_origin = CrossOriginPolicy(bounds.origins) if bounds.origins else None

    def load(self) -> None:
        """Load the application, in the process that serves it, and observe its requests."""
        super().load()
        self.observers = tuple(self._observation.open_observers())
        self.loaded_app = self.observe(self.loaded_app)

    def observe(self, app: ASGIApp) -> ASGIApp:
        """Return an application whose requests are observed, and that pages may call."""
        if self._cross_origin is not None:
            app = CrossOrigin(app, self._cross_origin)
        return ObservationMiddleware(app, self.observers, has_timing=self._observation.has_timing)

    def find_cross_origin_fields(self, origin: bytes | None) -> Sequence[Field]:
        """Return the headers of a refusal that a page of the origin may read."""
        return self._cross_origin.find_fields(origin) if self._cross_origin is not None else ()

    def report(self, exchange: Exchange) -> None:
        """Report a request that no application gets."""
        for observe in self.observers:
            observe(exchange)

    def measure(self) -> Iterable[Measurement]:
        """Return what the server of this process has counted."""
        yield from self.admission.measure()
        yield from self.connection_limit.measure()
        yield from self.refusals.measure()
