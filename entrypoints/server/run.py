"""Run uvicorn on a bound socket, and shut it down cleanly on a signal."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from entrypoints.http.middleware.cancellation import CancellationMiddleware
from entrypoints.server.config import Bounds, ServerConfig
from entrypoints.server.logs.access_log import LogOptions, build_log_config
from entrypoints.server.parent import stop_with_parent
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.server.sockets import BACKLOG, duplicate_listeners
from entrypoints.telemetry.metrics.workers import shared_directory
from service_layer.telemetry.measurements import Measure

GRACE_PERIOD = 8
"""Seconds in which requests in progress may finish after a stop signal."""


def run(
    make_app: Callable[[], FastAPI],
    listener: socket.socket,
    *,
    workers: int = 1,
    log: LogOptions,
    bounds: Bounds,
) -> None:
    """Serve until SIGTERM or SIGINT, finish the requests in progress, then exit with code 0.

    If ``workers`` is greater than 1, that many processes share the socket. Each of them calls
    ``make_app``, which must be picklable.
    """
    config = ServerConfig(
        partial(_make_served_app, make_app, is_worker=workers > 1),
        bounds,
        http=BoundedProtocol,
        factory=True,
        workers=workers,
        loop="uvloop",
        ws="none",
        proxy_headers=False,
        server_header=False,
        lifespan="on",
        access_log=log.has_requests,
        log_config=build_log_config(log.level),
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_PERIOD,
    )
    if workers == 1:
        server = uvicorn.Server(config)
        # After its shutdown, uvicorn raises the signal again: sys.exit then sets the exit code.
        # Before uvicorn has installed its handlers, os._exit is used instead: SystemExit could be
        # raised where Python only reports it, such as in a __del__.
        _set_signal_handlers(lambda code: sys.exit(code) if server.should_exit else os._exit(code))
        server.run(sockets=duplicate_listeners(listener))
    else:
        with shared_directory():
            Multiprocess(config, sockets=[listener]).run()


def exit_on_signals_before_serving() -> None:
    """Make SIGTERM and SIGINT end the process immediately, with exit code 0.

    No request is in progress yet, and the database rolls back an open transaction.
    """
    _set_signal_handlers(os._exit)


def _make_served_app(
    make_app: Callable[[], FastAPI], measure_server: Measure, *, is_worker: bool
) -> CancellationMiddleware:
    if is_worker:
        stop_with_parent()
    app = make_app()
    if metrics := getattr(app.state, "metrics", None):
        metrics.add(measure_server)
    return CancellationMiddleware(app)


def _set_signal_handlers(exit_process: Callable[[int], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: exit_process(0))
