"""HEAD is handled as GET, and its response has no body."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from entrypoints.http.middleware.head import HeadMiddleware


async def respond(scope: Scope, _: Receive, send: Send) -> None:
    method = scope["method"].encode()
    headers = [(b"content-length", b"6")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": method, "more_body": True})
    await send({"type": "http.response.body", "body": b"..."})


@pytest.mark.parametrize(
    ("method", "bodies"),
    [("HEAD", [b"", b""]), ("GET", [b"GET", b"..."]), ("PUT", [b"PUT", b"..."])],
)
async def test_only_the_body_of_a_response_to_head_is_removed(
    method: str, bodies: list[bytes]
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await HeadMiddleware(respond)({"type": "http", "method": method}, receive, send)

    start, *parts = sent
    assert [(b"content-length", b"6")] == start["headers"]
    assert bodies == [part["body"] for part in parts]
    assert [True, False] == [part.get("more_body", False) for part in parts]
