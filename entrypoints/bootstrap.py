"""The composition root: the only module of the entry points that imports adapters."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fastapi import FastAPI
from starlette.types import Lifespan

from adapters import database as databases
from adapters.plain.connections import IN_MEMORY, EngineOptions
from adapters.postgres.connections import ServerOptions
from adapters.sqlite.database import FileOptions
from domain.api_key_format import PREFIX as KEY_PREFIX
from entrypoints.api.app import Limits, build_app
from entrypoints.server.allowed_hosts import AllowedHosts, default_hosts
from entrypoints.server.clients import Clients
from entrypoints.server.config import Bounds
from entrypoints.server.descriptors import connection_capacity
from entrypoints.server.garbage_collection import freeze_gc
from entrypoints.settings import PREFIX, InvalidSettings, Settings, load_settings
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.authentication import Authenticator
from service_layer.authenticators import combine
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

if TYPE_CHECKING:
    from adapters.tokens.authenticator import TokenAuthenticator

RETRY_PAUSE = 1.0
"""Seconds between two attempts to migrate an unreachable database."""

DEFAULT_MAX_CONNECTIONS = 10_000
"""Maximum number of connections of a process, if none is set. An idle one takes 6 kB."""

DESCRIPTORS_PER_CONNECTION = 4
"""File descriptors for each connection to the database: a file, its log and temporary files.

A connection to a server needs one, and one more to cancel a statement; replicas have as many.
"""

T = TypeVar("T")

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
    return _open(settings, _open_plain if settings.session == "plain" else _open_fast)


def _open(settings: Settings, opening: Callable[[Settings], Database]) -> Database:
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


def _open_fast(settings: Settings, *, is_served: bool = True) -> Database:
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


def open_token_authenticator(settings: Settings) -> "TokenAuthenticator":
    """Return the authenticator for tokens of the settings, without a request for keys.

    Its ``published.run()`` reads them in the background. Raises ``InvalidSettings``.
    """
    # Takes 40 ms and 10 MB, which only those need that accept tokens.
    from adapters.tokens import authenticator as tokens  # noqa: PLC0415

    issuer, audience = settings.jwt_issuer, settings.jwt_audience
    if issuer and audience:
        match settings.jwt_jwks_url, settings.jwt_jwks_file:
            case str(url), None:
                return tokens.open_url(issuer, audience, url)
            case None, Path() as file:
                try:
                    return tokens.open_file(issuer, audience, file)
                except tokens.UnusableKeyFile as error:
                    message = f"{PREFIX}JWT_JWKS_FILE is not valid: {error}"
                    raise InvalidSettings(message) from None
    raise InvalidSettings(
        f"tokens need {PREFIX}JWT_ISSUER, {PREFIX}JWT_AUDIENCE, and either {PREFIX}JWT_JWKS_URL or "
        f"{PREFIX}JWT_JWKS_FILE"
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


def run_beside_a_service(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Return the result of ``work`` on the database, which a service may be using.

    Its statements are executed by the engines, whatever the kind of session of the service. Raises
    ``InvalidSettings``, ``CannotStart``, and what ``work`` raises.
    """
    if settings.database_url in IN_MEMORY:
        raise InvalidSettings(
            f"{PREFIX}DATABASE_URL is a database in memory, which no other process can use"
        )
    database = _open(settings, partial(_open_fast, is_served=False))
    with _translate_errors(database):
        if _is_outdated(database):
            raise UnusableDatabase("its schema is not up to date; run the migrations")
        return asyncio.run(_run_and_close(database, work))


def _is_outdated(database: Database) -> bool:
    try:
        return bool(database.pending())
    except NewerSchema:  # this release works with it, or its statements fail
        return False


async def _run_and_close(database: Database, work: Callable[[Database], Awaitable[T]]) -> T:
    try:
        return await work(database)
    finally:
        await database.aclose()


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


class Authenticators(NamedTuple):
    """What checks credentials, by the kind of credential. Without any, clients need none."""

    keys: Authenticator | None
    tokens: "TokenAuthenticator | None"

    @property
    def combined(self) -> Authenticator | None:
        """The one authenticator for all credentials that clients may send."""
        return combine(KEY_PREFIX, self.keys, self.tokens)


def open_authenticators(settings: Settings, database: Database) -> Authenticators:
    """Return the authenticators of the settings, without I/O but the read of a file of keys.

    Raises ``InvalidSettings``.
    """
    methods = settings.auth or ()
    if "api-key" in methods and database.is_in_memory:
        raise InvalidSettings(f"{PREFIX}AUTH has api-key, and a database in memory has no keys")
    keys = ApiKeyAuthenticator(database, max_age=settings.key_cache)
    return Authenticators(
        keys if "api-key" in methods else None,
        open_token_authenticator(settings) if "jwt" in methods else None,
    )


def make_app(*, migrating: Migrating = Migrating.AT_START) -> FastAPI:
    """Return the application that the settings describe: a factory for any ASGI server.

    While it runs, it prunes the stored responses, unless it is read-only. It closes the database at
    shutdown. Raises ``InvalidSettings``. The application raises ``CannotStart`` at startup if its
    database cannot be used.
    """
    settings = load_settings()
    database = open_database(settings)
    retention = Retention(
        settings.key_lifetime,
        limit=settings.key_limit,
        limit_per_client=settings.key_limit_per_client,
    )
    authenticators = open_authenticators(settings, database)
    pruner = None if settings.read_only else Pruner(database, retention)
    return build_app(
        database,
        authenticator=authenticators.combined,
        retention=retention,
        limits=Limits(
            request_timeout=settings.request_timeout,
            rate=settings.rate_limit,
            is_read_only=settings.read_only,
        ),
        lifespan=_lifespan(database, migrating, pruner, authenticators.tokens),
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


def _lifespan(
    database: Database,
    migrating: Migrating,
    pruner: Pruner | None,
    tokens: "TokenAuthenticator | None" = None,
) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        is_unreachable = migrating is Migrating.IN_BACKGROUND
        if migrating is Migrating.AT_START:
            is_unreachable = await asyncio.to_thread(_migrate_if_reachable, database)
        with _translate_errors(database):
            warnings = await database.aopen()
        for warning in warnings:
            log.warning("%s", warning)
        tasks = [asyncio.create_task(pruner.run())] if pruner else []
        if is_unreachable:
            tasks.append(asyncio.create_task(_migrate_when_reachable(database)))
        if tokens is not None:
            tasks.append(asyncio.create_task(tokens.published.run()))
            await tokens.published.wait_until_attempted()
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
