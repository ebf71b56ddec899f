"""Clients that do not read their responses are disconnected, and take little memory."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.edge.slow_readers import (
    connections,
    reset,
    resident_bytes,
    seconds_until,
    slow_reader,
    slow_readers,
    store_long_heroes,
)
from tests.support.served import LIMIT, Served, serve

pytestmark = pytest.mark.canary

SEND_TIMEOUT = 2.0
PAGE_SIZE = 200_000
"""Minimum size of a page in bytes."""

MEBIBYTE = 1 << 20
CLIENTS = 100
MAX_GROWTH = 60 * MEBIBYTE

MORE_CLIENTS = 400
"""Clients whose unread pages together exceed ``MAX_UNSENT``: 80 MB."""

STOP_LIMIT = 4
"""Seconds within which a stop must end, whatever clients do not read."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a short send timeout, and long heroes."""
    path = tmp_path_factory.mktemp("served") / "heroes.db"
    with serve(path, send_timeout=str(SEND_TIMEOUT), access_log="false") as served:
        assert store_long_heroes(served) > PAGE_SIZE
        yield served


def get_page(served: Served) -> int:
    """Return the status of a page that is read."""
    return httpx2.get(f"{served.url}/heroes/", timeout=LIMIT, verify=False).status_code


def test_a_client_that_does_not_read_is_disconnected_in_time(served: Served) -> None:
    with slow_reader(served):
        seconds_until(lambda: connections(served) > 0)

        seconds = seconds_until(lambda: connections(served) == 0)

    assert SEND_TIMEOUT - 0.2 < seconds < SEND_TIMEOUT + 1


def test_a_client_that_pauses_for_less_than_the_timeout_gets_everything(served: Served) -> None:
    pages, pauses = 100, 4
    with slow_reader(served, pages) as connection:
        started = time.monotonic()
        for _ in range(pauses):
            receive(connection, 2 * MEBIBYTE)
            time.sleep(SEND_TIMEOUT / 3)
        paused = time.monotonic() - started
        receive(connection, pages * PAGE_SIZE - pauses * 2 * MEBIBYTE)

    assert paused > SEND_TIMEOUT


def receive(connection: socket.socket, size: int) -> None:
    """Receive this many bytes."""
    while size > 0:
        received = len(connection.recv(min(size, 1 << 20)))
        assert received, "the server closed the connection"
        size -= received


def test_clients_that_do_not_read_take_little_memory(served: Served) -> None:
    before = resident_bytes(served)
    most = 0

    def measure() -> bool:
        nonlocal most
        most = max(most, resident_bytes(served))
        return connections(served) == 0

    with slow_readers(served, CLIENTS):
        seconds_until(lambda: connections(served) > 0)
        seconds = seconds_until(measure)

    assert most - before < MAX_GROWTH
    assert seconds < LIMIT / 2
    assert 200 == get_page(served)


def test_clients_beyond_the_memory_bound_are_disconnected_at_once(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db", send_timeout="600", access_log="false") as served:
        store_long_heroes(served)
        with slow_readers(served, MORE_CLIENTS):
            assert connections(served) >= MORE_CLIENTS

            seconds_until(lambda: connections(served) < MORE_CLIENTS * 3 / 4)

            assert 200 == get_page(served)

    assert "responses that clients do not read: 33554432 bytes; disconnected: 1" in served.output()
    assert "Traceback" not in served.output()


def test_others_are_served_while_clients_do_not_read(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db", send_timeout="600", access_log="false") as served:
        store_long_heroes(served)
        with slow_readers(served, CLIENTS):
            seconds_until(lambda: connections(served) >= CLIENTS)

            assert [200] * 10 == [get_page(served) for _ in range(10)]


def test_clients_that_hang_up_cause_no_traceback(served: Served) -> None:
    for _ in range(20):
        with slow_reader(served) as connection:
            assert connection.recv(1)
            reset(connection)
    seconds_until(lambda: connections(served) == 0)

    assert 200 == get_page(served)
    assert "Traceback" not in served.output()


@pytest.mark.parametrize("clients", [1, 50])
def test_clients_that_do_not_read_do_not_delay_a_stop(tmp_path: Path, clients: int) -> None:
    with serve(tmp_path / "heroes.db", send_timeout="30", access_log="false") as served:
        store_long_heroes(served)
        with slow_readers(served, clients):
            seconds_until(lambda: connections(served) == clients)
            assert 200 == get_page(served)
            started = time.monotonic()
            code = served.terminate()
            seconds = time.monotonic() - started

    assert 0 == code
    assert seconds < STOP_LIMIT
    assert "Traceback" not in served.output()


def test_the_server_has_printed_no_traceback(served: Served) -> None:
    assert "Traceback" not in served.output()
