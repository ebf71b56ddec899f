"""The service behind pgbouncer in transaction mode.

Each transaction may run on another server connection, so session state is lost between
transactions, or belongs to another client.
"""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.deployment.intermediaries import PGBOUNCER, pgbouncer
from tests.support.connection import Connection
from tests.support.postgres import PostgresServer
from tests.support.racing import (
    HERO,
    assert_updates_of_different_fields_are_all_stored,
    connections,
)
from tests.support.served import Served, ask, fresh_postgres, invoke, serve

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")

SERVER_CONNECTIONS = 4
CLIENTS = 16
ROUNDS = 10

OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
"""Counts the other connections to the database."""


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty database, without pgbouncer."""
    with fresh_postgres(postgres.url()) as url:
        yield url


@pytest.fixture(scope="module")
def through(postgres: PostgresServer, url: str) -> Iterator[str]:
    """The URL of the same database through pgbouncer."""
    with pgbouncer(postgres.port, pool_size=SERVER_CONNECTIONS) as port:
        yield urlsplit(url)._replace(netloc=f"heroes@127.0.0.1:{port}").geturl()


@pytest.fixture(scope="module")
def served(through: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two workers, with up to five times as many connections as pgbouncer has to the server."""
    log = tmp_path_factory.mktemp("served") / "heroes.db"
    settings = {"database_url": through, "pgbouncer": "true", "access_log": "false"}
    with serve(log, "--workers", "2", **settings) as served:
        yield served


def test_migrations_run_through_pgbouncer(served: Served, through: str) -> None:
    check = invoke(served.database, "migrate", "--check", database_url=through, pgbouncer="true")

    assert (0, "The database is up to date.\n") == (check.exit_code, check.stdout)
    assert "Applied migration 0002." in served.output()


async def test_concurrent_clients_share_few_connections_and_get_their_own_responses(
    served: Served, url: str
) -> None:
    async def work(client: Connection, number: int) -> list[int]:
        statuses = []
        for index in range(ROUNDS):
            hero = {**HERO, "name": f"Hero {number}.{index}"}
            created, made = await client.request("POST", "/heroes/", hero)
            path = f"/heroes/{made['id']}"
            read, seen = await client.request("GET", path)
            listed, page = await client.request("GET", f"/heroes/?limit={number + 1}")
            changed, after = await client.request("PATCH", path, {"age": index})
            statuses += [created, read, listed, changed]

            assert {**hero, "id": made["id"]} == made == seen
            assert {**made, "age": index} == after
            assert len(page) <= number + 1
        return statuses

    async with connections([served], CLIENTS) as clients:
        statuses = await asyncio.gather(*map(work, clients, range(CLIENTS)))
    ((used,),) = await asyncio.to_thread(ask, url, OTHERS)

    assert [[200] * 4 * ROUNDS] * CLIENTS == statuses, served.output()
    assert 1 < used <= SERVER_CONNECTIONS


async def test_concurrent_updates_of_different_fields_are_all_stored(served: Served) -> None:
    await assert_updates_of_different_fields_are_all_stored([served], ROUNDS)
