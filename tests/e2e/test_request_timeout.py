"""A request that takes longer than ``HEROES_REQUEST_TIMEOUT`` gets a 503; the next one works."""

import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from http.client import HTTPResponse
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.e2e.many_heroes import SQLITE
from tests.faults.observer import observing
from tests.integration.tutorial_database import locked
from tests.support.served import Served, serve

TIMEOUT = 1.0
"""The request timeout of ``limited`` in seconds."""

TOLERANCE = 4.0
"""Seconds until the response arrives after that: one to roll back, and some for a busy machine."""

SETTINGS = {
    "request_timeout": str(TIMEOUT),
    "lock_timeout": "60",
    "statement_timeout": "60",
    "receive_timeout": "60",
}
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

ROLLED_BACK = "The request took too long. Nothing was changed. Try again later."
OUTCOME_UNKNOWN = "The request took too long. The outcome is unknown: check before you retry."


class Limited(NamedTuple):
    """A server with a short request timeout, and the URL of its database."""

    served: Served
    url: str


@pytest.fixture(scope="module")
def limited(
    new_database: Callable[[], str], session: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Limited]:
    path, url = tmp_path_factory.mktemp("served") / "heroes.db", new_database()
    with serve(path, database_url=url, session=session, **SETTINGS) as served:
        httpx2.post(f"{served.url}/heroes/", json=HERO)
        yield Limited(served, url)


@asynccontextmanager
async def locked_database(url: str) -> AsyncIterator[None]:
    """Hold a lock that every update waits for."""
    if url.startswith(SQLITE):
        with locked(Path(url.removeprefix(SQLITE))):
            yield
    else:
        async with observing(url) as observer, observer.holding("SELECT FROM hero FOR UPDATE"):
            yield


async def test_a_write_that_waits_for_a_lock_gets_503_in_time(limited: Limited) -> None:
    async with httpx2.AsyncClient(base_url=limited.served.url, timeout=20) as client:
        async with locked_database(limited.url):
            late = await client.patch("/heroes/1", json={"age": 29})
        hero = await client.get("/heroes/1")
        again = await client.patch("/heroes/1", json={"age": 30})

    assert (503, ROLLED_BACK) == (late.status_code, late.json()["detail"])
    assert TIMEOUT <= late.elapsed.total_seconds() + 0.05
    assert late.elapsed.total_seconds() < TIMEOUT + TOLERANCE
    assert hero.json()["age"] != 29
    assert (200, 30) == (again.status_code, again.json()["age"])


def test_a_body_that_does_not_arrive_in_time_gets_503(limited: Limited) -> None:
    head = b"POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
    with socket.create_connection(limited.served.address, 20) as connection:
        started = time.monotonic()
        connection.sendall(head)
        with closing(HTTPResponse(connection)) as response:
            response.begin()
            problem = json.loads(response.read())

    assert 503 == response.status
    assert time.monotonic() - started < TIMEOUT + TOLERANCE
    assert OUTCOME_UNKNOWN == problem["detail"]


async def test_late_requests_are_logged_without_a_traceback(limited: Limited) -> None:
    client = httpx2.AsyncClient(base_url=limited.served.url, timeout=20)
    async with client, locked_database(limited.url):
        await client.patch("/heroes/1", json={"age": 31})
    output = limited.served.output()

    assert "PATCH '/heroes/1' took over 1 s" in output
    assert "Traceback" not in output
