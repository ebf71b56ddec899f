"""The wire contract's errors: problem details (RFC 9457) for a client that prefers them."""

import json
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection

import httpx2
import pytest

from tests.e2e.wire.contract import JSON, PROBLEM, problem, raw
from tests.support.missing import NOWHERE
from tests.support.served import Served

SECRET = "Sensitive"  # noqa: S105 - not a password, but what no response may contain
ACCEPT = {"accept": PROBLEM}
AS_JSON = ACCEPT | {"content-type": JSON}
INVALID = "The request is invalid. See errors for details."
NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"


def test_a_missing_hero_is_a_problem_from_every_method(client: httpx2.Client) -> None:
    expected = problem(404, "Hero not found", "/heroes/0")

    assert expected == raw(client.get("/heroes/0", headers=ACCEPT))
    assert expected == raw(client.patch("/heroes/0", content=b"{}", headers=AS_JSON))
    assert expected == raw(client.delete("/heroes/0", headers=ACCEPT))


def test_an_unknown_path_is_a_problem(client: httpx2.Client) -> None:
    assert problem(404, "Not Found", NOWHERE) == raw(client.get(f"{NOWHERE}?a=b", headers=ACCEPT))


def test_an_undecodable_body_is_a_problem(client: httpx2.Client) -> None:
    response = client.post("/heroes/", content=b"\xff", headers=AS_JSON)

    expected = problem(400, "There was an error parsing the body", "/heroes/")
    assert expected == raw(response)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            b'{"name":" ","age":-1,"secret_name":"S"}',
            [
                {"detail": "String should not be blank", "pointer": "/name"},
                {"detail": "Input should be greater than or equal to 0", "pointer": "/age"},
            ],
        ),
        (
            b'{"name":7,"age":"x"}',
            [
                {"detail": "Input should be a valid string", "pointer": "/name"},
                {"detail": "Field required", "pointer": "/secret_name"},
                {"detail": NO_NUMBER, "pointer": "/age"},
            ],
        ),
        (b"", [{"detail": "Field required", "pointer": ""}]),
        (b'{"age":', [{"detail": "JSON decode error at position 7", "pointer": ""}]),
        (
            b"9" * 5000,
            [{"detail": "Unable to parse a number with too many digits", "pointer": ""}],
        ),
    ],
    ids=["broken rules", "other types", "no body", "broken JSON", "too many digits"],
)
def test_an_invalid_body_is_a_problem_with_a_pointer_to_each_error(
    client: httpx2.Client, body: bytes, errors: Sequence[dict[str, str]]
) -> None:
    response = client.post("/heroes/", content=body, headers=AS_JSON)

    assert problem(422, INVALID, "/heroes/", *errors) == raw(response)


@pytest.mark.parametrize(
    ("target", "parameters"),
    [
        ("/heroes/x", ["hero_id"]),
        ("/heroes/?limit=x", ["limit"]),
        ("/heroes/?limit=x&offset=y", ["offset", "limit"]),
    ],
)
def test_an_invalid_parameter_is_a_problem_with_its_name(
    client: httpx2.Client, target: str, parameters: Sequence[str]
) -> None:
    errors = [{"detail": NO_NUMBER, "parameter": name} for name in parameters]

    expected = problem(422, INVALID, target.partition("?")[0], *errors)
    assert expected == raw(client.get(target, headers=ACCEPT))


@pytest.mark.parametrize(
    ("target", "instance"),
    [
        ("/%", "/%25"),
        ("/%zz%4", "/%25zz%254"),
        ("/a%2fb;c=d?e", "/a%2fb;c=d"),
        ('/<>"\\^`{|}', "/%3C%3E%22%5C%5E%60%7B%7C%7D"),
        ("/%0d%0aX:%20y%00%ff", "/%0d%0aX:%20y%00%ff"),
        ("//evil.example/x", "/.//evil.example/x"),
        ("http://evil.example/x", "/x"),
    ],
)
def test_the_instance_is_the_escaped_path(server: Served, target: str, instance: str) -> None:
    with closing(HTTPConnection(*server.address, timeout=10)) as connection:
        connection.putrequest("GET", target)
        connection.putheader("Accept", PROBLEM)
        connection.endheaders()
        details = json.loads(connection.getresponse().read())

    assert instance == details["instance"]


@pytest.mark.parametrize(
    "body",
    [
        f'{{"name":"N","secret_name":["{SECRET}"]}}',
        f'{{"name":"","secret_name":"{SECRET}"}}',
        f'{{"name":"N","secret_name":"{SECRET}\\u0000"}}',
        f'{{"name":"N","secret_name":"S","age":"{SECRET}"}}',
        f'{{"name":"N","secret_name":"{SECRET}"',
        f'{{"{SECRET}":1}}',
        SECRET,
    ],
)
def test_a_problem_never_contains_the_invalid_value(client: httpx2.Client, body: str) -> None:
    in_body = client.post("/heroes/", content=body.encode(), headers=AS_JSON)
    in_query = client.get("/heroes/", params={"limit": body}, headers=ACCEPT)

    assert [(422, PROBLEM)] * 2 == [raw(response)[:2] for response in (in_body, in_query)]
    assert SECRET not in in_body.text + in_query.text
