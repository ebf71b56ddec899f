"""``HTTPException`` of a user's route works as in FastAPI, or is a problem if one is preferred."""

from typing import Any

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient
from starlette.responses import Response

from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase

PROBLEM = "application/problem+json"


def raised(error: HTTPException, accept: str = "*/*") -> Any:
    """Return the response of a route that raises the exception."""
    app = build_app(FakeDatabase())

    @app.get("/raising")
    async def raising() -> Response:
        raise error

    return TestClient(app).get("/raising", headers={"accept": accept})


@pytest.mark.parametrize("accept", ["*/*", PROBLEM])
@pytest.mark.parametrize("status", [400, 401, 404, 418, 503])
def test_its_headers_are_sent(status: int, accept: str) -> None:
    error = HTTPException(status, "x", headers={"X-Mine": "yes", "Retry-After": "7"})

    response = raised(error, accept)

    assert (status, "yes") == (response.status_code, response.headers["x-mine"])
    assert "7" == response.headers["retry-after"]


@pytest.mark.parametrize("accept", ["*/*", PROBLEM])
def test_a_503_always_says_when_to_retry(accept: str) -> None:
    response = raised(HTTPException(503), accept)

    assert (503, "1") == (response.status_code, response.headers["retry-after"])


def test_its_detail_may_be_any_json() -> None:
    error = HTTPException(409, {"reason": "full"})

    assert {"detail": {"reason": "full"}} == raised(error).json()
    assert '{"reason":"full"}' == raised(error, PROBLEM).json()["detail"]


def test_its_status_may_be_an_unregistered_one() -> None:
    response = raised(HTTPException(499, "gone"), PROBLEM)

    assert 499 == response.status_code
    assert ("", "gone") == (response.json()["title"], response.json()["detail"])


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(status: int) -> None:
    response = raised(HTTPException(status, headers={"ETag": '"1"'}))

    assert (status, b"", '"1"') == (
        response.status_code,
        response.content,
        response.headers["etag"],
    )
