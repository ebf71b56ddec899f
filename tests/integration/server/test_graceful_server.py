"""The stop of a server in this process: queued connections, and requests that do not end."""

import asyncio
import socket
from collections.abc import Iterator
from typing import cast

import pytest
from fastapi import FastAPI
from uvicorn.server import ServerState

from entrypoints.http.middleware.fixed_paths import FixedPaths, not_found
from entrypoints.server.lifecycle import graceful_server
from entrypoints.server.lifecycle.graceful_server import GracefulServer
from entrypoints.server.lifecycle.process_config import Apps, ProcessConfig, StopTimes
from entrypoints.server.sockets import listen
from tests.integration.server.connecting import LOOPBACK, configure
from tests.support.served import LIMIT

pytestmark = pytest.mark.canary

FOR_EVER = 3600.0
"""Seconds after which a stop ends this process."""


def make_apps(*_: object) -> Apps:
    app = FastAPI()

    @app.get("/short")
    async def short() -> str:
        return "ok"

    @app.get("/long")
    async def long() -> None:
        await asyncio.Event().wait()

    return Apps(app, FixedPaths(not_found, {}), may_end=lambda: False)


def make_server(grace: float = LIMIT, concurrency: int = 1) -> GracefulServer:
    bounds = configure(not_found, concurrency=concurrency).bounds
    times = StopTimes(grace=grace, close=FOR_EVER)
    config = ProcessConfig(make_apps, bounds, times=times, lifespan="off", log_config=None)
    config.load()
    server = GracefulServer(config)
    server.lifespan = config.lifespan_class(config)
    server.servers = []  # none is listening: the kernel queues what arrives
    return server


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listen(LOOPBACK, 0) as listener:
        yield listener


def send(listener: socket.socket, path: str) -> socket.socket:
    """Send a request on a new connection, which the kernel queues."""
    client = socket.create_connection(listener.getsockname(), LIMIT)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return client


def status_of(client: socket.socket) -> bytes:
    with client:
        return client.recv(4096).partition(b"\r\n")[0]


async def test_queued_connections_are_served_and_later_ones_are_refused(
    listener: socket.socket,
) -> None:
    address, server = listener.getsockname(), make_server()
    clients = [send(listener, "/short") for _ in range(5)]

    await server.shutdown([listener])

    assert [b"HTTP/1.1 200 OK"] * 5 == [status_of(client) for client in clients]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


class WatchedState(ServerState):
    """Notices when the headers of all responses are set, among them the date."""

    def __init__(self) -> None:
        self.is_set = asyncio.Event()
        super().__init__()

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "default_headers":
            self.is_set.set()


async def test_the_date_advances_while_requests_are_finished(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graceful_server, "TICK", 0.001)
    monkeypatch.setattr(graceful_server, "LINGER", 0.0)
    server = make_server(grace=5)
    server.server_state = state = WatchedState()
    config = cast("ProcessConfig", server.config)
    config.stop.set()

    @config.apps.main.get("/until_set")
    async def wait_until_set() -> None:
        state.is_set.clear()
        await state.is_set.wait()

    client = send(listener, "/until_set")
    await server.shutdown([listener])

    assert b"HTTP/1.1 200 OK" == status_of(client)
    assert b"date" in dict(state.default_headers)


async def test_requests_that_do_not_end_are_cancelled_and_queued_ones_are_refused(
    listener: socket.socket,
) -> None:
    server = make_server(grace=0.05)
    clients = [send(listener, "/long") for _ in range(3)]

    await server.shutdown([listener])

    assert [b"HTTP/1.1 503 Service Unavailable"] * 3 == [status_of(client) for client in clients]
    assert set() == server.server_state.tasks
