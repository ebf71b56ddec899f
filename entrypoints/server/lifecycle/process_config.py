"""What a process serves, and how long it takes to stop."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.types import ASGIApp

from entrypoints.http.middleware.cancellation import CancellationMiddleware
from entrypoints.http.paths import HEALTH_PATHS
from entrypoints.server.config import Bounds, ServerConfig
from entrypoints.server.lifecycle.parent import stop_with_parent
from entrypoints.server.parsing.root_paths import RootPaths
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.server.stop_flag import StopFlag
from service_layer.telemetry.measurements import Measure


class Apps(NamedTuple):
    """The applications of a process."""

    main: FastAPI
    admin: ASGIApp
    """Health checks and metrics, for a listener that clients cannot reach."""

    may_end: Callable[[], bool]
    """Returns whether the process may end although its database is not closed."""


MakeApps = Callable[[StopFlag, Measure], Apps]
"""Makes the applications of a process. Must be picklable.

It gets the flag that a stop signal sets, and the measurements of the server for the metrics.
"""


class Admin(NamedTuple):
    """The listener of the admin application. Workers share it: one of them accepts a connection."""

    listener: socket.socket
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class StopTimes:
    """How long the stop of a process takes, in seconds."""

    drain: float = 0.0
    """Time after the signal during which connections are accepted as before."""

    grace: float = 8.0
    """Time after that within which requests in progress have to finish."""

    close: float = 5.0
    """Time after that within which the database has to be closed. Then the process is ended."""


class ProcessConfig(ServerConfig):
    """The configuration of a process. It is pickled for a worker, with the listeners.

    The process that serves the applications makes them.
    """

    apps: Apps

    def __init__(
        self,
        make_apps: MakeApps,
        bounds: Bounds,
        *,
        times: StopTimes,
        admin: Admin | None = None,
        workers: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(
            self._make_main,
            bounds,
            http=BoundedProtocol,
            factory=True,
            workers=workers,
            **options,
        )
        self.times = times
        self.admin = admin
        self.is_worker = workers > 1
        self._make_apps = make_apps

    def _make_main(self) -> ASGIApp:
        if self.is_worker:
            stop_with_parent()
        self.apps = self._make_apps(self.stop, self.measure)
        paths = [getattr(route, "path", "") for route in self.apps.main.routes]
        self.root_paths = RootPaths(self.bounds.root_path, [*HEALTH_PATHS, *paths])
        return CancellationMiddleware(self.apps.main)
