"""Run the server on a bound socket, and shut it down cleanly on a signal."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from uvicorn.config import STARTUP_FAILURE

from entrypoints.exchanges import Observer
from entrypoints.http.paths import HEALTH_PATHS
from entrypoints.server.config import Bounds, Observation
from entrypoints.server.lifecycle.graceful_server import GracefulServer
from entrypoints.server.lifecycle.process_config import Admin, MakeApps, ProcessConfig, StopTimes
from entrypoints.server.lifecycle.workers import run_workers
from entrypoints.server.sockets import BACKLOG, duplicate_listeners
from entrypoints.telemetry.logs.configuration import (
    LogOptions,
    build_log_config,
    open_request_log,
)
from entrypoints.telemetry.logs.uncaught import log_uncaught_exceptions
from entrypoints.telemetry.metrics.endpoint import PATH as METRICS_PATH
from entrypoints.telemetry.metrics.workers import shared_directory

PROBED_PATHS = HEALTH_PATHS | {METRICS_PATH}
"""Paths that monitoring systems request every few seconds."""

START_FAILED = 1
"""Exit code of a start that fails after the settings and the address were found usable."""


def run(  # noqa: PLR0913 - one for each part of a process
    make_apps: MakeApps,
    listener: socket.socket,
    *,
    workers: int = 1,
    log: LogOptions,
    bounds: Bounds,
    times: StopTimes,
    admin: Admin | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, finish the requests in progress, then exit with code 0.

    Exits with ``START_FAILED`` if the application, or one of a worker, cannot be started.

    If ``workers`` is greater than 1, that many processes share the sockets. Each of them calls
    ``make_apps``.
    """
    config = ProcessConfig(
        make_apps,
        bounds,
        observation=Observation(partial(_open_observers, log), log.has_timing),
        times=times,
        admin=admin,
        workers=workers,
        loop="uvloop",
        ws="none",
        proxy_headers=False,
        server_header=False,
        lifespan="on",
        access_log=False,  # the observers log requests
        log_config=build_log_config(log),
        backlog=BACKLOG,
    )
    if workers == 1:
        server = GracefulServer(config)
        # After its shutdown, uvicorn raises the signal again: sys.exit then sets the exit code.
        # Before uvicorn has installed its handlers, os._exit is used instead: SystemExit could be
        # raised where Python only reports it, such as in a __del__.
        _set_signal_handlers(lambda code: sys.exit(code) if server.should_exit else os._exit(code))
        with _replace_exit_code(), ExitStack() as open_listeners:
            listeners = duplicate_listeners(listener)
            for each in listeners:
                open_listeners.enter_context(each)
            server.run(sockets=listeners)
    else:
        with _replace_exit_code(), shared_directory():
            run_workers(config, listener)


@contextmanager
def _replace_exit_code() -> Iterator[None]:
    """Exit with ``START_FAILED`` where uvicorn uses a code that has another meaning here."""
    try:
        yield
    except SystemExit as error:
        if error.code == STARTUP_FAILURE:
            raise SystemExit(START_FAILED) from None
        raise


def exit_on_signals_before_serving() -> None:
    """Make SIGTERM and SIGINT end the process immediately, with exit code 0, and ignore SIGHUP.

    No request is in progress yet, and the database rolls back an open transaction.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    _set_signal_handlers(os._exit)


def _open_observers(log: LogOptions) -> Sequence[Observer]:
    """Return the observers of the requests of this process."""
    log_uncaught_exceptions()
    request_log = open_request_log(log, PROBED_PATHS)
    return [request_log] if request_log else []


def _set_signal_handlers(exit_process: Callable[[int], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: exit_process(0))
