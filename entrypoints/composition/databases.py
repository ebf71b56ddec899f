"""Open the database of the settings, and explain to operators why it cannot be used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapters import database as databases
from adapters.plain.connections import EngineOptions
from adapters.postgres.connections import ServerOptions
from adapters.sqlite.database import FileOptions
from entrypoints.settings import PREFIX, InvalidSettings, Settings
from service_layer.database import Database
from service_layer.errors import (
    StoreMisconfigured,
    StoreUnavailable,
    UnsupportedReadUrl,
    UnsupportedUrl,
    UnusableDatabase,
)


class CannotStart(Exception):
    """The database cannot be used. The message is a sentence for the operator."""


class SchemaIsNewer(CannotStart):
    """A newer release has migrated the database."""


class DatabaseUnreachable(CannotStart):
    """The database server is unreachable. It may come back while the service runs."""


def open_database(settings: Settings) -> Database:
    """Return the database of the settings, without connecting. Raises ``InvalidSettings``."""
    return open_with(settings, _open_plain if settings.session == "plain" else open_fast)


def open_with(settings: Settings, opening: Callable[[Settings], Database]) -> Database:
    """Return what ``opening`` returns. Raises ``InvalidSettings`` for a URL it does not support."""
    try:
        _check_password_file(settings)
        return opening(settings)
    except UnsupportedReadUrl as error:
        raise InvalidSettings(f"{PREFIX}DATABASE_READ_URL is not valid: {error}") from None
    except UnsupportedUrl as error:
        raise InvalidSettings(f"{PREFIX}DATABASE_URL is not valid: {error}") from None


def _check_password_file(settings: Settings) -> None:
    file = settings.database_password_file
    if file is None:
        return
    name = f"{PREFIX}DATABASE_PASSWORD_FILE"
    if databases.has_password(settings.database_url):
        raise InvalidSettings(f"{name} is set, and {PREFIX}DATABASE_URL has a password: remove one")
    try:
        databases.read_password(file)
    except StoreUnavailable as error:
        raise InvalidSettings(f"{name} is not valid: {error}") from None


def open_fast(settings: Settings, *, is_served: bool = True) -> Database:
    """Return the database, used by the engines. Raises ``UnsupportedUrl``.

    ``is_served`` is whether this process serves it, so that a replaced file must be noticed.
    """
    server = ServerOptions(
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout,
        connect_timeout=settings.connect_timeout,
        statement_timeout=settings.statement_timeout,
        scan_timeout=settings.scan_timeout,
        lock_timeout=settings.lock_timeout,
        idle_timeout=settings.idle_timeout,
        pgbouncer=settings.pgbouncer,
        password_file=settings.database_password_file,
    )
    file = FileOptions(
        lock_timeout=settings.lock_timeout,
        scan_timeout=settings.scan_timeout,
        group_size=settings.commit_batch,
        is_served=is_served,
    )
    return databases.open_database(
        settings.database_url, file=file, server=server, read_url=settings.database_read_url
    )


def _open_plain(settings: Settings) -> Database:
    if settings.pgbouncer:
        raise InvalidSettings(f"{PREFIX}PGBOUNCER needs {PREFIX}SESSION=fast")
    options = EngineOptions(
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout,
        lock_timeout=settings.lock_timeout,
        connect_timeout=settings.connect_timeout,
        statement_timeout=settings.statement_timeout,
        idle_timeout=settings.idle_timeout,
        password_file=settings.database_password_file,
    )
    return databases.open_plain_database(
        settings.database_url, options, read_url=settings.database_read_url
    )


@contextmanager
def translate_errors(database: Database) -> Iterator[None]:
    """Raise ``CannotStart`` or ``DatabaseUnreachable`` for an error of the database."""
    try:
        yield
    except UnusableDatabase as error:
        raise CannotStart(f"cannot use {database.name}: {error}") from error
    except StoreUnavailable as error:
        is_final = database.is_embedded or isinstance(error, StoreMisconfigured)
        kind = CannotStart if is_final else DatabaseUnreachable
        raise kind(f"cannot use {database.name}: {error}") from error
