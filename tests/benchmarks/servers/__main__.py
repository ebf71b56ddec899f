"""Prepares a database, or serves one of the modules in this package.

Run as ``python -m tests.benchmarks.servers (prepare|serve) MODULE URL``.
"""

import socket
import sys
from importlib import import_module
from typing import Any

import uvicorn

BACKLOG = 2048
"""The same as in heroes."""


def serve(module: str, url: str) -> None:
    """Serve on a free port until SIGTERM, and print the address first.

    Unless the module has a server of its own, it is served as heroes is.
    """
    served = import_module(f"{__package__}.{module}")
    if hasattr(served, "serve"):
        served.serve(url)
    else:
        serve_asgi(served.build_app(url))


def serve_asgi(app: Any) -> None:
    """Serve the application on uvicorn."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    host, port = listener.getsockname()
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 - the harness reads it
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        backlog=BACKLOG,
    )
    uvicorn.Server(config).run(sockets=[listener])


def prepare(module: str, url: str) -> None:
    """Create the module's table in an empty database."""
    import_module(f"{__package__}.{module}").prepare(url)


if __name__ == "__main__":
    {"serve": serve, "prepare": prepare}[sys.argv[1]](sys.argv[2], sys.argv[3])
