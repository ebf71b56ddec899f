"""Who is cut off as the server stops is told so, and whether it is known what was done."""

import asyncio
from typing import Any

import httpx2
import pytest

from entrypoints.http.middleware.cancellation import CancellationMiddleware

LATER = "Try again later."
OUTCOME_UNKNOWN = "The outcome is unknown: check before you retry."


async def cancelled(*_: Any) -> None:
    """Be a request that the server gives up."""
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("method", "advice"),
    [
        ("GET", LATER),
        ("OPTIONS", LATER),
        ("POST", OUTCOME_UNKNOWN),
        ("PATCH", OUTCOME_UNKNOWN),
        ("DELETE", OUTCOME_UNKNOWN),
    ],
)
async def test_it_is_told_whether_the_request_may_have_been_carried_out(
    method: str, advice: str
) -> None:
    transport = httpx2.ASGITransport(CancellationMiddleware(cancelled))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        response = await client.request(method, "/heroes/1")

    assert 503 == response.status_code
    assert "1" == response.headers["Retry-After"]
    assert f"The server is stopping. {advice}" == response.json()["detail"]
