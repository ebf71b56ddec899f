"""Databases whose own timeouts do not expire in a test."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from adapters.plain.connections import EngineOptions
from adapters.postgres.connections import ServerOptions
from adapters.sqlite.database import FileOptions, SqliteDatabase, sqlite_url
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.support.databases import empty_postgres, open_plain

LONG = 60
"""Seconds of each timeout."""

POOL_SIZE = 2
"""Connections of each database that has a pool."""

PLAIN = EngineOptions(
    pool_size=POOL_SIZE, pool_timeout=LONG, lock_timeout=LONG, statement_timeout=LONG
)

Opening = Callable[[str], AbstractAsyncContextManager[UnitOfWorkFactory]]
"""Opens the empty database of a URL."""


@asynccontextmanager
async def fast_sqlite(url: str) -> AsyncIterator[UnitOfWorkFactory]:
    database = SqliteDatabase(sqlite_url(url), FileOptions(lock_timeout=LONG, scan_timeout=LONG))
    database.migrate()
    yield database
    await database.aclose()


@asynccontextmanager
async def plain_sqlite(url: str) -> AsyncIterator[UnitOfWorkFactory]:
    async with open_plain(url, PLAIN) as database:
        yield database


@asynccontextmanager
async def fast_postgres(url: str) -> AsyncIterator[UnitOfWorkFactory]:
    options = ServerOptions(
        pool_size=POOL_SIZE, lock_timeout=LONG, statement_timeout=LONG, scan_timeout=LONG
    )
    async with empty_postgres(url, options) as database:
        yield database


@asynccontextmanager
async def plain_postgres(url: str) -> AsyncIterator[UnitOfWorkFactory]:
    async with empty_postgres(url), open_plain(url, PLAIN) as database:
        yield database
