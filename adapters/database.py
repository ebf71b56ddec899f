"""From a database's address to the database."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.plain.connections import EngineOptions, postgres_engine, sqlite_engine
from adapters.plain.database import PlainDatabase
from adapters.plain.schema import IN_MEMORY, SchemaInMemory
from adapters.postgres import ServerOptions
from adapters.postgres_database import PostgresDatabase
from adapters.sqlite.database import FileOptions, SqliteDatabase, sqlite_url
from service_layer.database import Database
from service_layer.errors import UnsupportedReadUrl, UnsupportedUrl

SERVER_SCHEMES = {"postgresql", "postgres"}
KNOWN_OPTIONS = {
    "sslmode": {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
    "target_session_attrs": {
        "any",
        "primary",
        "prefer-standby",
        "read-only",
        "read-write",
        "standby",
    },
}
"""Options of a server's address whose values would only be refused when it is connected to."""


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
        _check_server_url(url)
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
        return PlainDatabase(engine, SchemaInMemory(engine))
    schema = open_database(url, read_url=read_url)
    if schema.is_embedded:
        return PlainDatabase(_aiosqlite_engine(make_url(url), options), schema)
    replicas = None if read_url is None else postgres_engine(read_url, options)
    return PlainDatabase(postgres_engine(url, options), schema, replicas=replicas)


def _aiosqlite_engine(url: URL, options: EngineOptions) -> AsyncEngine:
    try:
        return sqlite_engine(url, options)
    except ModuleNotFoundError:
        raise UnsupportedUrl("a plain session needs aiosqlite, the extra heroes[plain]") from None


def _check_read_url(text: str) -> None:
    try:
        _check_server_url(text)
    except UnsupportedUrl as error:
        raise UnsupportedReadUrl(*error.args) from None


def _check_server_url(text: str) -> None:
    """Refuse what the driver could not make sense of. There may be several hosts."""
    try:
        parts = urlsplit(text)
        for host in parts.netloc.rpartition("@")[2].split(","):
            _ = urlsplit(f"//{host}").port
    except ValueError:
        raise UnsupportedUrl("not a URL such as postgresql://user@host:5432/name") from None
    options = parse_qs(parts.query)
    if not all(port.isdecimal() for port in ",".join(options.get("port", ["0"])).split(",")):
        raise UnsupportedUrl("a port is a number")
    if parts.netloc.rpartition("@")[2] and options.keys() & {"host", "port"}:
        raise UnsupportedUrl("it names hosts or ports in two places")
    for name, known in KNOWN_OPTIONS.items():
        if unknown := set(options.get(name, [])) - known:
            raise UnsupportedUrl(f"{name} can not be {', '.join(sorted(unknown))}")
    if parts.scheme not in SERVER_SCHEMES:
        raise UnsupportedUrl("not the address of a PostgreSQL server")
    if not parts.path.strip("/"):
        raise UnsupportedUrl("it names no database, as in postgresql://user@host:5432/name")
