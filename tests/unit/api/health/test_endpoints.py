"""``/livez``, ``/readyz`` and ``/version`` beside the API, on the in-memory database."""

from collections.abc import Mapping
from importlib.metadata import version

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.api.app import Limits, build_app
from entrypoints.api.health.endpoints import health_endpoints
from entrypoints.api.health.readiness import Readiness
from entrypoints.http.browsers.security_headers import SECURITY_HEADERS
from entrypoints.http.middleware.fixed_paths import FixedPaths, not_found
from entrypoints.http.paths import HEALTH_PATHS
from entrypoints.quotas import Quota
from service_layer.errors import StoreUnavailable
from tests.fakes.authenticator import FakeAuthenticator
from tests.fakes.database import FakeDatabase

READY = {"process": "ok", "database": "ok", "schema": "ok"}


class Unreachable(FakeDatabase):
    async def schema_revision(self) -> str:
        raise StoreUnavailable("the database is not reachable (db1)")


def endpoints(database: FakeDatabase) -> Mapping[str, ASGIApp]:
    return health_endpoints(Readiness(database))


@pytest.fixture
def app() -> FastAPI:
    """An application in which no other request succeeds."""
    limits = Limits(rate=Quota(1, 86400), is_read_only=True)
    database = FakeDatabase()
    return build_app(
        database,
        authenticator=FakeAuthenticator(),
        limits=limits,
        endpoints=endpoints(database),
    )


def client_of(app: ASGIApp, root_path: str = "") -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, root_path=root_path)
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


async def test_the_process_is_live_and_ready_and_has_a_version(app: FastAPI) -> None:
    async with client_of(app) as client:
        responses = {path: await client.get(path) for path in HEALTH_PATHS}

    assert {
        "/livez": (200, {"status": "ok", "checks": {}}),
        "/readyz": (200, {"status": "ok", "checks": READY}),
        "/version": (200, {"version": version("heroes")}),
    } == {path: (response.status_code, response.json()) for path, response in responses.items()}


async def test_a_process_without_its_database_is_live_and_not_ready() -> None:
    async with client_of(FixedPaths(not_found, endpoints(Unreachable()))) as client:
        live, ready = await client.get("/livez"), await client.get("/readyz")

    assert (200, 503) == (live.status_code, ready.status_code)
    assert "unavailable" == ready.json()["status"]
    assert "the database is unavailable; the log says why" == ready.json()["checks"]["database"]
    assert "db1" not in ready.text


@pytest.mark.parametrize("path", sorted(HEALTH_PATHS))
async def test_every_client_may_request_them_however_often(app: FastAPI, path: str) -> None:
    async with client_of(app) as client:
        assert 429 in {(await client.get("/heroes/")).status_code for _ in range(2)}
        responses = [await client.get(path) for _ in range(20)]

    assert {200} == {response.status_code for response in responses}
    assert "ratelimit" not in responses[-1].headers


@pytest.mark.parametrize("path", sorted(HEALTH_PATHS))
async def test_they_are_not_cached_and_have_the_security_headers(app: FastAPI, path: str) -> None:
    async with client_of(app) as client:
        headers = (await client.get(path)).headers

    assert "no-store" == headers["cache-control"]
    assert dict(SECURITY_HEADERS) == {name: headers[name] for name in SECURITY_HEADERS}


@pytest.mark.parametrize("path", sorted(HEALTH_PATHS))
async def test_head_and_options_are_supported_and_other_methods_get_405(
    app: FastAPI, path: str
) -> None:
    async with client_of(app) as client:
        got, head = await client.get(path), await client.head(path)
        options, post = await client.options(path), await client.post(path, content=b"{")

    assert (200, b"", got.headers["content-length"]) == (
        head.status_code,
        head.content,
        head.headers["content-length"],
    )
    assert (204, b"", "GET, HEAD, OPTIONS") == (
        options.status_code,
        options.content,
        options.headers["allow"],
    )
    assert (405, "GET, HEAD, OPTIONS") == (post.status_code, post.headers["allow"])
    assert path == post.json()["instance"]


async def test_a_body_is_not_received(app: FastAPI) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body should not be received")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/livez", "headers": []}
    await app({**scope, "raw_path": b"/livez", "query_string": b""}, receive, send)

    assert 405 == sent[0]["status"]


@pytest.mark.parametrize("path", ["/livez/", "/livezz", "/x/livez", "/LIVEZ", "/livez%0A"])
async def test_other_paths_are_not_found(path: str) -> None:
    async with client_of(FixedPaths(not_found, endpoints(FakeDatabase()))) as client:
        response = await client.get(path)

    assert 404 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]


async def test_they_are_found_below_a_root_path(app: FastAPI) -> None:
    async with client_of(app, root_path="/api") as client:
        assert 200 == (await client.get("/api/readyz")).status_code


async def test_they_are_not_in_the_document(app: FastAPI) -> None:
    assert not HEALTH_PATHS & set(app.openapi()["paths"])


async def test_a_lifespan_is_passed_on() -> None:
    passed = []

    async def inner(scope: Scope, _: Receive, __: Send) -> None:
        passed.append(scope["type"])

    async def never() -> Message:
        raise AssertionError

    async def send(_: Message) -> None:
        raise AssertionError

    await FixedPaths(inner, {})({"type": "lifespan"}, never, send)

    assert ["lifespan"] == passed
