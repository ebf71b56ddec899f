"""Prepares a database, or serves one of the modules in this package.

Run as ``python -m tests.benchmarks.servers (prepare|serve) MODULE URL``.
"""

import socket
import sys
from importlib import import_module

import uvicorn

BACKLOG = 2048
"""The same as in heroes."""


def serve(module: str, url: str) -> None:
    """Serve on a free port until SIGTERM, as heroes is served; print the address first."""
    app = import_module(f"{__package__}.{module}").build_app(url)
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
