"""A second listener of a process, for probes and monitoring systems.

It has connections and limits of its own, so it responds while the main port is overloaded.
"""

import asyncio
import socket
from typing import cast

from starlette.types import ASGIApp
from uvicorn.server import ServerState

from entrypoints.server.config import Bounds, ServerConfig
from entrypoints.server.protocol import BoundedProtocol


class AdminListener:
    """Serves an application on a socket until it is closed. Its requests are not logged."""

    def __init__(self, app: ASGIApp, bounds: Bounds) -> None:
        self._config = ServerConfig(
            app,
            bounds,
            interface="asgi3",
            ws="none",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            log_config=None,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def open(self, listener: socket.socket) -> None:
        """Start to accept connections."""
        self._config.load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._make_protocol, sock=listener)

    def set_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Set the headers of every response, such as the date."""
        self._state.default_headers = headers

    def close(self) -> None:
        """Close the listener and its connections."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            cast("BoundedProtocol", connection).transport.abort()

    def _make_protocol(self) -> BoundedProtocol:
        return BoundedProtocol(self._config, self._state, {})
