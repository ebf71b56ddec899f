"""The HTTP server: uvicorn on a socket that is bound first, stopped cleanly by a signal."""

import os
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from entrypoints.http_protocol import BoundedConfig, Bounds
from entrypoints.logs import log_config

BACKLOG = 2048
"""Connections the kernel holds until they are accepted."""

ACCEPTED_AT_ONCE = 16
"""New connections that a process which is alone takes in a round of its event loop (record 24)."""

GRACE = 8
"""Seconds that requests under way get to finish once the server is told to stop."""


class CannotListen(Exception):
    """The address can't be had; the message is a sentence for the operator."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that already takes connections. Raises ``CannotListen``.

    Port 0 is one that the system picks. Bound before anything else starts, so that an address in
    use is told at once.
    """
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a host"
        raise CannotListen(f"can't listen on {host} port {port}: {reason}") from None


def address(listener: socket.socket) -> str:
    """Return the URL that the socket answers at, without a trailing slash."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def watched_at_once(listener: socket.socket) -> list[socket.socket]:
    """Return the socket and duplicates of it, of each of which a loop takes one connection a round.

    Several processes should watch it once each, or the first to look would take all.
    """
    return [listener, *(listener.dup() for _ in range(ACCEPTED_AT_ONCE - 1))]


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
        server.run(sockets=watched_at_once(listener))
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
