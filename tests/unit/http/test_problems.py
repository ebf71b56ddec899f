"""Errors as problem details (RFC 9457): which clients get them for which errors."""

import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import NamedTuple

import httpx2
import pytest

from entrypoints.http.problems import problem
from service_layer.errors import StoreConflict, StoreUnavailable
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE
from tests.unit.api.test_heroes import FailingDatabase, client_of

JSON = "application/json"
PROBLEM = "application/problem+json"
NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"
SECRET = "Sensitive"  # noqa: S105 - not a password, but what no response may contain


class Refused(NamedTuple):
    """A request that the tutorial refuses too, and its status."""

    method: str
    path: str
    body: bytes
    status: int


each_refused = pytest.mark.parametrize(
    "refused",
    [
        Refused("GET", "/heroes/7", b"", 404),
        Refused("GET", NOWHERE, b"", 404),
        Refused("PUT", "/heroes/", b"", 405),
        Refused("TRACE", "/docs", b"", 405),
        Refused("GET", "/heroes/x", b"", 422),
        Refused("GET", "/heroes/?limit=x", b"", 422),
        Refused("POST", "/heroes/", b"{}", 422),
        Refused("POST", "/heroes/", b'{"name":" ","secret_name":"S"}', 422),
        Refused("POST", "/heroes/", b"{", 422),
        Refused("POST", "/heroes/", b"9" * 5000, 422),
        Refused("POST", "/heroes/", b"[" * 9000 + b"]" * 9000, 400),
    ],
    ids=lambda refused: f"{refused.method} {refused.path} {refused.body[:10]!r}",
)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(FakeDatabase()) as client:
        yield client


async def request_error(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes = b"", accept: str = PROBLEM
) -> httpx2.Response:
    headers = {"accept": accept, "content-type": JSON}
    return await client.request(method, path, content=body, headers=headers)


@each_refused
async def test_errors_of_the_tutorial_are_problems_for_clients_that_prefer_them(
    client: httpx2.AsyncClient, refused: Refused
) -> None:
    method, path, body, status = refused
    response = await request_error(client, method, path, body)

    details = response.json()
    titles = {
        400: "Bad Request",
        404: "Not Found",
        405: "Method Not Allowed",
        422: "Unprocessable Content",
    }
    assert (status, PROBLEM) == (response.status_code, response.headers["content-type"])
    assert {
        "type": "about:blank",
        "title": titles[status],
        "status": status,
        "detail": details["detail"],
        "instance": path.partition("?")[0],
    } == {name: value for name, value in details.items() if name != "errors"}
    assert isinstance(details["detail"], str)
    assert (status == 422) == ("errors" in details)


@pytest.mark.parametrize("accept", ["*/*", JSON, "application/problem+json;q=0.1, */*", "x", ""])
@each_refused
async def test_errors_of_the_tutorial_keep_their_body_for_other_clients(
    client: httpx2.AsyncClient, refused: Refused, accept: str
) -> None:
    method, path, body, status = refused
    response = await request_error(client, method, path, body, accept)

    assert (status, JSON) == (response.status_code, response.headers["content-type"])
    assert {"detail"} == set(response.json())


@pytest.mark.parametrize(
    ("accept", "detail"),
    [
        (JSON, "Method Not Allowed"),
        (PROBLEM, "This resource supports GET, POST, HEAD, OPTIONS."),
    ],
)
async def test_an_unsupported_method_gets_allow_and_the_tutorials_body_or_a_problem(
    client: httpx2.AsyncClient, accept: str, detail: str
) -> None:
    response = await request_error(client, "PUT", "/heroes/", accept=accept)

    assert (405, accept) == (response.status_code, response.headers["content-type"])
    assert "GET, POST, HEAD, OPTIONS" == response.headers["allow"]
    assert detail == response.json()["detail"]


@pytest.mark.parametrize("accept", [JSON, PROBLEM])
@each_refused
async def test_a_response_that_depends_on_accept_varies_by_it(
    client: httpx2.AsyncClient, refused: Refused, accept: str
) -> None:
    method, path, body, status = refused
    response = await request_error(client, method, path, body, accept)

    assert (status, "Accept") == (response.status_code, response.headers["vary"])


async def test_a_response_that_ignores_accept_does_not_vary_by_it(
    client: httpx2.AsyncClient,
) -> None:
    listed = await client.get("/heroes/", headers={"accept": PROBLEM})
    refused = [
        await client.post("/heroes/", headers={"accept": accept}, content=b" " * 65_537)
        for accept in (JSON, PROBLEM)
    ]

    assert (200, JSON) == (listed.status_code, listed.headers["content-type"])
    assert [(413, PROBLEM)] * 2 == [(r.status_code, r.headers["content-type"]) for r in refused]
    assert not any("Accept" in response.headers.get("vary", "") for response in (listed, *refused))


@pytest.mark.parametrize(
    ("method", "path", "body", "errors"),
    [
        (
            "POST",
            "/heroes/",
            b'{"name":" ","age":-1,"secret_name":"S"}',
            [
                {"detail": "String should not be blank", "pointer": "/name"},
                {"detail": "Input should be greater than or equal to 0", "pointer": "/age"},
            ],
        ),
        ("POST", "/heroes/", b"", [{"detail": "Field required", "pointer": ""}]),
        (
            "PATCH",
            "/heroes/1",
            b'{"age":',
            [{"detail": "JSON decode error at position 7", "pointer": ""}],
        ),
        (
            "GET",
            "/heroes/?limit=x&offset=y",
            b"",
            [
                {"detail": NO_NUMBER, "parameter": "offset"},
                {"detail": NO_NUMBER, "parameter": "limit"},
            ],
        ),
        (
            "PATCH",
            "/heroes/x",
            b'{"name":7}',
            [
                {"detail": NO_NUMBER, "parameter": "hero_id"},
                {"detail": "Input should be a valid string", "pointer": "/name"},
            ],
        ),
    ],
)
async def test_a_422_lists_each_error_with_its_location(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes, errors: list[dict[str, str]]
) -> None:
    response = await request_error(client, method, path, body)

    assert errors == response.json()["errors"]


@pytest.mark.parametrize(
    ("failure", "status"),
    [(StoreUnavailable("x"), 503), (StoreConflict(), 409), (RuntimeError(SECRET), 500)],
)
@pytest.mark.parametrize("accept", [JSON, "*/*", "application/problem+json;q=0"])
async def test_other_errors_are_problems_whatever_the_client_prefers(
    failure: Exception, status: int, accept: str
) -> None:
    async with client_of(FailingDatabase(failure)) as client:
        response = await request_error(
            client, "POST", "/heroes/", b'{"name":"N","secret_name":"Sensitive"}', accept
        )

    assert (status, PROBLEM) == (response.status_code, response.headers["content-type"])
    assert status == response.json()["status"]
    assert SECRET not in response.text


@pytest.mark.parametrize(
    ("path", "instance"),
    [
        (b"/heroes/%20x", "/heroes/%20x"),
        (b"/a%2fb;c=d@e:f+g,h~i", "/a%2fb;c=d@e:f+g,h~i"),
        (b"/%00%ff", "/%00%ff"),
        (b"/%", "/%25"),
        (b"/%zz%4", "/%25zz%254"),
        (b'/<>"\\^`{|}[] ', "/%3C%3E%22%5C%5E%60%7B%7C%7D%5B%5D%20"),
        (b"/\xc3\xa9\xff", "/%C3%A9%FF"),
        (b"//evil.example/x", "/.//evil.example/x"),
        (b"///", "/.///"),
    ],
)
def test_the_instance_is_the_escaped_path(path: bytes, instance: str) -> None:
    scope = {"raw_path": path, "query_string": SECRET.encode()}
    details = json.loads(bytes(problem(HTTPStatus.NOT_FOUND, "There is none", scope).body))

    assert instance == details["instance"]
    assert SECRET not in str(details)


@pytest.mark.parametrize(
    ("accept", "shown", "count"), [(JSON, "detail", 16_000), (PROBLEM, "errors", 101)]
)
async def test_a_response_has_at_most_100_errors_and_the_number_of_the_others(
    client: httpx2.AsyncClient, accept: str, shown: str, count: int
) -> None:
    path = "/heroes/?" + "&".join(["__="] * count)

    response = await request_error(client, "GET", path, accept=accept)

    body = response.json()
    assert (422, 100, count - 100) == (response.status_code, len(body[shown]), body["omitted"])


async def test_100_errors_are_all_there(client: httpx2.AsyncClient) -> None:
    body = (await request_error(client, "GET", "/heroes/?" + "&".join(["__="] * 100))).json()

    assert 100 == len(body["errors"])
    assert "omitted" not in body
