"""The service under a prefix: what a client gets who does not know of the proxy before it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from starlette.responses import Response

from entrypoints.api.app import build_app
from entrypoints.api.health.endpoints import Endpoint
from entrypoints.http.json_response import JsonResponse
from tests import openapi_document
from tests.e2e.edge import responses
from tests.e2e.edge.responses import parse
from tests.e2e.raw_http import JSON, request
from tests.fakes.database import FakeDatabase
from tests.integration.server.connecting import connect
from tests.support.missing import NOWHERE

pytestmark = pytest.mark.canary

HERO = b'{"name":"Deadpond","secret_name":"Dive Wilson"}'

Send = Callable[[bytes], Awaitable[responses.Response]]


async def live() -> Response:
    return JsonResponse({"status": "ok"})


@pytest.fixture
async def send() -> AsyncIterator[Send]:
    """A function that sends a request to a service under ``/api``, and returns the response."""
    app = build_app(FakeDatabase(), endpoints={"/livez": Endpoint(live)})
    async with connect(app, root_path="/api") as connected:

        async def exchange(sent: bytes) -> responses.Response:
            connected.writer.write(sent)
            received = b""
            while not (found := next(parse(received), None)):
                received += await connected.reader.read(1 << 16)
            return found

        yield exchange


def post(path: bytes) -> bytes:
    length = b"Content-Length: %d" % len(HERO)
    return request(path, JSON, length, method=b"POST", body=HERO)


each_form = pytest.mark.parametrize("sent", [b"", b"/api"], ids=["removed", "still there"])


@each_form
async def test_locations_have_the_prefix(send: Send, sent: bytes) -> None:
    created = await send(post(sent + b"/heroes/"))
    redirect = await send(request(sent + b"/heroes?limit=1"))

    assert (200, "/api/heroes/1") == (created.status, created.headers["location"])
    assert (307, "/api/heroes/?limit=1") == (redirect.status, redirect.headers["location"])


@each_form
async def test_a_link_holds_under_any_prefix(send: Send, sent: bytes) -> None:
    await send(post(sent + b"/heroes/"))

    page = await send(request(sent + b"/heroes/?limit=1"))

    assert page.headers["link"].startswith("<?limit=1&cursor=")


@each_form
async def test_the_document_and_its_page_have_the_prefix(send: Send, sent: bytes) -> None:
    document = json.loads((await send(request(sent + b"/openapi.json"))).body)
    page = await send(request(sent + b"/docs"))

    assert ["/api"] == [server["url"] for server in document["servers"]]
    assert openapi_document.document()["paths"].keys() == document["paths"].keys()
    assert b"/api/openapi.json" in page.body


@each_form
async def test_errors_name_the_path_that_the_client_knows(send: Send, sent: bytes) -> None:
    problem = b"Accept: application/problem+json"
    responses = [
        await send(request(sent + b"/heroes/7", problem)),
        await send(request(sent + NOWHERE.encode(), problem)),
    ]

    assert ["/api/heroes/7", "/api/nowhere"] == [each.problem[2] for each in responses]


@each_form
async def test_health_checks_need_no_host_under_the_prefix_either(send: Send, sent: bytes) -> None:
    response = await send(request(sent + b"/livez", host=b"Host: unknown.example"))

    assert 200 == response.status


async def test_the_asterisk_has_no_prefix(send: Send) -> None:
    response = await send(request(b"*", method=b"OPTIONS"))

    assert (204, "GET, POST, PATCH, DELETE, HEAD, OPTIONS") == (
        response.status,
        response.headers["allow"],
    )


async def test_a_client_can_not_name_another_prefix(send: Send) -> None:
    redirect = await send(request(b"/heroes", b"X-Forwarded-Prefix: /forged"))

    assert "/api/heroes/" == redirect.headers["location"]


async def test_each_request_of_a_connection_has_its_own_path(send: Send) -> None:
    statuses = [
        (await send(request(path))).status
        for path in (b"/api/heroes/", b"/heroes/", b"/api/api/heroes/", b"/heroes/")
    ]

    assert [200, 200, 404, 200] == statuses
