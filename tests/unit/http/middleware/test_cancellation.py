"""Requests that are cancelled by a shutdown get a 503, which says whether the outcome is known."""

import asyncio
from typing import Any

import httpx2
import pytest

from entrypoints.http.middleware.cancellation import CancellationMiddleware

LATER = "Try again later."
OUTCOME_UNKNOWN = "The outcome is unknown: check before you retry."


async def cancelled(*_: Any) -> None:
    """An application whose requests are cancelled."""
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
async def test_a_cancelled_request_returns_503_and_says_whether_to_check_the_outcome(
    method: str, advice: str
) -> None:
    transport = httpx2.ASGITransport(CancellationMiddleware(cancelled))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        response = await client.request(method, "/heroes/1")

    assert 503 == response.status_code
    assert "1" == response.headers["Retry-After"]
    assert f"The server is stopping. {advice}" == response.json()["detail"]
