"""Connections and their requests when a client behaves unusually."""

import asyncio
import socket
from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.raw_http import CHUNKED, JSON, conversation, exchange, posted, request
from tests.support.connection import Connection
from tests.support.missing import NOWHERE
from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

LIMIT = 15
"""Seconds within which the server must close the connection."""

HERO = b'{"name":"Deadpond","secret_name":"Dive Wilson"}'


@pytest.fixture(scope="module")
def short_timeout_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served") / "heroes.db", receive_timeout="1") as served:
        yield served


@pytest.mark.parametrize(
    ("sent", "sent_later"),
    [
        (request(), b"\r\n"),
        (request(b"/heroes/", b"Content-Length: 70000", method=b"POST"), b"x" * 70_000),
        (request(b"/heroes/?limit=1", b"Content-Length: 5"), b"12345"),
        (request(b"/heroes/", b"Content-Length: 70000", method=b"POST"), b"x"),
    ],
    ids=["an empty line", "a refused body", "an unread body", "part of a refused body"],
)
def test_a_connection_is_closed_whatever_follows_the_response(
    short_timeout_server: Served, sent: bytes, sent_later: bytes
) -> None:
    with socket.create_connection(short_timeout_server.address, LIMIT) as connection:
        connection.sendall(sent)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 ")
        connection.sendall(sent_later)

        while connection.recv(65_536):
            pass


def test_a_request_before_a_malformed_one_gets_its_response(server: Served) -> None:
    broken = request(b"/heroes/", JSON, CHUNKED, method=b"POST", body=b"zz\r\n")

    assert [200, 400] == conversation(server.address, posted(HERO) + broken)
    assert "Traceback" not in server.output()


def test_a_request_before_a_truncated_one_gets_its_response(server: Served) -> None:
    cut_off = request(b"/heroes/", JSON, b"Content-Length: 30", method=b"POST", body=b"{")

    assert 200 == exchange(server.address, posted(HERO) + cut_off, ended=True)
    assert "Traceback" not in server.output()


def test_trailers_are_not_headers(server: Served) -> None:
    body = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(HERO), HERO, JSON)

    assert 422 == exchange(server.address, request(b"/heroes/", CHUNKED, method=b"POST", body=body))


@pytest.mark.parametrize("host", [b"X: y", b"Host: a\r\nHost: b"], ids=["none", "two"])
def test_a_request_without_exactly_one_host_is_refused(server: Served, host: bytes) -> None:
    """RFC 9112, section 3.2."""
    assert 400 == exchange(server.address, request(host=host))


def test_a_client_can_not_forge_the_log(server: Served) -> None:
    forged = "6.6.6.6 - Dive Wilson"

    httpx2.get(f"{server.url}/heroes/", headers={"X-Forwarded-For": forged})

    assert forged not in server.output()


async def test_a_flood_of_pipelined_requests_does_not_block_other_clients(server: Served) -> None:
    """Another client gets its responses in time during the flood."""
    reader, writer = await asyncio.open_connection(*server.address)
    flood = request(NOWHERE.encode()) * 20_000

    async def read_responses() -> None:
        while await reader.read(1 << 20):
            pass

    taking = asyncio.create_task(read_responses())
    writer.write(flood)
    connection = await Connection.open(server.address)
    for _ in range(20):
        async with asyncio.timeout(2):
            assert 200 == (await connection.request("GET", "/heroes/?limit=1"))[0]
    await connection.close()
    writer.close()
    await taking
