"""What becomes of a connection, and of what was asked on it, when its client does odd things."""

import asyncio
import socket
from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.raw_http import CHUNKED, JSON, conversation, exchange, posted, request
from tests.support.connection import Connection
from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

LIMIT = 15
"""Seconds after which a connection that is still open is taken to stay open for ever."""

HERO = b'{"name":"Deadpond","secret_name":"Dive Wilson"}'


@pytest.fixture(scope="module")
def impatient_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served") / "heroes.db", receive_timeout="1") as served:
        yield served


@pytest.mark.parametrize(
    ("asked", "sent_later"),
    [
        (request(), b"\r\n"),
        (request(b"/heroes/", b"Content-Length: 70000", method=b"POST"), b"x" * 70_000),
        (request(b"/heroes/?limit=1", b"Content-Length: 5"), b"12345"),
        (request(b"/heroes/", b"Content-Length: 70000", method=b"POST"), b"x"),
    ],
    ids=["an empty line", "a refused body", "a body nobody reads", "part of a refused body"],
)
def test_a_connection_is_closed_in_the_end_whatever_comes_after_the_answer(
    impatient_server: Served, asked: bytes, sent_later: bytes
) -> None:
    with socket.create_connection(impatient_server.address, LIMIT) as connection:
        connection.sendall(asked)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 ")
        connection.sendall(sent_later)

        while connection.recv(65_536):
            pass


def test_what_was_asked_before_a_broken_request_is_answered_and_not_called_broken(
    server: Served,
) -> None:
    broken = request(b"/heroes/", JSON, CHUNKED, method=b"POST", body=b"zz\r\n")

    assert [200] == conversation(server.address, posted(HERO) + broken)
    assert "Traceback" not in server.output()


def test_what_was_asked_before_a_cut_off_request_is_answered(server: Served) -> None:
    cut_off = request(b"/heroes/", JSON, b"Content-Length: 30", method=b"POST", body=b"{")

    assert 200 == exchange(server.address, posted(HERO) + cut_off, ended=True)
    assert "Traceback" not in server.output()


def test_trailers_are_no_headers(server: Served) -> None:
    body = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(HERO), HERO, JSON)

    assert 422 == exchange(server.address, request(b"/heroes/", CHUNKED, method=b"POST", body=body))


@pytest.mark.parametrize("host", [b"X: y", b"Host: a\r\nHost: b"], ids=["none", "two"])
def test_a_request_names_one_host(server: Served, host: bytes) -> None:
    """RFC 9112, section 3.2."""
    assert 400 == exchange(server.address, request(host=host))


def test_a_client_can_not_write_into_the_log(server: Served) -> None:
    forged = "6.6.6.6 - Dive Wilson"

    httpx2.get(f"{server.url}/heroes/", headers={"X-Forwarded-For": forged})

    assert forged not in server.output()


async def test_a_flood_of_requests_sent_ahead_keeps_no_one_else_waiting(server: Served) -> None:
    """Another client is answered, again and again, while the flood is on."""
    reader, writer = await asyncio.open_connection(*server.address)
    flood = request(b"/nowhere") * 20_000

    async def take_answers() -> None:
        while await reader.read(1 << 20):
            pass

    taking = asyncio.create_task(take_answers())
    writer.write(flood)
    connection = await Connection.open(server.address)
    for _ in range(20):
        async with asyncio.timeout(2):
            assert 200 == (await connection.request("GET", "/heroes/?limit=1"))[0]
    await connection.close()
    writer.close()
    await taking
