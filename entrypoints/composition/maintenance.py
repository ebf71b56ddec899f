"""The operations of the commands on the database of the settings."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from adapters.plain.connections import IN_MEMORY
from entrypoints.composition.databases import (
    SchemaIsNewer,
    open_database,
    open_fast,
    open_with,
    translate_errors,
)
from entrypoints.settings import PREFIX, InvalidSettings, Settings
from service_layer.backup import Backup, Progress, Restored
from service_layer.database import Database
from service_layer.errors import NewerSchema, UnusableDatabase

T = TypeVar("T")


def recover(database: Database) -> None:
    """Finish what an earlier process has left behind. Raises ``CannotStart``."""
    with translate_errors(database):
        database.recover()


def migrate(database: Database) -> Sequence[str]:
    """Apply pending migrations, and return their revisions. Raises ``CannotStart``."""
    with translate_errors(database):
        return database.migrate()


def pending(database: Database) -> Sequence[str]:
    """Return the revisions of pending migrations.

    Raises ``CannotStart``, and ``SchemaIsNewer`` if a newer release has migrated the database.
    """
    with translate_errors(database):
        try:
            return database.pending()
        except NewerSchema as error:
            raise SchemaIsNewer(f"{database.name}: {error}") from error


def back_up(settings: Settings, target: Path, progress: Progress, *, replace: bool) -> Backup:
    """Write a backup. Raises ``InvalidSettings``, ``BackupFailed`` and ``CannotStart``."""
    database = open_database(settings)
    with translate_errors(database):
        return database.backup(target, progress, replace=replace)


def restore(settings: Settings, backup: Path, progress: Progress) -> Restored:
    """Replace the database by a backup. Raises the same exceptions as ``back_up``."""
    database = open_database(settings)
    with translate_errors(database):
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
    database = open_with(settings, partial(open_fast, is_served=False))
    with translate_errors(database):
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
    with translate_errors(database):
        allowed = database.max_connections()
    each = database.connections
    total = each * workers
    if allowed is None or total <= allowed:
        return ""
    return (
        f"{workers} workers may open {total} database connections, {each} each, but the server "
        f"allows {allowed}: lower --workers or {PREFIX}POOL_SIZE"
    )
