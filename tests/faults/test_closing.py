"""``aclose`` does not wait for a server that does not respond."""

import asyncio

from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroDraft
from tests.faults.observer import observing
from tests.faults.polling import seconds_until
from tests.faults.proxy import proxied
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer

CONNECTIONS = 3
CLOSE_LIMIT = 10
"""Maximum seconds of ``aclose``."""


async def test_aclose_closes_idle_connections_despite_a_stalled_network(
    url: str, server: PostgresServer
) -> None:
    async with proxied(url, server.port) as (proxy, through), empty_postgres(through) as database:
        await use_all_connections(database)

        proxy.stall()

        async with asyncio.timeout(CLOSE_LIMIT):
            await database.aclose()


async def test_aclose_closes_the_connections_of_the_server(url: str) -> None:
    async with observing(url) as observer, empty_postgres(url) as database:
        await use_all_connections(database)

        await database.aclose()

        async def all_are_closed() -> bool:
            return 0 == await observer.connections()

        await seconds_until(all_are_closed)


async def use_all_connections(database: PostgresDatabase) -> None:
    async def add() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson"))
            await uow.commit()

    await asyncio.gather(*(add() for _ in range(CONNECTIONS)))
