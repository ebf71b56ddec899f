"""Checks of a file before it is trusted as a database of this service."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, StaticPool, create_engine, inspect
from sqlalchemy.exc import DBAPIError

from adapters.migrations import runner
from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import ADOPTED_COLUMNS
from adapters.migrations.inspection import find_table, is_view
from adapters.migrations.version_table import VERSION_TABLE
from adapters.sqlite.backups.files import explain_errors
from adapters.sqlite.errors import error_message
from service_layer.backup import BackupFailed, BackupStopped, Progress
from service_layer.errors import UnsupportedSchema

MAGIC = b"SQLite format 3\0"
"""The first bytes of every SQLite file."""

CHECKING = "Checking"
"""The activity that is reported."""

INSTRUCTIONS = 100_000
"""Virtual machine instructions between two checks whether a statement should stop."""


def check_header(path: Path) -> None:
    """Raise ``BackupFailed`` if it is not a SQLite file."""
    with explain_errors(f"cannot read {path}"), path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BackupFailed(f"{path} is not a SQLite database")


def check_origin(connection: sqlite3.Connection, path: Path) -> None:
    """Raise ``BackupFailed`` if it is the database of another service, or of a newer release.

    The schema may be older, down to the tutorial's. Another service may have tables with the names
    of the further aggregates.
    """
    with _explain_schema_errors(path), _sqlalchemy(connection) as inspected:
        inspector = inspect(inspected)
        own = (VERSION_TABLE, *ADOPTED_COLUMNS)
        if not any(find_table(inspector, name) or is_view(inspector, name) for name in own):
            raise BackupFailed(f"{path} is not a database of this service: it has other tables")
        runner.needed(inspected)


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise ``BackupFailed`` if a start could not use the schema.

    Applies pending migrations, and rolls them back. Nobody else may use the file.
    """
    with _explain_schema_errors(path), _sqlalchemy(connection) as migrated:
        connection.execute("BEGIN IMMEDIATE")
        runner.apply(migrated)


def check_integrity(connection: sqlite3.Connection, path: Path, progress: Progress) -> None:
    """Raise ``BackupFailed`` if the content is damaged, and ``BackupStopped``."""
    progress.report(CHECKING)
    connection.execute("PRAGMA ignore_check_constraints=ON")  # a row that violates one is no damage
    rows = _run(connection, path, "PRAGMA integrity_check(1)", progress)
    connection.execute("PRAGMA ignore_check_constraints=OFF")
    if rows != [("ok",)]:
        raise BackupFailed(f"{path} is damaged: {rows[0][0]}")


def find_broken_references(connection: sqlite3.Connection, path: Path, progress: Progress) -> str:
    """Return a warning about tables whose foreign keys are violated, or an empty text.

    That is no damage: the service does not need the references of the user's own tables. SQLite
    cannot check a foreign key whose parent columns are not unique.
    """
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    tables = [name for (name,) in _run(connection, path, query, progress)]
    broken = [
        name for name in tables if not _has_whole_references(connection, name, path, progress)
    ]
    return (
        f"foreign keys of {', '.join(broken)} are violated or cannot be checked" if broken else ""
    )


def _has_whole_references(
    connection: sqlite3.Connection, table: str, path: Path, progress: Progress
) -> bool:
    quoted = table.replace('"', '""')
    try:
        return not _run(connection, path, f'PRAGMA foreign_key_check("{quoted}")', progress)
    except BackupFailed as error:
        if "foreign key mismatch" in str(error.__cause__):
            return False
        raise


def _run(
    connection: sqlite3.Connection, path: Path, statement: str, progress: Progress
) -> list[tuple[str, ...]]:
    """Execute a statement that reads the whole file, and return its rows."""
    connection.set_progress_handler(progress.is_stopped, INSTRUCTIONS)
    try:
        with explain_errors(f"cannot read {path}"):
            return connection.execute(statement).fetchall()
    except BackupFailed:
        if progress.is_stopped():
            raise BackupStopped from None
        raise
    finally:
        connection.set_progress_handler(None, INSTRUCTIONS)


@contextmanager
def _sqlalchemy(connection: sqlite3.Connection) -> Iterator[Connection]:
    """Use the connection with SQLAlchemy, and roll back at the end."""
    creator: Callable[[], sqlite3.Connection] = lambda: connection  # noqa: E731 - its name says it
    engine = create_engine("sqlite://", creator=creator, poolclass=StaticPool)
    with engine.connect() as wrapped:
        yield wrapped
        wrapped.rollback()


@contextmanager
def _explain_schema_errors(path: Path) -> Iterator[None]:
    try:
        with explain_errors(f"cannot read {path}"):
            yield
    except (SchemaMismatch, UnsupportedSchema) as error:
        raise BackupFailed(f"cannot use {path}: {error}") from error
    except DBAPIError as error:
        reason = error_message(error.orig) if isinstance(error.orig, sqlite3.Error) else error
        raise BackupFailed(f"cannot use {path}: {reason}") from error
