"""From a database's address to the database."""

from dataclasses import replace

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.plain.connections import (
    IN_MEMORY,
    EngineOptions,
    postgres_engine,
    sqlite_engine,
)
from adapters.plain.database import PlainDatabase
from adapters.plain.schema import SchemaInMemory
from adapters.postgres import errors as postgres_errors
from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.dsn import SERVER_SCHEMES, check_server_url
from adapters.sqlite import errors as sqlite_errors
from adapters.sqlite.database import FileOptions, SqliteDatabase, sqlite_url
from service_layer.database import Database
from service_layer.errors import UnsupportedReadUrl, UnsupportedUrl


def open_database(
    url: str,
    *,
    file: FileOptions | None = None,
    server: ServerOptions | None = None,
    read_url: str | None = None,
) -> Database:
    """Return the database at ``url``, not yet touched. Raises ``UnsupportedUrl``.

    ``file`` is for an embedded database. ``server`` and ``read_url``, an address of replicas, are
    for a database server.
    """
    if url.partition("://")[0] in SERVER_SCHEMES:
        check_server_url(url)
        if read_url is not None:
            _check_read_url(read_url)
        return PostgresDatabase(url, server or ServerOptions(), read_dsn=read_url)
    if read_url is not None:
        raise UnsupportedReadUrl("a file has no replicas to read from")
    return SqliteDatabase(sqlite_url(url), file or FileOptions())


def open_plain_database(
    url: str, options: EngineOptions | None = None, *, read_url: str | None = None
) -> Database:
    """Return the same database served by SQLModel's own sessions. Raises ``UnsupportedUrl``.

    ``sqlite://`` is a database in memory, which ends with its only connection.
    """
    options = options or EngineOptions()
    if url in IN_MEMORY:
        engine = _aiosqlite_engine(make_url(url), replace(options, pool_size=1))
        schema = SchemaInMemory(engine, sqlite_errors.translate_errors)
        return PlainDatabase(engine, schema, sqlite_errors.translate_errors, pool_size=1)
    fast = open_database(url, read_url=read_url)
    if fast.is_embedded:
        engine, table = _aiosqlite_engine(make_url(url), options), sqlite_errors.translate_errors
        return PlainDatabase(engine, fast, table, pool_size=options.pool_size)
    engine, table = postgres_engine(url, options), postgres_errors.translate_errors
    replicas = None if read_url is None else postgres_engine(read_url, options)
    return PlainDatabase(engine, fast, table, pool_size=options.pool_size, replicas=replicas)


def _aiosqlite_engine(url: URL, options: EngineOptions) -> AsyncEngine:
    try:
        return sqlite_engine(url, options)
    except ModuleNotFoundError:
        raise UnsupportedUrl("a plain session needs aiosqlite, the extra heroes[plain]") from None


def _check_read_url(text: str) -> None:
    try:
        check_server_url(text)
    except UnsupportedUrl as error:
        raise UnsupportedReadUrl(*error.args) from None
