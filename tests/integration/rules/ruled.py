"""Applications on databases to which a user adds rules."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import httpx2

from entrypoints.api.app import build_app
from service_layer.database import Database
from tests.support.databases import empty_postgres, migrated_sqlite, open_plain
from tests.support.served import ask

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}

AddRules = Callable[..., None]
"""Executes statements in the database, as its user would."""


@asynccontextmanager
async def sqlite(session: str, folder: Path) -> AsyncIterator[tuple[Database, AddRules]]:
    """Yield a database in a file, and a function that adds rules."""
    path = folder / "heroes.db"

    def add_rules(*statements: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(";".join(statements))

    if session == "plain":
        async with open_plain(f"sqlite:///{path}") as database:
            yield database, add_rules
    else:
        fast = migrated_sqlite(path)
        yield fast, add_rules
        await fast.aclose()


@asynccontextmanager
async def postgres(session: str, url: str) -> AsyncIterator[tuple[Database, AddRules]]:
    """Yield an empty database, and a function that adds rules. ``rule()`` is dropped at the end."""

    def add_rules(*statements: str) -> None:
        ask(url, *statements)

    try:
        async with empty_postgres(url) as fast:
            if session == "plain":
                async with open_plain(url) as plain:
                    yield plain, add_rules
            else:
                yield fast, add_rules
    finally:
        ask(url, "DROP FUNCTION IF EXISTS rule() CASCADE")


@asynccontextmanager
async def client_of(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of an application on the database, which has the hero with id 1."""
    async with AsyncExitStack() as stack:
        transport = httpx2.ASGITransport(build_app(database))
        client = httpx2.AsyncClient(transport=transport, base_url="http://heroes")
        await stack.enter_async_context(client)
        created = await client.post("/heroes/", json=HERO)
        assert 200 == created.status_code
        yield client
