"""The composition root: the only module of the entry points that imports adapters."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import Enum, auto
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Lifespan

from adapters import database as databases
from adapters.plain.connections import EngineOptions
from adapters.postgres.connections import ServerOptions
from adapters.sqlite.database import FileOptions
from entrypoints.api.app import build_app
from entrypoints.server.allowed_hosts import AllowedHosts, default_hosts
from entrypoints.server.clients import Clients
from entrypoints.server.config import Bounds
from entrypoints.server.descriptors import connection_capacity
from entrypoints.server.garbage_collection import freeze_gc
from entrypoints.settings import PREFIX, InvalidSettings, Settings, load_settings
from service_layer.backup import Backup, Progress, Restored
from service_layer.database import Database, IrregularRow
from service_layer.errors import (
    NewerSchema,
    StoreMisconfigured,
    StoreUnavailable,
    UnsupportedReadUrl,
    UnsupportedUrl,
    UnusableDatabase,
)
from service_layer.pruning import Pruner
from service_layer.retention import Retention

RETRY_PAUSE = 1.0
"""Seconds between two attempts to migrate an unreachable database."""

DEFAULT_MAX_CONNECTIONS = 10_000
"""Maximum number of connections of a process, if none is set. An idle one takes 6 kB."""

DESCRIPTORS_PER_CONNECTION = 4
"""File descriptors for each connection to the database: a file, its log and temporary files.

A connection to a server needs one, and one more to cancel a statement; replicas have as many.
"""

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """The database cannot be used. The message is a sentence for the operator."""


class SchemaIsNewer(CannotStart):
    """A newer release has migrated the database."""


class DatabaseUnreachable(CannotStart):
    """The database server is unreachable. It may come back while the service runs."""


class Migrating(Enum):
    """When an application applies pending migrations."""

    NEVER = auto()
    AT_START = auto()
    """Before the first request; if the database server is unreachable, in the background."""

    IN_BACKGROUND = auto()
    """While it serves, when the database server is reachable."""


def when_to_migrate(database: Database, *, migrate: bool, is_unreachable: bool) -> Migrating:
    """Return when the application migrates, after the attempt of the command line."""
    if not migrate:
        return Migrating.NEVER
    if is_unreachable:
        return Migrating.IN_BACKGROUND
    return Migrating.AT_START if database.is_in_memory else Migrating.NEVER


def open_database(settings: Settings) -> Database:
    """Return the database of the settings, without connecting. Raises ``InvalidSettings``."""
    try:
        _check_password_file(settings)
        return _open_plain(settings) if settings.session == "plain" else _open_fast(settings)
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


def _open_fast(settings: Settings) -> Database:
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


def recover(database: Database) -> None:
    """Finish what an earlier process has left behind. Raises ``CannotStart``."""
    with _translate_errors(database):
        database.recover()


def migrate(database: Database) -> Sequence[str]:
    """Apply pending migrations, and return their revisions. Raises ``CannotStart``."""
    with _translate_errors(database):
        return database.migrate()


def pending(database: Database) -> Sequence[str]:
    """Return the revisions of pending migrations.

    Raises ``CannotStart``, and ``SchemaIsNewer`` if a newer release has migrated the database.
    """
    with _translate_errors(database):
        try:
            return database.pending()
        except NewerSchema as error:
            raise SchemaIsNewer(f"{database.name}: {error}") from error


def check(settings: Settings) -> Iterator[IrregularRow]:
    """Yield the rows with mistyped values. Raises ``InvalidSettings`` and ``CannotStart``."""
    database = open_database(settings)
    with _translate_errors(database):
        yield from database.check()


def back_up(settings: Settings, target: Path, progress: Progress, *, replace: bool) -> Backup:
    """Write a backup. Raises ``InvalidSettings``, ``BackupFailed`` and ``CannotStart``."""
    database = open_database(settings)
    with _translate_errors(database):
        return database.backup(target, progress, replace=replace)


def restore(settings: Settings, backup: Path, progress: Progress) -> Restored:
    """Replace the database by a backup. Raises like ``back_up``."""
    database = open_database(settings)
    with _translate_errors(database):
        return database.restore(backup, progress)


def connection_warning(database: Database, settings: Settings, workers: int) -> str:
    """Return a warning if the processes may open more connections than the server allows."""
    if settings.pgbouncer:  # it multiplexes connections
        return ""
    with _translate_errors(database):
        allowed = database.max_connections()
    each = database.connections
    total = each * workers
    if allowed is None or total <= allowed:
        return ""
    return (
        f"{workers} workers may open {total} database connections, {each} each, but the server "
        f"allows {allowed}: lower --workers or {PREFIX}POOL_SIZE"
    )


def bounds(database: Database, settings: Settings, listening_address: str) -> Bounds:
    """Return what a process accepts from its clients. Raises ``InvalidSettings``."""
    available = connection_capacity(reserved=DESCRIPTORS_PER_CONNECTION * database.connections)
    wanted = settings.max_connections
    if wanted is not None and wanted > available:
        raise InvalidSettings(
            f"{PREFIX}MAX_CONNECTIONS is {wanted}, but the limit on open files allows {available}: "
            "lower it, or raise that limit with ulimit -n"
        )
    return Bounds(
        receive_timeout=settings.receive_timeout,
        send_timeout=settings.send_timeout,
        concurrency=database.concurrency,
        max_pending=settings.max_pending,
        max_connections=wanted or min(available, DEFAULT_MAX_CONNECTIONS),
        max_connections_per_client=settings.max_connections_per_address,
        allowed_hosts=AllowedHosts(settings.allowed_hosts or default_hosts(listening_address)),
        clients=Clients(settings.trusted_proxies),
    )


def make_app(*, migrating: Migrating = Migrating.AT_START) -> FastAPI:
    """Return the application that the settings describe: a factory for any ASGI server.

    While it runs, it prunes the stored responses. It closes the database at shutdown. Raises
    ``InvalidSettings``. The application raises ``CannotStart`` at startup if its database cannot be
    used.
    """
    settings = load_settings()
    database = open_database(settings)
    retention = Retention(
        settings.key_lifetime,
        limit=settings.key_limit,
        limit_per_client=settings.key_limit_per_client,
    )
    return build_app(
        database,
        retention=retention,
        request_timeout=settings.request_timeout,
        lifespan=_lifespan(database, migrating, Pruner(database, retention)),
    )


@contextmanager
def _translate_errors(database: Database) -> Iterator[None]:
    try:
        yield
    except UnusableDatabase as error:
        raise CannotStart(f"cannot use {database.name}: {error}") from error
    except StoreUnavailable as error:
        is_final = database.is_embedded or isinstance(error, StoreMisconfigured)
        kind = CannotStart if is_final else DatabaseUnreachable
        raise kind(f"cannot use {database.name}: {error}") from error


def _lifespan(database: Database, migrating: Migrating, pruner: Pruner) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        is_unreachable = migrating is Migrating.IN_BACKGROUND
        if migrating is Migrating.AT_START:
            is_unreachable = await asyncio.to_thread(_migrate_if_reachable, database)
        with _translate_errors(database):
            warnings = await database.aopen()
        for warning in warnings:
            log.warning("%s", warning)
        tasks = [asyncio.create_task(pruner.run())]
        if is_unreachable:
            tasks.append(asyncio.create_task(_migrate_when_reachable(database)))
        freeze_gc()
        try:
            yield
        finally:
            await _cancel(tasks)
            await database.aclose()

    return lifespan


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the tasks, and wait until they have ended."""
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _migrate_if_reachable(database: Database) -> bool:
    """Apply pending migrations. Return whether the database server is unreachable."""
    try:
        migrate(database)
    except DatabaseUnreachable as error:
        log.warning("%s", error)
        return True
    return False


async def _migrate_when_reachable(database: Database) -> None:
    while True:
        try:
            revisions = await asyncio.to_thread(database.migrate)
        except StoreUnavailable:
            await asyncio.sleep(RETRY_PAUSE)
        except UnusableDatabase as error:
            log.error("cannot use %s: %s", database.name, error)  # noqa: TRY400 - no traceback needed
            return
        else:
            log.info("%s is reachable; migrations applied: %d", database.name, len(revisions))
            return
