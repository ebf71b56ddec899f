"""The wire contract's second table: size and depth of bodies, and the content of a 422."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.wire.contract import JSON, PROBLEM, new_hero, post

LARGEST = 65_536
"""Maximum bytes of a body."""

SECRET = "Sensitive"  # noqa: S105 - not a password, but what no response may contain


def sized(size: int) -> bytes:
    """Return a valid hero of this size, padded by an unknown field."""
    start, end = b'{"name":"N","secret_name":"S","filler":"', b'"}'
    return start + b"x" * (size - len(start) - len(end)) + end


def with_content_length(body: bytes) -> bytes:
    """Send the body with a Content-Length."""
    return body


def in_chunks(body: bytes) -> Iterator[bytes]:
    """Send the body in chunks, without a Content-Length."""
    return (body[start : start + 5000] for start in range(0, len(body), 5000))


def last_byte_separately(body: bytes) -> Iterator[bytes]:
    """Send all but the last byte in one chunk."""
    return iter((body[:-1], body[-1:]))


Sending = Callable[[bytes], Any]
each_sending = pytest.mark.parametrize(
    "sending",
    [with_content_length, in_chunks, last_byte_separately],
    ids=lambda function: function.__name__,
)


@each_sending
def test_a_body_of_64_kib_is_accepted(client: httpx2.Client, sending: Sending) -> None:
    content = sending(sized(LARGEST))
    response = client.post("/heroes/", content=content, headers={"content-type": JSON})

    assert (200, "N") == (response.status_code, response.json()["name"])


@each_sending
@pytest.mark.parametrize("size", [LARGEST + 1, 2 * LARGEST, 2_000_000])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_over_64_kib_gets_413_as_a_problem(
    client: httpx2.Client, method: str, sending: Sending, size: int
) -> None:
    path = "/heroes/" if method == "POST" else f"/heroes/{new_hero(client)}"
    content = sending(sized(size))
    response = client.request(method, path, content=content, headers={"content-type": JSON})

    problem = response.json()
    detail = problem.pop("detail")
    expected = {"type": "about:blank", "title": "Content Too Large", "instance": path}
    assert (413, PROBLEM) == (response.status_code, response.headers["content-type"])
    assert {**expected, "status": 413} == problem
    assert str(LARGEST) in detail


@pytest.mark.parametrize("depth", [499, 900, 1_000, 3_000, 10_000])
@pytest.mark.parametrize(
    "shape",
    [b'{"name":"N","secret_name":"S","x":%s}', b'{"name":%s,"secret_name":"S"}', b"%s"],
    ids=["in an unknown field", "in a field", "at the top"],
)
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b"[", b"")])
def test_deeply_nested_json_never_causes_a_server_error(
    client: httpx2.Client, shape: bytes, opening: bytes, closing: bytes, depth: int
) -> None:
    response = post(client, shape % (opening * depth + b"1" * bool(closing) + closing * depth))

    assert response.status_code in {200, 400, 413, 422}
    assert response.headers["content-type"] in {JSON, PROBLEM}


@pytest.mark.parametrize(("depth", "status"), [(500, 200), (501, 400), (9_999, 400), (30_000, 400)])
def test_json_may_be_nested_500_deep(client: httpx2.Client, depth: int, status: int) -> None:
    inner = b"[" * (depth - 1) + b"]" * (depth - 1)
    response = post(client, b'{"name":"N","secret_name":"S","x":%s}' % inner)

    assert status == response.status_code


@pytest.mark.parametrize(
    "body",
    [
        f'{{"name":"N","secret_name":["{SECRET}"]}}',
        f'{{"name":"N","secret_name":{{"{SECRET}":1}}}}',
        f'{{"name":"N","secret_name":"{SECRET * 29}"}}',
        f'{{"name":"N","secret_name":"{SECRET}\\u0000"}}',
        f'{{"name":"N","secret_name":"{SECRET}\\ud800"}}',
        f'{{"name":"","secret_name":"{SECRET}"}}',
        f'{{"secret_name":"{SECRET}"}}',
        f'{{"name":"N","secret_name":"{SECRET}","age":-1}}',
        f'{{"name":"N","secret_name":"{SECRET}","age":NaN}}',
        f'{{"name":"N","secret_name":"{SECRET}","age":{"9" * 5000}}}',
        f'{{"name":"N","secret_name":"S","age":"{SECRET}"}}',
        f'{{"name":"N","secret_name":"{SECRET}"',
        f'{{"{SECRET}":1}}',
        f'["{SECRET}"]',
        f'"{SECRET}"',
        SECRET,
    ],
)
def test_a_422_has_type_loc_and_msg_but_not_the_value(client: httpx2.Client, body: str) -> None:
    response = post(client, body.encode())

    assert 422 == response.status_code
    assert [{"type", "loc", "msg"}] * len(response.json()["detail"]) == [
        set(entry) for entry in response.json()["detail"]
    ]
    assert SECRET not in response.text


@pytest.mark.parametrize(
    "target", [f"/heroes/{SECRET}", f"/heroes/?limit={SECRET}", f"/heroes/?offset=1{SECRET}"]
)
def test_a_422_for_a_path_or_a_query_does_not_repeat_it(client: httpx2.Client, target: str) -> None:
    response = client.get(target)

    assert 422 == response.status_code
    assert [{"type", "loc", "msg"}] == [set(entry) for entry in response.json()["detail"]]
    assert SECRET not in response.text
