"""Each request is reported once, with its response, and its log lines have its id."""

import asyncio
import re
from collections.abc import Sequence

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.principal import Principal
from entrypoints.api.app import build_app
from entrypoints.exchanges import Exchange
from entrypoints.http.middleware.cancellation import CancellationMiddleware
from entrypoints.http.middleware.observation import IS_REPORTED, RECEIVED_AT, ObservationMiddleware
from entrypoints.request_ids import REQUEST_ID, current_request_id
from service_layer.authentication import Authenticator
from tests.fakes.database import FakeDatabase

READER = Principal("key:7", frozenset({"heroes:read"}))


class OneKey(Authenticator):
    """Accepts the credential ``valid``."""

    async def authenticate(self, credential: str) -> Principal | None:
        return READER if credential == "valid" else None


async def observe(
    app: ASGIApp, method: str, path: str, scope: Scope | None = None, **headers: str
) -> list[Exchange]:
    """Send one request. Return what is reported."""
    seen: list[Exchange] = []
    observed = ObservationMiddleware(app, [seen.append])

    async def with_scope(given: Scope, receive: Receive, send: Send) -> None:
        await observed({**given, **(scope or {})}, receive, send)

    transport = httpx2.ASGITransport(with_scope, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        await client.request(method, path, headers=headers)
    await asyncio.sleep(0)  # it is reported in the next iteration of the event loop
    return seen


@pytest.fixture
def app() -> FastAPI:
    return build_app(FakeDatabase())


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/heroes/?limit=1", "/heroes/", 200),
        ("GET", "/heroes/1?x=secret", "/heroes/{hero_id}", 404),
        ("HEAD", "/heroes/1", "/heroes/{hero_id}", 404),
        ("GET", "/heroes/%31", "/heroes/{hero_id}", 404),
        ("GET", "/heroes/a%2Fb", "/heroes/{hero_id}", 422),
        ("PUT", "/heroes/", "/heroes/", 405),
        ("GET", "/nowhere%20", None, 404),
    ],
)
async def test_a_request_is_reported_with_its_route_and_its_path_without_the_query(
    app: FastAPI, method: str, path: str, route: str | None, status: int
) -> None:
    (seen,) = await observe(app, method, path)

    assert (method, path.partition("?")[0], route, status) == (
        seen.method,
        seen.path,
        seen.route,
        seen.status,
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_request_is_reported_with_its_principal(method: str) -> None:
    app = build_app(FakeDatabase(), authenticator=OneKey())

    (seen,) = await observe(app, method, "/heroes/%31", authorization="Bearer valid")
    (refused,) = await observe(app, method, "/heroes/%31", authorization="Bearer other")

    assert (404, "key:7") == (seen.status, seen.principal)
    assert (401, None) == (refused.status, refused.principal)


async def test_the_bytes_of_the_body_are_counted(app: FastAPI) -> None:
    (seen,) = await observe(app, "GET", "/heroes/")
    (without,) = await observe(app, "HEAD", "/heroes/")

    assert (len(b"[]"), 0) == (seen.body_size, without.body_size)


async def test_the_time_counts_from_the_arrival_of_the_head(app: FastAPI) -> None:
    (seen,) = await observe(app, "GET", "/heroes/", {RECEIVED_AT: 0.000001, REQUEST_ID: "mine"})

    assert seen.seconds > 0
    assert "mine" == seen.request_id


async def test_a_request_without_a_response_is_reported_as_what_the_server_sends() -> None:
    async def fail(_: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    (seen,) = await observe(fail, "GET", "/")

    assert (500, None) == (seen.status, seen.route)


async def test_a_cancelled_request_is_reported_with_its_503() -> None:
    async def cancel(_: Scope, _receive: Receive, _send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    (seen,) = await observe(CancellationMiddleware(cancel), "GET", "/")

    assert 503 == seen.status


async def test_a_request_that_the_server_has_reported_is_not_reported_again(app: FastAPI) -> None:
    assert [] == await observe(app, "GET", "/heroes/", {IS_REPORTED: True})


@pytest.mark.parametrize("observers", [(), [lambda _: None]])
async def test_log_lines_of_a_request_have_its_id(observers: Sequence[None]) -> None:
    found = []

    async def note(_: Scope, _receive: Receive, send: Send) -> None:
        found.append(await asyncio.create_task(later()))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def later() -> str | None:
        return current_request_id.get()

    scope = {REQUEST_ID: "mine"}
    app = ObservationMiddleware(note, observers)  # type: ignore[arg-type]
    assert ["mine"] == [each.request_id for each in await observe(app, "GET", "/", scope)]
    assert ["mine"] == found


async def test_a_response_has_a_server_timing_if_it_is_enabled(app: FastAPI) -> None:
    for has_timing in (True, False):
        timed = ObservationMiddleware(app, has_timing=has_timing)
        transport = httpx2.ASGITransport(timed)
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            timing = (await client.get("/heroes/")).headers.get("server-timing")

        found = re.fullmatch(r"queue;dur=0\.00, app;dur=(\d+\.\d\d)", timing or "")
        assert has_timing == (found is not None and float(found[1]) > 0)
