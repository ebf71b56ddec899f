"""Responses of the server itself have the security headers too, and none names the server."""

import socket
from pathlib import Path

import pytest

from tests.e2e.edge.responses import Response, read_all, read_one, talk
from tests.e2e.raw_http import request
from tests.support.missing import NOWHERE
from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
CLOSE = b"Connection: close"


def assert_protected(response: Response) -> None:
    assert HEADERS == {name: response.headers[name] for name in HEADERS}
    assert "server" not in response.headers


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request(b"/heroes/", CLOSE), 200),
        (request(NOWHERE.encode(), CLOSE), 404),
        (b"\r\x00\r\n\r\n", 400),
        (request(host=b"Host: a b"), 400),
        (request(b"/" + b"x" * 20_000), 414),
        (request(b"/heroes/", CLOSE, host=b"Host: evil.example"), 421),
        (request(b"/heroes/", b"X: " + b"x" * 70_000), 431),
        (request(method=b"BREW"), 501),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
    ],
)
def test_a_response_has_the_headers_and_no_server(server: Served, sent: bytes, status: int) -> None:
    (response,) = talk(server.address, sent)

    assert status == response.status
    assert_protected(response)
    expected = "private, no-cache" if status == 200 else "no-store"
    assert expected == response.headers["cache-control"]


def test_a_request_that_is_too_slow_gets_them(tmp_path: Path) -> None:
    with (
        serve(tmp_path / "heroes.db", receive_timeout="0.1") as served,
        socket.create_connection(served.address, 5) as connection,
    ):
        connection.sendall(b"GET")
        (response,) = read_all(connection)

    assert 400 == response.status
    assert_protected(response)


def test_a_refused_connection_gets_them(tmp_path: Path) -> None:
    with (
        serve(tmp_path / "heroes.db", max_connections="1") as served,
        socket.create_connection(served.address, 5) as first,
        socket.create_connection(served.address, 5) as second,
    ):
        refused = read_one(second)
        first.sendall(request(b"/heroes/"))
        served_response = read_one(first)

    assert [503, 200] == [refused.status, served_response.status]
    assert_protected(refused)
    assert "no-store" == refused.headers["cache-control"]
    assert_protected(served_response)
