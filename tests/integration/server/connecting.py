"""Connections of the server's protocol to an application, in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from starlette.types import ASGIApp
from uvicorn.server import ServerState

from entrypoints.composition.bounds import find_bounds
from entrypoints.composition.databases import open_database
from entrypoints.server.config import Observation, ServerConfig
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.settings import Settings

LOOPBACK = "127.0.0.1"

MAX_LINE = 1 << 22
"""Maximum number of bytes that the client reads ahead, and of a line."""


class Connected(NamedTuple):
    """The server's side of a connection, and the client's streams."""

    protocol: BoundedProtocol
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


def configure(app: ASGIApp, observation: Observation | None = None, **changes: Any) -> ServerConfig:
    """Return the default configuration, with some bounds changed."""
    settings = Settings(database_url="sqlite:///unused.db")
    default = find_bounds(open_database(settings), settings, LOOPBACK)
    config = ServerConfig(app, replace(default, **changes), observation, log_config=None)
    config.load()
    return config


@asynccontextmanager
async def connect(
    app: ASGIApp, observation: Observation | None = None, **changes: Any
) -> AsyncIterator[Connected]:
    """Connect a client to the protocol, with some bounds changed."""
    state = ServerState()
    async with connect_to(configure(app, observation, **changes), state) as connected:
        try:
            yield connected
        finally:
            for task in state.tasks:
                task.cancel()


@asynccontextmanager
async def connect_to(config: ServerConfig, state: ServerState) -> AsyncIterator[Connected]:
    """Connect a client to the protocol of a server."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    _, protocol = await loop.create_connection(
        lambda: BoundedProtocol(config, state, {}), sock=ours
    )
    reader, writer = await asyncio.open_connection(sock=theirs, limit=MAX_LINE)
    try:
        yield Connected(protocol, reader, writer)
    finally:
        protocol.transport.abort()
        writer.close()
