"""Clients that request much and read nothing."""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from tests.e2e.raw_http import request
from tests.e2e.wire.contract import JSON
from tests.support.served import LIMIT, Served

PAGE = request(b"/heroes/")
"""A request for a page of 100 heroes."""

PIPELINED = 300
RECEIVE_BUFFER = 4096
POLL = 0.01
"""Seconds between two polls of a process."""

ESTABLISHED = "01"

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""Values for ``SO_LINGER``: discard what is unsent, and reset the connection."""


def store_long_heroes(served: Served) -> int:
    """Store 100 heroes with long names, and return the size of a page of them."""
    long = {"name": "\U0001f9b8" * 255, "secret_name": "\U0001f9b9" * 255}
    with httpx2.Client(base_url=served.url, timeout=LIMIT, verify=False) as client:
        batch = json.dumps({"create": [long] * 20}, ensure_ascii=False).encode()
        for _ in range(5):
            response = client.post("/heroes/batch", content=batch, headers={"Content-Type": JSON})
            assert 200 == response.status_code
        return len(client.get("/heroes/").content)


@contextmanager
def slow_reader(served: Served, pipelined: int = PIPELINED) -> Iterator[socket.socket]:
    """Request this many pages, and read nothing."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        connection.settimeout(LIMIT)
        connection.connect(served.address)
        connection.sendall(PAGE * pipelined)
        yield connection


@contextmanager
def slow_readers(served: Served, number: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(slow_reader(served))
        yield


def reset(connection: socket.socket) -> None:
    """Close the connection by a reset, as a client that crashes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    connection.close()


def connections(served: Served) -> int:
    """Return how many connections are established at the server's port (proc(5), net/tcp)."""
    local = f"0100007F:{served.address[1]:04X}"
    sockets = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(fields[1] == local and fields[3] == ESTABLISHED for fields in sockets)


def resident_bytes(served: Served) -> int:
    """Return the resident memory of the server."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


def seconds_until(condition: Callable[[], bool]) -> float:
    """Poll until the condition holds, and return the seconds that it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() < started + LIMIT
        time.sleep(POLL)
    return time.monotonic() - started
