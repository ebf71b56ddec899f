"""The measurements of a server: connections, pending requests, and refusals."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from entrypoints.http.middleware.cancellation import CancellationMiddleware
from entrypoints.http.middleware.request_metrics import RequestMetrics
from entrypoints.server.config import ServerConfig
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.telemetry.metrics.requests import RequestDurations
from tests.integration.server.connecting import configure
from tests.support.measurements import Value, read

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
MALFORMED = b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"
HALF = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
OTHER_HOST = b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n"


class Discarding(asyncio.Transport):
    """A connection to a client that reads all, and sends what a test passes to the protocol."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1234), "sockname": ("127.0.0.1", 80)})
        self._closing = False

    def write(self, data: Any) -> None:
        pass

    def write_eof(self) -> None:
        pass

    def set_write_buffer_limits(self, *_: object, **__: object) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    abort = close


async def respond(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


async def receive_body(_: Scope, receive: Receive, __: Send) -> None:
    while (await receive())["type"] == "http.request":
        pass


async def never_respond(_: Scope, __: Receive, ___: Send) -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def state() -> AsyncIterator[ServerState]:
    state = ServerState()
    yield state
    tasks = list(state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def connect(config: ServerConfig, state: ServerState) -> BoundedProtocol:
    protocol = BoundedProtocol(config, state, {})
    protocol.connection_made(cast("asyncio.Transport", Discarding()))
    return protocol


def counted(config: ServerConfig, *names: str) -> list[Value]:
    measured = read(config.measure())
    return [measured[name,] for name in names]


def refused_requests(config: ServerConfig) -> dict[str, Value]:
    """Return their numbers by status."""
    measured = read(config.measure())
    return {key[1]: measured[key] for key in measured if key[0] == "http_server_requests_refused"}


async def test_connections_and_those_beyond_the_limit_are_counted(state: ServerState) -> None:
    config = configure(respond, max_connections=2)
    names = ("http_server_connections", "http_server_connections_refused")
    open_ones = [connect(config, state) for _ in range(2)]
    assert [2, 0] == counted(config, *names)

    connect(config, state)
    assert [2, 1] == counted(config, *names)
    open_ones[0].connection_lost(None)
    assert [1, 1] == counted(config, *names)
    assert [2] == counted(config, "http_server_connections_max")
    assert {} == refused_requests(config)
    for each in open_ones[1:]:
        each.connection_lost(None)


async def test_a_connection_beyond_the_limit_of_one_address_is_counted(state: ServerState) -> None:
    config = configure(respond, max_connections_per_client=1)
    first = connect(config, state)
    connect(config, state)

    assert [1] == counted(config, "http_server_connections_refused")
    first.connection_lost(None)


async def test_a_request_that_is_refused_because_of_its_body_is_in_no_other_metric(
    state: ServerState,
) -> None:
    registry = CollectorRegistry()
    durations = RequestDurations(registry)
    config = configure(CancellationMiddleware(RequestMetrics(receive_body, durations)))
    client = connect(config, state)
    client.data_received(HALF)
    await asyncio.sleep(0)
    assert 1 == durations.active

    client.data_received(b"not a size\r\n")
    await asyncio.gather(*state.tasks)

    assert {"400": 1} == refused_requests(config)
    assert 0 == durations.active
    assert b"_count{" not in generate_latest(registry)
    client.connection_lost(None)


async def test_requests_that_wait_and_those_that_are_shed_are_counted(state: ServerState) -> None:
    config = configure(never_respond, concurrency=1, max_pending=1)
    clients = [connect(config, state) for _ in range(3)]
    names = ("http_server_pending_requests", "http_server_requests_shed")
    clients[0].data_received(GET)
    assert [0, 0] == counted(config, *names)

    clients[1].data_received(GET)
    assert [1, 0] == counted(config, *names)
    clients[2].data_received(GET)
    assert [1, 1] == counted(config, *names)
    for each in clients:
        each.connection_lost(None)


async def test_refusals_of_the_protocol_are_counted_by_status(state: ServerState) -> None:
    config = configure(respond)
    for request in (MALFORMED, MALFORMED, OTHER_HOST, GET):
        client = connect(config, state)
        client.data_received(request)
        await asyncio.sleep(0)
        client.connection_lost(None)

    assert {"400": 2, "421": 1} == refused_requests(config)
