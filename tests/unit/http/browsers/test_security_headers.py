"""Every response of the application has the security headers once."""

from collections.abc import Sequence

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from entrypoints.api.app import Limits, build_app
from entrypoints.http.browsers.security_headers import SecurityHeaders
from entrypoints.quotas import Quota
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
POLICY = "content-security-policy"
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


@pytest.fixture
def app() -> FastAPI:
    return build_app(FakeDatabase())


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


def assert_protected(response: httpx2.Response) -> None:
    names = [name for name, _ in response.headers.multi_items()]
    assert dict.fromkeys(HEADERS, 1) == {name: names.count(name) for name in HEADERS}
    assert HEADERS == {name: response.headers[name] for name in HEADERS}


@pytest.mark.parametrize("accept", ["*/*", "application/problem+json"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/heroes/", 200),
        ("HEAD", "/heroes/", 200),
        ("OPTIONS", "/heroes/", 204),
        ("GET", "/heroes", 307),
        ("GET", "/openapi.json", 200),
        ("GET", "/heroes/1", 404),
        ("GET", NOWHERE, 404),
        ("DELETE", "/heroes/", 405),
        ("POST", "/docs", 405),
        ("GET", "/heroes/x", 422),
        ("POST", "/heroes/batch", 422),
    ],
)
async def test_a_response_has_each_header_once(
    app: FastAPI, method: str, path: str, status: int, accept: str
) -> None:
    async with client_of(app) as client:
        response = await client.request(method, path, headers={"Accept": accept})

    assert status == response.status_code
    assert_protected(response)


async def test_a_response_that_says_nothing_new_has_them(app: FastAPI) -> None:
    async with client_of(app) as client:
        created = await client.post("/heroes/", json=HERO)
        response = await client.get("/heroes/1", headers={"If-None-Match": created.headers["etag"]})

    assert 304 == response.status_code
    assert_protected(response)


async def test_refusals_of_the_middleware_have_them() -> None:
    limited = build_app(FakeDatabase(), limits=Limits(rate=Quota(1, 60), is_read_only=True))
    async with client_of(limited) as client:
        responses = [await client.post("/heroes/", content=b"x" * 100_000) for _ in range(2)]
    async with client_of(build_app(FakeDatabase())) as client:
        coded = {"Content-Encoding": "gzip"}
        responses += [await client.post("/heroes/", content=b"x", headers=coded)]
        responses += [await client.post("/heroes/", content=b"x" * 100_000)]

    assert [503, 429, 415, 413] == [response.status_code for response in responses]
    for response in responses:
        assert_protected(response)


async def test_the_response_to_a_bug_has_them(app: FastAPI) -> None:
    @app.get("/failing")
    async def failing() -> None:
        raise RuntimeError("a bug")

    async with client_of(app) as client:
        response = await client.get("/failing")

    assert 500 == response.status_code
    assert_protected(response)


async def test_a_policy_of_a_route_is_kept(app: FastAPI) -> None:
    @app.get("/page")
    async def page() -> Response:
        return HTMLResponse("<p>", headers={POLICY: "default-src 'self'"})

    async with client_of(app) as client:
        response = await client.get("/page")

    assert ["default-src 'self'"] == response.headers.get_list(POLICY)
    assert "nosniff" == response.headers["x-content-type-options"]


@pytest.mark.parametrize("headers", [{}, {"headers": []}, {"headers": ((b"x-mine", b"yes"),)}])
async def test_an_application_may_send_any_headers_or_none(
    headers: dict[str, Sequence[tuple[bytes, bytes]]],
) -> None:
    sent: list[Message] = []

    async def respond(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, **headers})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await SecurityHeaders(respond)({"type": "http"}, receive, send)

    given = list(headers.get("headers", ()))
    assert given == list(sent[0]["headers"])[: len(given)]
    assert 3 + len(given) == len(sent[0]["headers"])
