"""A body with a content coding gets 415 before it is received."""

from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from entrypoints.http.json_response import JsonResponse
from entrypoints.http.middleware.content_coding import ContentCoding

LENGTH = (b"content-length", b"30")
CHUNKED = (b"transfer-encoding", b"chunked")


async def accept(scope: Scope, receive: Receive, send: Send) -> None:
    await JsonResponse("accepted")(scope, receive, send)


async def never() -> Message:
    """Wait for a body: with ``Expect`` the server would send ``100 Continue``."""
    raise AssertionError("the body should not be received")


async def send_request(
    method: str, *headers: tuple[bytes, bytes]
) -> tuple[int, Sequence[tuple[bytes, bytes]]]:
    """Return the status and the headers of the response."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "raw_path": b"/any", "headers": headers}
    await ContentCoding(accept)(scope, never, send)
    return sent[0]["status"], sent[0]["headers"]


@pytest.mark.parametrize(
    "lines",
    [
        [b"gzip"],
        [b"GZip"],
        [b"x-unknown"],
        [b"identity, br"],
        [b"deflate,identity"],
        [b"identity", b"\tzstd "],
        [b"gzip, gzip"],
        [b'"identity"'],
        [b"identity;q=1"],
        [b"\xff"],
        [b"," * 60_000 + b"gzip"],
    ],
)
@pytest.mark.parametrize("body", [LENGTH, CHUNKED])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_a_coding_gets_415_that_names_identity(
    method: str, body: tuple[bytes, bytes], lines: list[bytes]
) -> None:
    codings = [(b"content-encoding", line) for line in lines]

    status, headers = await send_request(method, body, *codings)

    assert 415 == status
    assert (b"accept-encoding", b"identity") in headers
    assert (b"content-type", b"application/problem+json") in headers


@pytest.mark.parametrize("coding", [b"identity", b"Identity", b" ,identity,identity", b"", b" ,"])
async def test_a_body_without_a_coding_is_accepted(coding: bytes) -> None:
    assert 200 == (await send_request("POST", LENGTH, (b"content-encoding", coding)))[0]


@pytest.mark.parametrize("length", [[], [(b"content-length", b"0")], [(b"content-length", b"00")]])
async def test_a_coding_without_a_body_is_ignored(length: list[tuple[bytes, bytes]]) -> None:
    assert 200 == (await send_request("POST", *length, (b"content-encoding", b"gzip")))[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_a_coding_is_ignored_where_the_body_is(method: str) -> None:
    assert 200 == (await send_request(method, LENGTH, (b"content-encoding", b"gzip")))[0]
