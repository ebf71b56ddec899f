"""The timeout of a request beside cancellations and timeouts of its application and its caller."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.json_response import JsonResponse
from entrypoints.http.middleware.observation import ObservationMiddleware
from entrypoints.http.middleware.request_timeout import RequestTimeout
from tests.unit.http.middleware.request_timeout.requests import (
    LATE,
    TIMEOUT,
    advance,
    request,
    settle,
    start_request,
)

SHORT = TIMEOUT / 2
"""A timeout in seconds that expires before that of the request."""


async def wait_for_ever(*_: object) -> None:
    await asyncio.Event().wait()


def wait_at_most(seconds: float) -> ASGIApp:
    async def app(*_: object) -> None:
        async with asyncio.timeout(seconds):
            await wait_for_ever()

    return app


async def suppress_the_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await wait_for_ever()
    except asyncio.CancelledError:
        await JsonResponse("all the same")(scope, receive, send)


async def test_a_shorter_timeout_in_the_application_expires() -> None:
    waiting = await start_request(RequestTimeout(wait_at_most(SHORT), TIMEOUT))
    await advance(SHORT + 1)

    with pytest.raises(TimeoutError):
        await waiting


@pytest.mark.parametrize("seconds", [TIMEOUT, 2 * TIMEOUT])
async def test_a_timeout_in_the_application_that_is_not_shorter_changes_nothing(
    seconds: float,
) -> None:
    waiting = await start_request(RequestTimeout(wait_at_most(seconds), TIMEOUT))
    await advance(LATE)

    assert 503 == (await waiting).status_code
    assert 0 == waiting.cancelling()


@pytest.mark.parametrize("seconds", [SHORT, TIMEOUT])
async def test_a_timeout_around_the_request_that_is_not_longer_expires(seconds: float) -> None:
    async def request_at_most() -> None:
        async with asyncio.timeout(seconds):
            await request(RequestTimeout(wait_for_ever, TIMEOUT))

    waiting = asyncio.create_task(request_at_most())
    await advance(0)
    await advance(LATE)

    with pytest.raises(TimeoutError):
        await waiting


async def test_a_cancellation_by_the_caller_is_raised() -> None:
    waiting = await start_request(RequestTimeout(wait_for_ever, TIMEOUT))
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_an_application_that_suppresses_the_cancellation_sends_its_response() -> None:
    waiting = await start_request(RequestTimeout(suppress_the_cancellation, TIMEOUT))
    await advance(LATE)
    response = await waiting

    assert "all the same" == response.json()
    assert 0 == waiting.cancelling()


@pytest.mark.parametrize("observe", [ObservationMiddleware, lambda app: app])
async def test_an_application_that_sends_its_response_and_is_still_cancelled_has_the_only_one(
    observe: Callable[[ASGIApp], ASGIApp],
) -> None:
    async def respond_as_it_ends(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await wait_for_ever()
        finally:
            await JsonResponse("ended")(scope, receive, send)

    waiting = await start_request(observe(RequestTimeout(respond_as_it_ends, TIMEOUT)))
    await advance(LATE)

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert 0 == waiting.cancelling()


async def test_an_error_of_the_application_as_it_is_cancelled_is_raised() -> None:
    async def fail_to_clean_up(*_: object) -> None:
        try:
            await wait_for_ever()
        except asyncio.CancelledError:
            raise ValueError("a bug") from None

    waiting = await start_request(RequestTimeout(fail_to_clean_up, TIMEOUT))
    await advance(LATE)

    with pytest.raises(ValueError, match="a bug"):
        await waiting
    assert 0 == waiting.cancelling()


async def test_a_request_has_its_deadline_after_the_application_has_called_itself() -> None:
    async def call_itself(scope: Scope, receive: Receive, send: Send) -> None:
        if "is_inner" in scope:
            await JsonResponse("inner")(scope, receive, send)
        else:
            await app({**scope, "is_inner": True}, receive, discard)
            await wait_for_ever()

    async def discard(_: Message) -> None: ...

    app = RequestTimeout(call_itself, TIMEOUT)
    waiting = await start_request(app)
    await advance(LATE)

    assert 503 == (await waiting).status_code


async def test_a_request_is_timed_after_a_late_one_of_the_same_task() -> None:
    async def request_twice() -> list[int]:
        return [(await request(app)).status_code for _ in range(2)]

    app = RequestTimeout(wait_for_ever, TIMEOUT)
    waiting = asyncio.create_task(request_twice())
    for _ in range(2):
        await settle()
        await advance(LATE)

    assert [503, 503] == await waiting
