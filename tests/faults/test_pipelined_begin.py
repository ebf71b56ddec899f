"""BEGIN is pipelined with the first statement if the driver allows it, or else sent before it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import asyncpg
import pytest

from adapters.postgres.pipelined_begin import TransactionStart
from tests.faults.proxy import Proxy, proxied
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.canary


class Renamed(asyncpg.Connection):  # type: ignore[misc] # asyncpg carries no types
    """A connection whose transport has another name."""

    def __getattribute__(self, name: str) -> Any:
        if name == "_transport":
            raise AttributeError(name)
        return super().__getattribute__(name)


class Deaf:
    """A transport that drops what is written to it."""

    def write(self, data: bytes) -> None:
        pass


class Unconnected(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose transport does not lead to the server."""

    def __getattribute__(self, name: str) -> Any:
        return Deaf() if name == "_transport" else super().__getattribute__(name)


class Strict(asyncpg.Connection):  # type: ignore[misc]
    """A connection that fails on unexpected responses."""

    async def fetchval(self, *_: object, **__: object) -> None:
        self.terminate()
        raise asyncpg.InternalClientError("got result for unknown protocol state")


OTHER_DRIVERS = [Renamed, Unconnected, Strict]


@pytest.fixture
async def behind(url: str, server: PostgresServer) -> AsyncIterator[tuple[str, Proxy]]:
    """The address of a database behind a proxy, which counts the round trips."""
    async with proxied(url, server.port) as (proxy, address):
        yield address, proxy


async def test_begin_costs_no_round_trip(behind: tuple[str, Proxy]) -> None:
    address, proxy = behind
    start = TransactionStart(partial(asyncpg.connect, address))
    connection = await start.connect()
    await connection.execute("SELECT 1")
    before = proxy.round_trips

    await start.begin(connection)
    await connection.execute("SELECT 1")

    assert 1 == proxy.round_trips - before
    assert connection.is_in_transaction()
    connection.terminate()


@pytest.mark.parametrize("driver", OTHER_DRIVERS)
async def test_begin_has_its_own_round_trip_with_a_driver_that_does_not_allow_pipelining(
    behind: tuple[str, Proxy], driver: type, caplog: pytest.LogCaptureFixture
) -> None:
    address, proxy = behind
    start = TransactionStart(partial(asyncpg.connect, address, connection_class=driver))
    connections = [await start.connect() for _ in range(2)]

    for connection in connections:
        before = proxy.round_trips
        await start.begin(connection)
        assert connection.is_in_transaction()
        await connection.execute("SELECT 1")
        await connection.execute("ROLLBACK")

        assert 3 == proxy.round_trips - before
        assert not connection.is_in_transaction()
        connection.terminate()
    assert 1 == len(caplog.messages)
    assert "does not allow pipelining" in caplog.messages[0]


@pytest.mark.parametrize("driver", [asyncpg.Connection, *OTHER_DRIVERS])
async def test_what_is_rolled_back_is_not_stored(url: str, driver: type) -> None:
    start = TransactionStart(partial(asyncpg.connect, url, connection_class=driver))
    connection = await start.connect()
    await connection.execute("CREATE TABLE note (text varchar)")

    await start.begin(connection)
    await connection.execute("INSERT INTO note VALUES ('gone')")
    await connection.execute("ROLLBACK")

    assert [(0,)] == await connection.fetch("SELECT count(*) FROM note")
    connection.terminate()


async def test_begin_is_pipelined_although_the_server_closed_the_first_connection_during_the_test(
    url: str, server: PostgresServer
) -> None:
    lost = True

    async def connect() -> asyncpg.Connection:
        nonlocal lost
        connection = await asyncpg.connect(url)
        if lost:
            await end_session(server, connection.get_server_pid())
        lost = False
        return connection

    start = TransactionStart(connect)
    connection = await start.connect()

    await start.begin(connection)

    assert not connection.is_in_transaction(), "BEGIN waits for the first statement"
    await connection.execute("SELECT 1")
    assert connection.is_in_transaction()
    connection.terminate()


async def end_session(server: PostgresServer, pid: int) -> None:
    other = await asyncpg.connect(server.url())
    await other.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    await other.close()
