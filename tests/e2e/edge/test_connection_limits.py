"""Connections beyond a limit get 503 at once, and the service keeps what it needs itself."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from entrypoints.server.descriptors import RESERVED
from tests.e2e.edge.responses import Response, read_one
from tests.e2e.raw_http import request
from tests.integration.processes import assert_one_sentence, run
from tests.support.open_files import open_files_limit
from tests.support.served import LIMIT, Served, serve

pytestmark = pytest.mark.canary

TOO_MANY = "Too many connections. Try again later."
OPEN_FILES = 400
DESCRIPTORS_OF_THE_DATABASE = 4 * 17
"""Four for each of its connections: the writer, the reader, an idle one and those of threads."""


@contextmanager
def connection(served: Served, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection(served.address, LIMIT, (source, 0)) as connected:
        yield connected


def ask(connected: socket.socket, sent: bytes | None = None) -> Response:
    """Send a request, and return the response. The server may have refused the connection."""
    with suppress(ConnectionError):
        connected.sendall(sent or request(b"/heroes/?limit=1"))
    return read_one(connected)


def ask_anew(served: Served) -> Response:
    """Send a request on a new connection."""
    with connection(served) as connected:
        return ask(connected)


def assert_refused(response: Response) -> None:
    assert (503, TOO_MANY, "/") == response.problem
    assert ("1", "close") == (response.headers["retry-after"], response.headers["connection"])


def test_the_connection_beyond_the_maximum_is_refused_and_logged(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db", max_connections="5") as served, ExitStack() as stack:
        connections = [stack.enter_context(connection(served)) for _ in range(5)]
        for connected in connections:
            assert 200 == ask(connected).status
        for _ in range(3):
            assert_refused(ask_anew(served))
        for connected in connections:
            assert 200 == ask(connected).status

        connections[2].close()
        while (response := ask_anew(served)).status == 503:
            assert_refused(response)

        assert 200 == response.status
    logged = [line for line in served.output().splitlines() if "connections" in line]
    assert 1 == len(logged)
    assert "WARNING" in logged[0]
    assert "connections: 5, the maximum of this process; refused: 1" in logged[0]


def test_the_connections_of_one_address_are_limited(tmp_path: Path) -> None:
    with (
        serve(tmp_path / "heroes.db", max_connections_per_address="2") as served,
        ExitStack() as stack,
    ):
        for _ in range(2):
            assert 200 == ask(stack.enter_context(connection(served))).status

        assert_refused(ask_anew(served))
        for _ in range(2):
            other = stack.enter_context(connection(served, "127.0.0.2"))
            assert 200 == ask(other).status

    assert "connections of one address: 2, the maximum; refused: 1" in served.output()


def test_a_trusted_proxy_may_have_more_connections_than_a_client(tmp_path: Path) -> None:
    settings = {"max_connections_per_address": "1", "trusted_proxies": "127.0.0.0/31"}
    with serve(tmp_path / "heroes.db", **settings) as served, ExitStack() as stack:
        for _ in range(5):
            assert 200 == ask(stack.enter_context(connection(served))).status


def test_by_default_an_address_may_have_any_number(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db") as served, ExitStack() as stack:
        for _ in range(300):
            assert 200 == ask(stack.enter_context(connection(served))).status


def test_more_connections_than_the_process_can_open_are_refused_as_a_setting(
    tmp_path: Path,
) -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)

    ended = run("serve", tmp_path / "heroes.db", port="0", max_connections=str(limit))

    available = limit - RESERVED - DESCRIPTORS_OF_THE_DATABASE
    assert_one_sentence(ended, 2, "HEROES_MAX_CONNECTIONS", str(limit), str(available), "ulimit")


def test_as_many_connections_as_the_process_can_open_are_accepted(tmp_path: Path) -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = str(limit - RESERVED - DESCRIPTORS_OF_THE_DATABASE)

    with serve(tmp_path / "heroes.db", max_connections=most) as served:
        assert 200 == ask_anew(served).status


def test_with_few_descriptors_the_database_is_opened_beside_every_connection(
    tmp_path: Path,
) -> None:
    expected = OPEN_FILES - RESERVED - DESCRIPTORS_OF_THE_DATABASE
    with ExitStack() as stack:
        with open_files_limit(OPEN_FILES):
            served = stack.enter_context(serve(tmp_path / "heroes.db"))
        connections = [stack.enter_context(connection(served)) for _ in range(expected)]
        for connected in connections:
            assert 404 == ask(connected, request(b"/heroes/1")).status
        with ExitStack() as refused:
            for connected in [refused.enter_context(connection(served)) for _ in range(300)]:
                assert_refused(read_one(connected))

        post = request(b"/heroes/", b"Content-Length: 2", method=b"POST", body=b"{}")
        assert 422 == ask(connections[0], post).status
        for connected in connections:
            scan = request(b"/heroes/?name__contains=x", b"Prefer: count=exact")
            connected.sendall(scan)
        for connected in connections:
            assert connected.recv(1 << 16).startswith(b"HTTP/1.1 200 ")

    assert "Too many open files" not in served.output()
    assert "Traceback" not in served.output()
    assert f"connections: {expected}, the maximum" in served.output()


def test_the_service_starts_with_very_few_descriptors(tmp_path: Path) -> None:
    with open_files_limit(RESERVED + 30), serve(tmp_path / "heroes.db") as served:
        assert 200 == httpx2.get(f"{served.url}/heroes/").status_code
