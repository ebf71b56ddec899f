"""Errors as problem details (RFC 9457), for a client that prefers them, and for any."""

import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import NamedTuple

import httpx2
import pytest

from entrypoints.http.problems import problem
from service_layer.errors import StoreConflict, StoreUnavailable
from tests.fakes.database import FakeDatabase
from tests.unit.api.test_heroes import FailingDatabase, client_of

JSON = "application/json"
PROBLEM = "application/problem+json"
NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"
SECRET = "Sensitive"  # noqa: S105 - not a password, but what no answer may hold


class Refused(NamedTuple):
    """A request that the tutorial refused too, and with which status."""

    method: str
    path: str
    body: bytes
    status: int


each_refused = pytest.mark.parametrize(
    "refused",
    [
        Refused("GET", "/heroes/7", b"", 404),
        Refused("GET", "/teams", b"", 404),
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


async def refusal(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes = b"", accept: str = PROBLEM
) -> httpx2.Response:
    headers = {"accept": accept, "content-type": JSON}
    return await client.request(method, path, content=body, headers=headers)


@each_refused
async def test_what_the_tutorial_refused_is_a_problem_for_who_prefers_problems(
    client: httpx2.AsyncClient, refused: Refused
) -> None:
    method, path, body, status = refused
    response = await refusal(client, method, path, body)

    told = response.json()
    titles = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Content"}
    assert (status, PROBLEM) == (response.status_code, response.headers["content-type"])
    assert {
        "type": "about:blank",
        "title": titles[status],
        "status": status,
        "detail": told["detail"],
        "instance": path.partition("?")[0],
    } == {name: value for name, value in told.items() if name != "errors"}
    assert isinstance(told["detail"], str)
    assert (status == 422) == ("errors" in told)


@pytest.mark.parametrize("accept", ["*/*", JSON, "application/problem+json;q=0.1, */*", "x", ""])
@each_refused
async def test_what_the_tutorial_refused_has_its_body_for_everyone_else(
    client: httpx2.AsyncClient, refused: Refused, accept: str
) -> None:
    method, path, body, status = refused
    response = await refusal(client, method, path, body, accept)

    assert (status, JSON) == (response.status_code, response.headers["content-type"])
    assert {"detail"} == set(response.json())


@pytest.mark.parametrize("accept", [JSON, PROBLEM])
@each_refused
async def test_an_answer_that_depends_on_accept_says_so(
    client: httpx2.AsyncClient, refused: Refused, accept: str
) -> None:
    method, path, body, status = refused
    response = await refusal(client, method, path, body, accept)

    assert (status, "Accept") == (response.status_code, response.headers["vary"])


async def test_an_answer_that_is_the_same_for_all_does_not_vary_by_accept(
    client: httpx2.AsyncClient,
) -> None:
    listed = await client.get("/heroes/", headers={"accept": PROBLEM})
    refused = [
        await client.put("/heroes/", headers={"accept": accept}) for accept in (JSON, PROBLEM)
    ]

    assert (200, JSON) == (listed.status_code, listed.headers["content-type"])
    assert [(405, PROBLEM)] * 2 == [(r.status_code, r.headers["content-type"]) for r in refused]
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
async def test_a_422_says_what_is_wrong_and_where_one_by_one(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes, errors: list[dict[str, str]]
) -> None:
    response = await refusal(client, method, path, body)

    assert errors == response.json()["errors"]


@pytest.mark.parametrize(
    ("failure", "status"),
    [(StoreUnavailable("x"), 503), (StoreConflict(), 409), (RuntimeError(SECRET), 500)],
)
@pytest.mark.parametrize("accept", [JSON, "*/*", "application/problem+json;q=0"])
async def test_what_the_tutorial_never_sent_is_a_problem_whatever_the_client_prefers(
    failure: Exception, status: int, accept: str
) -> None:
    async with client_of(FailingDatabase(failure)) as client:
        response = await refusal(
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
def test_the_instance_is_a_reference_to_the_path_however_odd(path: bytes, instance: str) -> None:
    scope = {"raw_path": path, "query_string": SECRET.encode()}
    told = json.loads(bytes(problem(HTTPStatus.NOT_FOUND, "There is none", scope).body))

    assert instance == told["instance"]
    assert SECRET not in str(told)
