"""The server cancels the requests in progress: what their clients receive."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked
from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.middleware.cancellation import CancellationMiddleware
from tests.integration.server.connecting import connect

pytestmark = pytest.mark.canary

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def never_respond(_: Scope, _receive: Receive, _send: Send) -> None:
    await asyncio.Event().wait()


async def respond_in_part(_: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first part", "more_body": True})
    await asyncio.Event().wait()


async def received_if_cancelled(app: ASGIApp) -> bytes:
    """Return all that a client receives when the server cancels its request."""
    async with connect(CancellationMiddleware(app)) as connected:
        connected.protocol.data_received(GET)
        await wait_all_tasks_blocked()
        for task in connected.protocol.tasks:
            task.cancel()
        return await connected.reader.read()


async def test_a_request_without_a_response_gets_503() -> None:
    received = await received_if_cancelled(never_respond)

    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"The server is stopping. Try again later." in received


async def test_a_response_in_progress_is_cut_off() -> None:
    received = await received_if_cancelled(respond_in_part)

    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.endswith(b"first part\r\n")
