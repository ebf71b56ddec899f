"""Requests that a server cancels, because it stops, get a 503."""

import asyncio

import httpx2
import pytest
from anyio import wait_all_tasks_blocked
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.middleware.cancellation import CancellationMiddleware


async def wait_for_ever(*_: object) -> None:
    await asyncio.Event().wait()


async def await_something_cancelled(*_: object) -> None:
    cancelled: asyncio.Future[None] = asyncio.Future()
    cancelled.cancel()
    await cancelled


async def request_cancelled(app: ASGIApp, *, times: int = 1) -> httpx2.Response:
    """Send a request whose task is cancelled, as by a server, and check that it ends as usual."""
    transport = httpx2.ASGITransport(CancellationMiddleware(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://any") as client:
        task = asyncio.create_task(client.delete("/things/1"))
        await wait_all_tasks_blocked()
        for _ in range(times):
            task.cancel()
        response = await task
        assert 0 == task.cancelling()
        return response


@pytest.mark.parametrize("times", [1, 2])
async def test_a_request_that_the_server_cancels_returns_503_with_retry_after(times: int) -> None:
    response = await request_cancelled(wait_for_ever, times=times)

    assert 503 == response.status_code
    assert "1" == response.headers["Retry-After"]
    assert "application/problem+json" == response.headers["Content-Type"]
    assert response.json()["detail"].startswith("The server is stopping. ")


async def test_a_cancelled_error_without_a_cancellation_is_raised() -> None:
    with pytest.raises(asyncio.CancelledError):
        await request_cancelled(await_something_cancelled, times=0)


async def test_a_cancellation_after_the_response_has_started_is_raised() -> None:
    sent: list[str] = []

    async def send_once(message: Message) -> None:
        if sent:
            raise RuntimeError("the response has started")
        sent.append(message["type"])

    async def receive() -> Message:
        return {"type": "http.request"}

    async def respond_in_part(_: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "headers": []}
    app = CancellationMiddleware(respond_in_part)
    task = asyncio.create_task(app(scope, receive, send_once))
    await wait_all_tasks_blocked()
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert ["http.response.start"] == sent
