"""Dependencies are entered and exited at the same moments as by FastAPI, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Annotated, Any

import anyio
import anyio.lowlevel
import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Message

from entrypoints.http.compiled import dependencies
from tests.unit.http.compiled import exchanges
from tests.unit.http.compiled.exchanges import Answer
from tests.unit.http.compiled.sides import is_compiled, make_app

pytestmark = pytest.mark.canary

NUMBER: ContextVar[int] = ContextVar("NUMBER", default=0)
GET = exchanges.Request("GET", b"/")

Endpoint = Callable[[list[str]], Awaitable[Response]]


class Hidden(Exception):
    """An error that a dependency hides."""


async def events(request: Request) -> list[str]:
    found: list[str] = request.scope["state"]["events"]
    return found


Events = Annotated[list[str], Depends(events)]


async def outer(happened: Events) -> AsyncIterator[int]:
    happened.append("outer entered")
    NUMBER.set(NUMBER.get() + 1)
    try:
        yield 1
    except BaseException as error:
        happened.append(f"outer got {type(error).__name__}")
        raise
    finally:
        for _ in range(3):
            await asyncio.sleep(0)
        happened.append(f"outer exited, {NUMBER.get()}")
        NUMBER.set(NUMBER.get() + 100)


async def inner(happened: Events, _: Annotated[int, Depends(outer, scope="function")]) -> Any:
    happened.append("inner entered")
    try:
        yield 2
    except Hidden:
        happened.append("inner hides an error")
    except HTTPException as error:
        await anyio.lowlevel.checkpoint()
        raise HTTPException(error.status_code + 1, "other") from error
    finally:
        await anyio.lowlevel.checkpoint()
        happened.append("inner exited")


async def scoped(happened: Events) -> AsyncIterator[anyio.CancelScope]:
    """A dependency with a scope of anyio, and with a task, both of its own."""
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(asyncio.sleep, 0)
            yield scope
            await anyio.lowlevel.checkpoint()
            happened.append("task group left")
        happened.append("scope left")


async def failing_exit(happened: Events) -> AsyncIterator[None]:
    yield
    happened.append("fails")
    raise HTTPException(409, "at exit")


async def failing_entry(happened: Events) -> AsyncIterator[None]:
    happened.append("fails")
    raise HTTPException(503, "at entry")
    yield


async def yielding_twice(happened: Events) -> AsyncIterator[None]:
    yield
    happened.append("once")
    yield


Inner = Annotated[int, Depends(inner, scope="function")]
Scoped = Annotated[anyio.CancelScope, Depends(scoped, scope="function")]


async def succeeds(happened: Events, one: Inner) -> Response:
    happened.append(f"called, {NUMBER.get()}")
    NUMBER.set(NUMBER.get() + 10)
    return Response(str(one))


async def refuses(_: Inner) -> Response:
    raise HTTPException(418, "no")


async def breaks(_: Inner) -> Response:
    raise ValueError("broken")


async def hides(_: Inner) -> Response:
    raise Hidden


async def refused(_: Inner, number: int) -> Response:
    return Response(str(number))


async def streams(happened: Events, _: Inner) -> Response:
    async def content() -> AsyncIterator[bytes]:
        happened.append("streamed")
        yield b"1"

    return StreamingResponse(content())


async def waits(happened: Events, _: Inner) -> Response:
    happened.append("waits")
    await asyncio.Event().wait()
    raise AssertionError


async def waits_scoped(happened: Events, _: Inner, __: Scoped) -> Response:
    happened.append("waits")
    await asyncio.Event().wait()
    raise AssertionError


async def cancels_its_scope(scope: Scoped, _: Inner) -> Response:
    scope.cancel()
    await anyio.sleep(1)
    raise AssertionError


async def enters_scoped(happened: Events, _: Inner, __: Scoped) -> Response:
    happened.append("called")
    return Response("scoped")


async def exits_failing(
    _: Inner, __: Annotated[None, Depends(failing_exit, scope="function")]
) -> Response:
    return Response("x")


async def enters_failing(
    _: Inner, __: Annotated[None, Depends(failing_entry, scope="function")]
) -> Response:
    return Response("x")


async def yields_twice(
    _: Inner, __: Annotated[None, Depends(yielding_twice, scope="function")]
) -> Response:
    return Response("x")


async def reads_body(happened: Events, _: Inner, request: Request) -> Response:
    happened.append("reads")
    return Response(await request.body())


ENDPOINTS: list[Any] = [
    succeeds,
    refuses,
    breaks,
    hides,
    refused,
    streams,
    cancels_its_scope,
    enters_scoped,
    exits_failing,
    enters_failing,
    yields_twice,
    reads_body,
]

Around = Callable[[list[str]], Any]


@asynccontextmanager
async def nothing(_: list[str]) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def anyio_scope(happened: list[str]) -> AsyncIterator[None]:
    """Be in a scope of anyio that is not cancelled, as behind ``@app.middleware``."""
    async with anyio.create_task_group():
        yield
    happened.append("group left")


@asynccontextmanager
async def anyio_timeout(happened: list[str]) -> AsyncIterator[None]:
    """Cancel the request by a scope of anyio, again and again until it has ended."""
    with anyio.move_on_after(0.01):
        yield
    happened.append("timed out")


@asynccontextmanager
async def timeout(happened: list[str]) -> AsyncIterator[None]:
    """Cancel the request once, by asyncio."""
    try:
        async with asyncio.timeout(0.01):
            yield
    except TimeoutError:
        happened.append("timed out")


def add(app: FastAPI, endpoint: Any) -> None:
    app.get("/")(endpoint)


async def run(
    endpoint: Any, around: Around, request: exchanges.Request, *, compiled: bool
) -> tuple[Answer, int]:
    """Return the answer to the request, and what the dependencies have left in the context."""
    app = make_app(lambda app: add(app, endpoint), compiled=compiled)
    assert [compiled] == [is_compiled(route) for route in app.routes[-1:]]  # type: ignore[arg-type]
    NUMBER.set(0)
    answer = Answer()
    messages = request.messages()

    async def receive() -> Message:
        return next(messages)

    scope = {**request.scope, "state": {"events": answer.events}}
    try:
        async with around(answer.events):
            await app(scope, receive, answer.send)
    except Exception as error:  # noqa: BLE001 - the server's part
        answer.error = repr(error)
    return answer, NUMBER.get()


async def run_both(endpoint: Any, around: Around, request: exchanges.Request = GET) -> Answer:
    """Send the request to the endpoint, compiled and by FastAPI, with the same result."""
    compiled, left = await run(endpoint, around, request, compiled=True)
    others, left_by_others = await run(endpoint, around, request, compiled=False)
    assert others == compiled
    assert left_by_others == left
    return compiled


@pytest.mark.parametrize("around", [nothing, anyio_scope])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_exits_are_those_of_fastapi(endpoint: Any, around: Around) -> None:
    answer = await run_both(endpoint, around)

    assert "inner entered" in answer.events


@pytest.mark.parametrize("around", [timeout, anyio_timeout])
@pytest.mark.parametrize("endpoint", [waits, waits_scoped])
async def test_after_a_cancellation_exits_are_those_of_fastapi(
    endpoint: Any, around: Around
) -> None:
    answer = await run_both(endpoint, around)

    assert "outer exited, 1" in answer.events
    assert "timed out" == answer.events[-1]


async def test_dependencies_are_exited_before_the_response_is_sent() -> None:
    answer = await run_both(succeeds, nothing)

    assert [
        "outer entered",
        "inner entered",
        "called, 1",
        "inner exited",
        "outer exited, 11",
        "http.response.start",
        "http.response.body",
    ] == answer.events


async def test_an_exit_that_a_scope_of_anyio_cancels_is_completed() -> None:
    answer = await run_both(waits, anyio_timeout)

    assert ["inner exited", "outer exited, 1", "timed out"] == [
        each for each in answer.events if "got" not in each
    ][-3:]


async def test_a_client_that_leaves_is_noticed_at_the_same_moment() -> None:
    leaving = exchanges.Request("GET", b"/", (), [b"1", b"2"], leaves=True)
    answer = await run_both(reads_body, nothing, leaving)

    assert "reads" in answer.events
    assert "ClientDisconnect" in answer.error


async def test_a_request_whose_task_is_cancelled_exits_its_dependencies() -> None:
    happened: list[str] = []
    waiting = asyncio.Event()

    async def waits_long(_: Inner) -> Response:
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    app = make_app(lambda app: add(app, waits_long), compiled=True)
    scope = {**GET.scope, "state": {"events": happened}}
    task = asyncio.create_task(app(scope, None, None))  # type: ignore[arg-type]
    await waiting.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert "outer exited, 1" == happened[-1]


@pytest.mark.parametrize("is_in_scope", [True, False])
async def test_a_shielded_exit_is_like_another_one_if_nothing_cancels(
    monkeypatch: pytest.MonkeyPatch, *, is_in_scope: bool
) -> None:
    monkeypatch.setattr(dependencies, "may_be_in_scope", lambda: is_in_scope)

    for endpoint in ENDPOINTS:
        await run_both(endpoint, nothing)
