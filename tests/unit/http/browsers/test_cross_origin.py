"""Pages of the listed origins may call the service; pages of other origins may not."""

import pickle
from collections.abc import Mapping
from json import dumps

import httpx2
import pytest
from fastapi import FastAPI

from entrypoints.api.app import Limits, build_app
from entrypoints.api.health.endpoints import health_endpoints
from entrypoints.api.health.readiness import Readiness
from entrypoints.bootstrap import make_app
from entrypoints.http.browsers.cross_origin import (
    EVERY,
    RESPONSE_HEADERS,
    CrossOriginPolicy,
    share_with_origins,
)
from entrypoints.quotas import Quota
from entrypoints.settings import Settings
from tests.fakes.authenticator import FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE

pytestmark = pytest.mark.canary

ORIGIN = "https://app.example"
OTHERS = [
    "https://evil.example",
    "http://app.example",
    "https://app.example:8443",
    "https://app.example.evil.example",
    "https://xapp.example",
    "https://APP.example",
    "null",
    "*",
    "",
]
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

ALLOW_ORIGIN = "access-control-allow-origin"
ALLOW_CREDENTIALS = "access-control-allow-credentials"
ALLOW_PRIVATE_NETWORK = "access-control-allow-private-network"
EXPOSE = "access-control-expose-headers"

EXPOSED = {
    "ETag",
    "Link",
    "Location",
    "X-Total-Count",
    "Preference-Applied",
    "Idempotency-Replayed",
    "Retry-After",
}
"""What the contract names."""


def share(app: FastAPI, *origins: str) -> FastAPI:
    share_with_origins(app, CrossOriginPolicy(origins or (ORIGIN, "https://two.example")))
    return app


@pytest.fixture
def app() -> FastAPI:
    return share(build_app(FakeDatabase()))


def client_of(app: FastAPI, origin: str | None = ORIGIN) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    headers = {} if origin is None else {"Origin": origin}
    return httpx2.AsyncClient(transport=transport, base_url="http://service", headers=headers)


async def preflight(
    app: FastAPI, path: str, method: str, *headers: str, origin: str = ORIGIN
) -> httpx2.Response:
    asked = {"Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = ",".join(headers)
    async with client_of(app, origin) as client:
        return await client.options(path, headers=asked)


def cors_headers(response: httpx2.Response) -> Mapping[str, str]:
    return {
        name: value for name, value in response.headers.items() if name.startswith("access-control")
    }


def assert_readable(response: httpx2.Response) -> None:
    """Check that a browser lets a page of ``ORIGIN`` read the response and its headers."""
    assert [ORIGIN] == response.headers.get_list(ALLOW_ORIGIN)
    assert ["true"] == response.headers.get_list(ALLOW_CREDENTIALS)
    assert set(RESPONSE_HEADERS) == set(response.headers[EXPOSE].split(", "))
    assert "Origin" in response.headers.get_list("vary")


def test_the_headers_of_the_contract_are_exposed() -> None:
    assert set(RESPONSE_HEADERS) >= EXPOSED


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/heroes/", 200),
        ("HEAD", "/heroes/", 200),
        ("OPTIONS", "/heroes/", 204),
        ("GET", "/heroes", 307),
        ("GET", "/heroes/1", 404),
        ("GET", NOWHERE, 404),
        ("PUT", "/heroes/", 405),
        ("POST", "/heroes/", 422),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
    ],
)
async def test_a_page_reads_every_response(
    app: FastAPI, method: str, path: str, status: int
) -> None:
    async with client_of(app) as client:
        response = await client.request(method, path)

    assert status == response.status_code
    assert_readable(response)


async def test_a_page_reads_that_nothing_has_changed(app: FastAPI) -> None:
    async with client_of(app) as client:
        created = await client.post("/heroes/", json=HERO)
        response = await client.get("/heroes/1", headers={"If-None-Match": created.headers["etag"]})

    assert 304 == response.status_code
    assert_readable(response)


async def test_a_page_reads_refusals_of_the_middleware() -> None:
    limits = Limits(rate=Quota(1, 60), is_read_only=True)
    limited = share(build_app(FakeDatabase(), limits=limits))
    async with client_of(limited) as client:
        responses = [await client.post("/heroes/", json=HERO) for _ in range(2)]
    async with client_of(share(build_app(FakeDatabase()))) as client:
        responses += [await client.post("/heroes/", content=b" " * 100_000)]
        coded = {"Content-Encoding": "gzip"}
        responses += [await client.post("/heroes/", content=b"x", headers=coded)]

    assert [503, 429, 413, 415] == [response.status_code for response in responses]
    for response in responses:
        assert_readable(response)


async def test_a_page_reads_that_it_needs_a_credential() -> None:
    app = share(build_app(FakeDatabase(), authenticator=FakeAuthenticator()))
    async with client_of(app) as client:
        responses = [
            await client.get("/heroes/", headers=headers)
            for headers in ({}, bearing("unknown"), bearing("writer"))
        ]

    assert [401, 401, 403] == [response.status_code for response in responses]
    for response in responses:
        assert_readable(response)


async def test_a_page_reads_that_the_service_has_a_bug(app: FastAPI) -> None:
    @app.get("/failing")
    async def failing() -> None:
        raise RuntimeError("a bug")

    async with client_of(app) as client:
        response = await client.get("/failing")

    assert 500 == response.status_code
    assert_readable(response)


async def test_a_page_reads_health_checks() -> None:
    database = FakeDatabase()
    app = share(build_app(database, endpoints=health_endpoints(Readiness(database))))
    async with client_of(app) as client:
        response = await client.get("/livez")

    assert 200 == response.status_code
    assert_readable(response)


async def test_the_other_vary_remains(app: FastAPI) -> None:
    async with client_of(app) as client:
        response = await client.get(NOWHERE)

    assert ["Accept", "Origin"] == response.headers.get_list("vary")


@pytest.mark.parametrize("origin", OTHERS)
async def test_a_page_of_another_origin_reads_nothing(app: FastAPI, origin: str) -> None:
    async with client_of(app, origin) as client:
        response = await client.get("/heroes/")

    assert {} == cors_headers(response)
    assert ["Prefer", "Origin"] == response.headers.get_list("vary")


async def test_a_cache_keeps_responses_to_other_clients_apart(app: FastAPI) -> None:
    async with client_of(app, None) as client:
        response = await client.get("/heroes/")

    assert {} == cors_headers(response)
    assert ["Prefer", "Origin"] == response.headers.get_list("vary")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("authorization", "content-type", "if-match"),
        ("idempotency-key", "if-none-match", "prefer", "x-request-id"),
        ("traceparent", " tracestate"),
    ],
)
async def test_a_page_may_send_what_the_service_understands(
    app: FastAPI, method: str, headers: tuple[str, ...]
) -> None:
    response = await preflight(app, "/heroes/1", method, *headers)

    allowed = response.headers["access-control-allow-headers"].lower().split(", ")
    assert 200 == response.status_code
    assert ORIGIN == response.headers[ALLOW_ORIGIN]
    assert "true" == response.headers[ALLOW_CREDENTIALS]
    assert method in response.headers["access-control-allow-methods"].split(", ")
    assert {header.strip() for header in headers} <= set(allowed)
    assert "600" == response.headers["access-control-max-age"]
    assert "Origin" in response.headers["vary"].split(", ")
    assert "nosniff" == response.headers["x-content-type-options"]


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-forwarded-prefix", "cookie"])
async def test_a_page_may_send_no_other_header(app: FastAPI, header: str) -> None:
    response = await preflight(app, "/heroes/", "GET", header)

    assert 400 == response.status_code
    assert header not in response.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("origin", OTHERS)
async def test_a_page_of_another_origin_may_send_nothing(app: FastAPI, origin: str) -> None:
    response = await preflight(app, "/heroes/", "POST", "content-type", origin=origin)

    assert 400 == response.status_code
    assert ALLOW_ORIGIN not in response.headers
    assert "nosniff" == response.headers["x-content-type-options"]


async def ask_for_private_network(*origins: str) -> httpx2.Response:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
    }
    async with client_of(share(build_app(FakeDatabase()), *origins)) as client:
        return await client.options("/heroes/", headers=asked)


async def test_a_public_page_of_a_listed_origin_may_call_a_service_in_a_private_network() -> None:
    response = await ask_for_private_network(ORIGIN)

    assert (200, "true") == (response.status_code, response.headers[ALLOW_PRIVATE_NETWORK])
    assert "Access-Control-Request-Private-Network" in response.headers["vary"].split(", ")


async def test_with_an_asterisk_a_public_page_may_not() -> None:
    response = await ask_for_private_network(EVERY)

    assert 400 == response.status_code
    assert ALLOW_PRIVATE_NETWORK not in response.headers


async def test_a_preflight_needs_no_credential_and_is_not_limited() -> None:
    limits = Limits(rate=Quota(1, 60), is_read_only=True)
    database = FakeDatabase()
    app = share(build_app(database, authenticator=FakeAuthenticator(), limits=limits))

    responses = [
        await preflight(app, path, "DELETE", "authorization")
        for path in ("/heroes/1", "/heroes/1", NOWHERE, "/docs", "/livez")
    ]

    assert [200] * 5 == [response.status_code for response in responses]


@pytest.mark.parametrize(
    "type_", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_what_a_page_sends_without_a_preflight_changes_nothing(
    app: FastAPI, type_: str | None
) -> None:
    headers = {} if type_ is None else {"Content-Type": type_}
    async with client_of(app, "https://evil.example") as client:
        refused = await client.post("/heroes/", content=dumps(HERO), headers=headers)
        heroes = await client.get("/heroes/")

    assert (422, []) == (refused.status_code, heroes.json())


async def test_options_of_a_page_that_is_no_preflight_lists_the_methods(app: FastAPI) -> None:
    async with client_of(app) as client:
        response = await client.options("/heroes/1")

    assert (204, "GET, PATCH, DELETE, HEAD, OPTIONS") == (
        response.status_code,
        response.headers["allow"],
    )


@pytest.mark.parametrize("origin", [*OTHERS, ORIGIN, None])
async def test_with_an_asterisk_every_page_reads_without_credentials_of_the_browser(
    origin: str | None,
) -> None:
    app = share(build_app(FakeDatabase()), EVERY)
    async with client_of(app, origin) as client:
        response = await client.get("/heroes/")

    assert {ALLOW_ORIGIN: "*", EXPOSE: ", ".join(RESPONSE_HEADERS)} == cors_headers(response)
    assert ["Prefer"] == response.headers.get_list("vary")


async def test_with_an_asterisk_every_page_may_send_a_token() -> None:
    app = share(build_app(FakeDatabase()), EVERY)

    response = await preflight(app, "/heroes/", "POST", "authorization", origin="null")

    assert (200, "*") == (response.status_code, response.headers[ALLOW_ORIGIN])
    assert ALLOW_CREDENTIALS not in response.headers


async def test_other_asgi_servers_get_an_application_with_the_origins_of_the_settings() -> None:
    settings = Settings(database_url="sqlite:///unused.db", cors_origins=(ORIGIN,), docs=False)
    app = make_app(settings=settings)
    async with client_of(app) as client:
        response = await client.get("/docs")

    assert 404 == response.status_code
    assert_readable(response)


def test_a_policy_can_be_sent_to_a_worker() -> None:
    policy = CrossOriginPolicy([ORIGIN])

    copy = pickle.loads(pickle.dumps(policy))  # noqa: S301 - it comes from this process

    assert policy.find_fields(ORIGIN.encode()) == copy.find_fields(ORIGIN.encode())


async def test_without_origins_no_response_has_the_headers() -> None:
    app = build_app(FakeDatabase())

    asked = await preflight(app, "/heroes/", "POST")
    async with client_of(app) as client:
        response = await client.get("/heroes/")

    assert {} == {**cors_headers(asked), **cors_headers(response)}
    assert ["Prefer"] == response.headers.get_list("vary")
