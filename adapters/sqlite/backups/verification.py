"""Checks of a file before it is trusted as a database of this service."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, StaticPool, create_engine, inspect
from sqlalchemy.exc import DBAPIError

from adapters.migrations import runner
from adapters.migrations.errors import SchemaMismatch
from adapters.sql.tables import metadata
from adapters.sqlite.backups.files import explain_errors
from adapters.sqlite.errors import error_message
from service_layer.backup import BackupFailed, BackupStopped, Progress

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

    The schema may be older, down to the tutorial's.
    """
    with _explain_schema_errors(path), _sqlalchemy(connection) as inspected:
        if not metadata.tables.keys() & set(inspect(inspected).get_table_names()):
            raise BackupFailed(f"{path} is not a database of this service: it has other tables")
        runner.pending(inspected)


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise ``BackupFailed`` if a start could not use the schema.

    Applies pending migrations, and rolls them back. Nobody else may use the file.
    """
    with _explain_schema_errors(path), _sqlalchemy(connection) as migrated:
        connection.execute("BEGIN IMMEDIATE")
        runner.apply(migrated)
        found = inspect(migrated).get_multi_columns()
        for name, table in metadata.tables.items():
            columns = {column["name"] for column in found.get((None, name), [])}
            if missing := sorted(set(table.columns.keys()) - columns):
                raise SchemaMismatch(f"its table {name} has no column {', '.join(missing)}")


def check_integrity(connection: sqlite3.Connection, path: Path, progress: Progress) -> None:
    """Raise ``BackupFailed`` if the content is damaged, and ``BackupStopped``."""
    progress.report(CHECKING)
    rows = _run(connection, path, "PRAGMA integrity_check(1)", progress)
    if rows != [("ok",)]:
        raise BackupFailed(f"{path} is damaged: {rows[0][0]}")


def violated_foreign_keys(
    connection: sqlite3.Connection, path: Path, progress: Progress
) -> list[str]:
    """Return the tables with rows that reference missing rows."""
    rows = _run(connection, path, "PRAGMA foreign_key_check", progress)
    return sorted({table for table, *_ in rows})


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
    except SchemaMismatch as error:
        raise BackupFailed(f"cannot use {path}: {error}") from error
    except DBAPIError as error:
        reason = error_message(error.orig) if isinstance(error.orig, sqlite3.Error) else error
        raise BackupFailed(f"cannot use {path}: {reason}") from error
