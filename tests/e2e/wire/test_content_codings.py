"""Bodies with a content coding (RFC 9110, section 8.4)."""

import gzip
import socket
from http.client import HTTPResponse

import httpx2
import pytest

from tests.e2e.raw_http import JSON as JSON_TYPE
from tests.e2e.raw_http import TIMEOUT, request
from tests.e2e.wire.contract import JSON, PROBLEM, ok, raw
from tests.support.served import Served

HERO = b'{"name":"N","secret_name":"S","age":1}'
REQUESTS = [("POST", "/heroes/"), ("PATCH", "/heroes/1"), ("POST", "/heroes/batch")]


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_a_coded_body_gets_415_as_a_problem(client: httpx2.Client, method: str, path: str) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    response = client.request(method, path, content=gzip.compress(HERO), headers=headers)

    details = response.json()
    expected = ("about:blank", "Unsupported Media Type", 415, path)
    assert (415, PROBLEM) == (response.status_code, response.headers["content-type"])
    assert "identity" == response.headers["accept-encoding"]
    assert expected == tuple(details[key] for key in ("type", "title", "status", "instance"))


@pytest.mark.parametrize("body", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_a_client_that_waits_for_100_gets_415_instead(server: Served, body: bytes) -> None:
    expecting = (JSON_TYPE, body, b"Content-Encoding: br", b"Expect: 100-continue")
    with socket.create_connection(server.address, timeout=TIMEOUT) as connection:
        connection.sendall(request(b"/heroes/", *expecting, method=b"POST"))
        response = HTTPResponse(connection)
        first_line = response.fp.peek().split(b"\r\n")[0]
        response.close()

    assert b"HTTP/1.1 415 Unsupported Media Type" == first_line


def test_the_coding_identity_and_a_request_without_a_body_are_accepted(
    client: httpx2.Client,
) -> None:
    headers = {"content-type": JSON, "content-encoding": "identity"}
    created = client.post("/heroes/", content=HERO, headers=headers)
    path = f"/heroes/{created.json()['id']}"

    assert 200 == created.status_code
    assert 200 == client.get(path, headers={"content-encoding": "gzip"}).status_code
    assert ok(b'{"ok":true}') == raw(client.delete(path, headers={"content-encoding": "gzip"}))
