"""A request whose response does not start in time is cancelled, and gets a 503."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.json_response import JsonResponse
from entrypoints.http.middleware.observation import ObservationMiddleware
from entrypoints.http.middleware.request_timeout import RequestTimeout
from tests.support.loops import the_loop
from tests.unit.http.middleware.request_timeout.requests import (
    LATE,
    TIMEOUT,
    advance,
    request,
    settle,
    start_request,
)


async def respond(scope: Scope, receive: Receive, send: Send) -> None:
    await JsonResponse("in time")(scope, receive, send)


async def fail(*_: object) -> None:
    raise ValueError("a bug")


async def wait_for_ever(*_: object) -> None:
    await asyncio.Event().wait()


async def test_a_late_request_gets_a_503_with_retry_after(
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting = await start_request(RequestTimeout(wait_for_ever, TIMEOUT))
    await advance(LATE)
    response = await waiting

    assert 503 == response.status_code
    assert "1" == response.headers["Retry-After"]
    assert "application/problem+json" == response.headers["Content-Type"]
    assert "The request took too long. Try again later." == response.json()["detail"]
    assert ["GET '/things/1' took over 10 s"] == caplog.messages


async def test_a_late_request_leaves_its_task_uncancelled() -> None:
    waiting = await start_request(RequestTimeout(wait_for_ever, TIMEOUT))
    await advance(LATE)
    await waiting

    assert 0 == waiting.cancelling()


async def test_a_request_is_not_cancelled_before_its_deadline() -> None:
    app = RequestTimeout(wait_for_ever, TIMEOUT)
    first = await start_request(app)
    await advance(TIMEOUT - 1)
    second = await start_request(app)
    await advance(2)
    states = [first.done(), second.done()]
    await advance(LATE)

    assert [True, False] == states
    assert [503, 503] == [(await task).status_code for task in (first, second)]


async def test_a_response_that_has_started_is_not_affected() -> None:
    async def stream(_: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await may_continue.wait()
        await send({"type": "http.response.body", "body": b"at last"})

    may_continue = asyncio.Event()
    waiting = await start_request(RequestTimeout(stream, TIMEOUT))
    await advance(LATE)
    may_continue.set()

    assert "at last" == (await waiting).text


@pytest.mark.parametrize("observe", [ObservationMiddleware, lambda app: app])
async def test_a_response_that_other_middleware_passes_on_later_has_started(
    observe: Callable[[ASGIApp], ASGIApp],
) -> None:
    async def pass_on_later(scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await RequestTimeout(stream, TIMEOUT)(scope, receive, keep)
        for message in messages:
            await send(message)

    async def stream(_: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await may_continue.wait()
        await send({"type": "http.response.body", "body": b"at last"})

    may_continue = asyncio.Event()
    waiting = await start_request(observe(pass_on_later))
    await advance(LATE)
    may_continue.set()

    assert "at last" == (await waiting).text


@pytest.mark.parametrize("observe", [ObservationMiddleware, lambda app: app])
async def test_a_second_attempt_with_the_same_scope_has_its_own_deadline(
    observe: Callable[[ASGIApp], ASGIApp],
) -> None:
    async def try_twice(scope: Scope, receive: Receive, send: Send) -> None:
        await RequestTimeout(respond, TIMEOUT)(scope, receive, discard)
        await RequestTimeout(wait_for_ever, TIMEOUT)(scope, receive, send)

    async def discard(_: Message) -> None: ...

    waiting = await start_request(observe(try_twice))
    await advance(LATE)

    assert 503 == (await waiting).status_code


@pytest.mark.parametrize("handle", [respond, fail])
async def test_a_task_is_not_cancelled_after_its_request(handle: ASGIApp) -> None:
    with suppress(ValueError):
        await request(RequestTimeout(handle, TIMEOUT))

    await advance(LATE)


async def test_one_timer_serves_all_requests() -> None:
    app = RequestTimeout(wait_for_ever, TIMEOUT)
    before = the_loop().timers
    waiting = [await start_request(app) for _ in range(100)]
    timers = the_loop().timers - before
    await advance(LATE)

    assert 1 == timers
    assert {503} == {(await task).status_code for task in waiting}


async def test_requests_after_the_last_one_are_timed_again() -> None:
    app = RequestTimeout(wait_for_ever, TIMEOUT)
    for _ in range(2):
        waiting = await start_request(app)
        await advance(LATE)
        assert 503 == (await waiting).status_code


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_other_connections_are_not_cancelled(kind: str) -> None:
    app = RequestTimeout(wait_for_ever, TIMEOUT)
    waiting = asyncio.ensure_future(app({"type": kind}, _receive_nothing, _send_nothing))
    await settle()
    await advance(LATE)

    assert not waiting.done()
    waiting.cancel()


async def _receive_nothing() -> Any: ...


async def _send_nothing(_: object) -> None: ...
