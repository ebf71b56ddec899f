"""Open the database of a URL."""

from dataclasses import replace

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.plain.connections import (
    IN_MEMORY,
    CheckFile,
    EngineOptions,
    postgres_engine,
    server_settings,
    sqlite_engine,
)
from adapters.plain.database import PlainDatabase
from adapters.plain.errors import ErrorTranslators
from adapters.plain.schema import SchemaInMemory
from adapters.postgres import errors as postgres_errors
from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.driver_arguments import driver_arguments, read_password
from adapters.postgres.dsn import SERVER_SCHEMES, check_server_url, hide_password
from adapters.postgres.dsn import has_password as has_server_password
from adapters.sqlite import errors as sqlite_errors
from adapters.sqlite.database import FileOptions, SqliteDatabase, sqlite_url
from service_layer.database import Database
from service_layer.errors import UnsupportedReadUrl, UnsupportedUrl

__all__ = ["has_password", "hide_secrets", "open_database", "open_plain_database", "read_password"]

SQLITE_ERRORS = ErrorTranslators(
    sqlite_errors.translate_errors, sqlite_errors.translate_write_errors
)
POSTGRES_ERRORS = ErrorTranslators(
    postgres_errors.translate_errors, postgres_errors.translate_write_errors
)


def has_password(url: str) -> bool:
    """Return whether the URL is that of a server, and contains a password."""
    return url.partition("://")[0] in SERVER_SCHEMES and has_server_password(url)


def hide_secrets(url: str) -> str:
    """Return the URL with ``***`` for its password and its options, or in the place of all of it.

    The latter for an invalid URL: its password may be anywhere.
    """
    before, question_mark, _ = url.partition("?")
    options = question_mark and "?***"
    if before in IN_MEMORY or before.startswith("sqlite:///"):
        return before + options
    try:
        check_server_url(url)
    except UnsupportedUrl:
        return "***"
    hidden = hide_password(url)
    _, _, database = hidden.partition("://")[2].partition("/")
    is_cut = "@" in database or "#" in before  # the password has a character that ends the host
    return "***" if is_cut else hidden + options


def open_database(
    url: str,
    *,
    file: FileOptions | None = None,
    server: ServerOptions | None = None,
    read_url: str | None = None,
) -> SqliteDatabase | PostgresDatabase:
    """Return the database, without a connection. Raises ``UnsupportedUrl``.

    ``file`` applies to SQLite. ``server`` and ``read_url``, the URL of replicas, apply to
    PostgreSQL.
    """
    if url.partition("://")[0] in SERVER_SCHEMES:
        check_server_url(url)
        if read_url is not None:
            _check_read_url(read_url)
        return PostgresDatabase(url, server or ServerOptions(), read_dsn=read_url)
    if read_url is not None:
        raise UnsupportedReadUrl("SQLite has no replicas; omit the URL of replicas")
    return SqliteDatabase(sqlite_url(url), file or FileOptions())


def open_plain_database(
    url: str, options: EngineOptions | None = None, *, read_url: str | None = None
) -> Database:
    """Return the database, accessed with SQLModel's ``AsyncSession``. Raises ``UnsupportedUrl``.

    ``sqlite://`` is a database in memory. It has one connection, and ends when that is closed.
    """
    options = options or EngineOptions()
    if url in IN_MEMORY:
        engine = _aiosqlite_engine(make_url(url), replace(options, pool_size=1))
        schema = SchemaInMemory(engine, sqlite_errors.translate_errors)
        return PlainDatabase(engine, schema, SQLITE_ERRORS, pool_size=1)
    server = ServerOptions(
        connect_timeout=options.connect_timeout, password_file=options.password_file
    )
    # Used for its migrations and its file only.
    fast = open_database(url, server=server, read_url=read_url)
    size = options.pool_size
    if isinstance(fast, SqliteDatabase):
        engine = _aiosqlite_engine(sqlite_url(url), options, fast.check_file)
        return PlainDatabase(
            engine,
            fast,
            SQLITE_ERRORS,
            pool_size=size,
            check_file=fast.check_file,
        )
    engine, replicas = _asyncpg_engine(url, options), None
    if read_url is not None:
        replicas = _asyncpg_engine(read_url, options)
    return PlainDatabase(engine, fast, POSTGRES_ERRORS, pool_size=size, replicas=replicas)


def _asyncpg_engine(url: str, options: EngineOptions) -> AsyncEngine:
    settings = server_settings(options)
    arguments = driver_arguments(url, options.connect_timeout, options.password_file, settings)
    return postgres_engine(arguments, options)


def _aiosqlite_engine(
    url: URL, options: EngineOptions, check_file: CheckFile = lambda: None
) -> AsyncEngine:
    try:
        return sqlite_engine(url, options, check_file)
    except ModuleNotFoundError:
        raise UnsupportedUrl("a plain session needs aiosqlite: install heroes[plain]") from None


def _check_read_url(url: str) -> None:
    try:
        check_server_url(url)
    except UnsupportedUrl as error:
        raise UnsupportedReadUrl(*error.args) from None
