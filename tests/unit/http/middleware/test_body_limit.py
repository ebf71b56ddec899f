"""A body's length may be written with any number of digits."""

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

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
