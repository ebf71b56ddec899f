"""Real databases for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import URL

from adapters.database import open_plain_database
from adapters.plain.connections import EngineOptions
from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from adapters.sql.tables import metadata
from adapters.sqlite.database import FileOptions, SqliteDatabase
from service_layer.database import Database


def open_sqlite(path: Path, *, lock_timeout: float = 10, group_size: int = 64) -> SqliteDatabase:
    """Open the file as a database. Nothing is read or written yet."""
    url = URL.create("sqlite", database=str(path))
    return SqliteDatabase(url, FileOptions(lock_timeout=lock_timeout, group_size=group_size))


def migrated_sqlite(path: Path) -> SqliteDatabase:
    """Open the file as a database, and migrate it."""
    database = open_sqlite(path)
    database.migrate()
    return database


@asynccontextmanager
async def open_plain(url: str, options: EngineOptions | None = None) -> AsyncIterator[Database]:
    """Open the database with the plain session, and migrate it."""
    database = open_plain_database(url, options or EngineOptions(pool_timeout=30))
    await asyncio.to_thread(database.migrate)
    try:
        yield database
    finally:
        await database.aclose()


@asynccontextmanager
async def empty_postgres(
    url: str, options: ServerOptions | None = None
) -> AsyncIterator[PostgresDatabase]:
    """Open the database, migrate it, delete all rows and restart its sequences."""
    database = PostgresDatabase(url, options or ServerOptions(pool_timeout=30))
    await asyncio.to_thread(database.migrate)
    connection = await asyncpg.connect(url)
    await connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    await connection.close()
    try:
        yield database
    finally:
        await database.aclose()
