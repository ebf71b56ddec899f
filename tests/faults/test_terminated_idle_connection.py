"""The server sends an error on an idle connection before it closes it, as in a shutdown."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from service_layer.errors import StoreUnavailable
from service_layer.heroes import create_hero
from tests.faults.proxy import CHUNK, listening
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer
from tests.support.served import ask

pytestmark = pytest.mark.canary

END_ALL_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def database(url: str, server: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    """A pool of one connection, through a relay that does not forward the close of the server."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            await asyncio.gather(forward(reader, server_writer), forward(server_reader, writer))
        finally:
            server_writer.close()

    async with listening(relay) as port, empty_postgres(url):
        address = url.replace(f":{server.port}/", f":{port}/")
        database = PostgresDatabase(address, ServerOptions(pool_size=1))
        yield database
        await database.aclose()


async def forward(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK):
        target.write(data)


async def test_a_connection_terminated_by_the_server_raises_store_unavailable_once(
    database: PostgresDatabase, url: str
) -> None:
    async with database.writing() as uow:
        hero = await create_hero(uow, name="Deadpond", secret_name="Dive Wilson")
        await uow.commit()

    ask(url, END_ALL_OTHERS)
    for _ in range(10):  # ticks in which the driver reads the error
        await asyncio.sleep(0)

    async with database.reading() as uow:
        with pytest.raises(StoreUnavailable):
            await uow.heroes.get(hero.id)
        assert hero == await uow.heroes.get(hero.id)
