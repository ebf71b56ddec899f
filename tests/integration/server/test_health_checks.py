"""Health checks are served while every other request waits or is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from anyio import wait_all_tasks_blocked
from starlette.types import Receive, Scope, Send

from entrypoints.api.health.endpoints import health_endpoints
from entrypoints.api.health.readiness import Readiness
from entrypoints.http.middleware.cancellation import CancellationMiddleware
from entrypoints.http.middleware.fixed_paths import FixedPaths
from entrypoints.http.paths import HEALTH_PATHS
from entrypoints.server.config import ServerConfig
from entrypoints.server.protocol import BoundedProtocol
from tests.fakes.database import FakeDatabase
from tests.integration.server.connecting import Connected, connect, connect_to

pytestmark = pytest.mark.canary


async def never_respond(_: Scope, _receive: Receive, _send: Send) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def overloaded() -> AsyncIterator[BoundedProtocol]:
    """A server in which one request is in progress, and no other may wait."""
    served = FixedPaths(never_respond, health_endpoints(Readiness(FakeDatabase())))
    app = CancellationMiddleware(served)
    async with connect(app, concurrency=1, max_pending=0) as busy:
        busy.writer.write(get("/"))
        await wait_all_tasks_blocked()
        yield busy.protocol


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


async def ask(server: BoundedProtocol, path: str) -> bytes:
    """Return the status line of the response on a new connection."""
    config = cast("ServerConfig", server.config)
    async with connect_to(config, server.server_state) as connected:
        return await status_line(connected, path)


async def status_line(connected: Connected, path: str) -> bytes:
    connected.writer.write(get(path))
    return (await connected.reader.read()).partition(b"\r\n")[0]


@pytest.mark.parametrize("path", sorted(HEALTH_PATHS))
async def test_they_do_not_wait_for_other_requests(path: str) -> None:
    async with overloaded() as server:
        assert b"HTTP/1.1 503 Service Unavailable" == await ask(server, "/x")
        assert b"HTTP/1.1 200 OK" == await ask(server, path)
        assert b"HTTP/1.1 200 OK" == await ask(server, f"{path}?a=b")
        assert b"HTTP/1.1 503 Service Unavailable" == await ask(server, f"{path}/")
