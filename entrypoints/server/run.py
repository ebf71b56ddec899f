"""The HTTP server: uvicorn on a socket that is bound first, stopped cleanly by a signal."""

import os
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from entrypoints.server.access_log import log_config
from entrypoints.server.protocol import BoundedConfig, Bounds
from entrypoints.server.sockets import BACKLOG, duplicate_listeners

GRACE = 8
"""Seconds that requests under way get to finish once the server is told to stop."""


def run(
    make_app: Callable[[], FastAPI],
    listener: socket.socket,
    *,
    workers: int = 1,
    access_log: bool,
    bounds: Bounds,
) -> None:
    """Serve until SIGTERM or SIGINT, finish what is under way, then exit with 0.

    Several ``workers`` are processes that share the socket. Each calls ``make_app``, which pickle
    has to take.
    """
    config = BoundedConfig(
        make_app,
        bounds,
        factory=True,
        workers=workers,
        loop="uvloop",
        ws="none",
        proxy_headers=False,
        lifespan="on",
        access_log=access_log,
        log_config=log_config(),
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
    )
    if workers == 1:
        server = uvicorn.Server(config)
        # uvicorn raises a signal again when it has stopped for it. Before it listens to signals
        # itself, an exception could be raised where Python only reports it, and goes on.
        _on_signals(lambda code: sys.exit(code) if server.should_exit else os._exit(code))
        server.run(sockets=duplicate_listeners(listener))
    else:
        Multiprocess(config, sockets=[listener]).run()


def exit_on_signals_before_serving() -> None:
    """Make SIGTERM and SIGINT end the process with 0, at once, wherever it is.

    Nothing is served yet, and a database undoes by itself what it was in the middle of.
    """
    _on_signals(os._exit)


def _on_signals(end: Callable[[int], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end(0))
