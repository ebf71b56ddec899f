"""A body may have a maximum size, whether its length is known or not."""

from collections.abc import Sequence

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from entrypoints.http.json_response import JsonResponse
from entrypoints.http.middleware.body_limit import BodyLimit

MAX = 64


async def accept(scope: Scope, receive: Receive, send: Send) -> None:
    await JsonResponse("accepted")(scope, receive, send)


@pytest.mark.parametrize(
    ("length", "status"),
    [
        ("0", 200),
        ("63", 200),
        ("64", 200),
        ("65", 413),
        ("100", 413),
        ("0" * 4301, 200),
        ("0" * 4301 + "64", 200),
        ("0" * 4301 + "65", 413),
        ("9" * 4301, 413),
    ],
)
async def test_a_length_is_compared_however_long_it_is_written(length: str, status: int) -> None:
    transport = httpx2.ASGITransport(BodyLimit(accept, MAX))
    async with httpx2.AsyncClient(transport=transport, base_url="http://any") as client:
        response = await client.get("/", headers={"Content-Length": length})

    assert status == response.status_code


@pytest.mark.parametrize(
    ("sizes", "status"),
    [([0], 200), ([MAX], 200), ([MAX // 2, MAX // 2], 200), ([MAX + 1], 413), ([MAX, 1], 413)],
)
async def test_the_parts_of_a_chunked_body_are_added_up(sizes: Sequence[int], status: int) -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"x" * size, "more_body": True} for size in sizes
    ]
    statuses, received = await call_with([*parts, {"type": "http.request", "body": b""}])

    assert [status] == statuses
    assert received == (b"x" * sum(sizes) if status == 200 else None)


async def test_a_chunked_body_that_is_cut_off_does_not_reach_the_application() -> None:
    part: Message = {"type": "http.request", "body": b"x", "more_body": True}

    assert ([400], None) == await call_with([part, {"type": "http.disconnect"}])


async def call_with(messages: Sequence[Message]) -> tuple[list[int], bytes | None]:
    """Return the statuses of the responses, and the body that the application has received."""
    waiting = list(messages)
    statuses: list[int] = []
    received: bytes | None = None

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal received
        received = (await receive())["body"]
        await accept(scope, receive, send)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "path": "/", "raw_path": b"/", "headers": headers}
    await BodyLimit(application, MAX)(scope, receive, send)
    return statuses, received
