"""Closing the database does not wait for a server that says nothing any more."""

import asyncio

from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroDraft
from tests.faults.observer import observing
from tests.faults.proxy import proxied
from tests.faults.waiting import seconds_until
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer

CONNECTIONS = 3
IN_TIME = 10
"""Seconds that a stop may take."""


async def test_idle_connections_are_closed_though_the_network_is_silent(
    url: str, server: PostgresServer
) -> None:
    async with proxied(url, server.port) as (proxy, through), empty_postgres(through) as database:
        await use_all_connections(database)

        proxy.stall()

        async with asyncio.timeout(IN_TIME):
            await database.aclose()


async def test_the_server_is_told_that_they_are_closed(url: str) -> None:
    async with observing(url) as observer, empty_postgres(url) as database:
        await use_all_connections(database)

        await database.aclose()

        async def all_are_gone() -> bool:
            return 0 == await observer.connections()

        await seconds_until(all_are_gone)


async def use_all_connections(database: PostgresDatabase) -> None:
    async def add() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson"))
            await uow.commit()

    await asyncio.gather(*(add() for _ in range(CONNECTIONS)))
