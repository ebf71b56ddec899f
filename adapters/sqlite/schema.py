"""Migrations of a SQLite file, and its journal mode."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from adapters.migrations import runner
from adapters.migrations.sqlite_changes import check_changes
from adapters.sqlite.connections import LOG_SIZE, THREAD_TIMEOUT, WRITING, connect
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.failed_flush import restart_log
from adapters.sqlite.files import LOG, create_private, resolve, with_suffix
from adapters.sqlite.location import check_location
from adapters.sqlite.locks import retry_while_locked_at_start
from domain.damaged_text import decode_text
from service_layer.errors import StoreConflict, StoreUnavailable, UnusableDatabase

MIGRATING = {"synchronous": "FULL", "foreign_keys": "OFF", "legacy_alter_table": "ON", **LOG_SIZE}
"""Pragmas of a connection that changes the schema.

To rebuild a table, SQLite requires that foreign keys are off, and that RENAME does not rewrite the
references of other objects ("ALTER TABLE", section 7).
"""


def migrate(path: Path) -> Sequence[str]:
    """Apply all pending revisions and return them. Create the file if it is missing.

    Does not write to a file that is up to date. Blocks. Raises ``UnusableDatabase`` and
    ``StoreUnavailable``.
    """
    if sqlite3.sqlite_version_info < (3, 35):
        raise UnusableDatabase(
            f"SQLite {sqlite3.sqlite_version} is too old; 3.35 or newer is required"
        )
    apply, journal_mode = partial(_apply, path), partial(_journal_mode, path)
    with _explained(path), translate_errors:
        if (
            not retry_while_locked_at_start(partial(_needed, path))
            and retry_while_locked_at_start(journal_mode) == "wal"
        ):
            return []
        revisions = retry_while_locked_at_start(apply)
        mode = retry_while_locked_at_start(partial(journal_mode, "=WAL"))
    if mode != "wal":
        raise UnusableDatabase(
            f"its file system does not support WAL mode; the journal mode is {mode}"
        )
    return revisions


def pending(path: Path) -> Sequence[str]:
    """Return the revisions that are not applied yet. Blocks and raises like ``migrate``."""
    with _explained(path), translate_errors:
        return retry_while_locked_at_start(partial(_needed, path, runner.pending))


def enter_wal(path: Path) -> None:
    """Put a file whose schema is up to date in WAL mode: a backup is not in it.

    Blocks. Raises ``StoreUnavailable``.
    """
    with translate_errors:
        if path.is_file() and _journal_mode(path) != "wal" and not _needed(path):
            retry_while_locked_at_start(partial(_journal_mode, path, "=WAL"))


def restart_old_log(path: Path) -> bool:
    """Begin the log that an earlier process has left behind anew. Return whether that was possible.

    It is not while another connection uses the log. Blocks. Raises ``StoreUnavailable``.
    """
    log = with_suffix(resolve(path), LOG)
    if not (log.exists() and log.stat().st_size):
        return True
    with translate_errors, closing(connect(path, WRITING, timeout=THREAD_TIMEOUT)) as connection:
        return restart_log(connection, path)


def migrating_engine(path: Path) -> Engine:
    """Return an engine for schema changes."""
    engine = _engine(path, MIGRATING)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        """Acquire the write lock at once: a later upgrade of a read lock fails without a wait."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def inspecting_engine(path: Path) -> Engine:
    """Return an engine that reads the schema and the journal mode."""
    return _engine(path, {}, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raise ``UnusableDatabase`` for an error that does not pass by itself."""
    try:
        yield
    except StoreUnavailable:  # the place of the file may be the reason
        with suppress(OSError):
            check_location(path)
        raise
    except StoreConflict as error:
        raise UnusableDatabase(f"its rows do not fit the new schema: {error}") from error
    except (sqlite3.Error, DBAPIError) as error:
        reason = str(getattr(error, "orig", error))
        raise UnusableDatabase(f"its schema cannot be migrated: {reason}") from error


def _apply(path: Path) -> Sequence[str]:
    with suppress(OSError):  # it exists, or SQLite reports that it cannot be opened
        create_private(resolve(path))
    with migrating_engine(path).begin() as connection:
        return runner.apply(connection)


def _needed(
    path: Path, find: Callable[[Connection], Sequence[str]] = runner.needed
) -> Sequence[str]:
    if not path.exists():
        check_location(path)
        return runner.history()
    with inspecting_engine(path).connect() as connection:
        _check_encoding(connection)
        found = find(connection)
        check_changes(connection)
        return found


def _check_encoding(connection: Connection) -> None:
    """Raise ``UnusableDatabase`` for UTF-16: its bytes do not sort as characters do."""
    encoding = connection.exec_driver_sql("PRAGMA encoding").scalar_one()
    if encoding != "UTF-8":
        raise UnusableDatabase(
            f"its encoding is {encoding}; UTF-8 is required: copy it with sqlite3's .dump"
        )


def _journal_mode(path: Path, change: str = "") -> str:
    with inspecting_engine(path).connect() as connection:
        return str(connection.exec_driver_sql(f"PRAGMA journal_mode{change}").scalar())


def _engine(path: Path, pragmas: Mapping[str, str], **options: Any) -> Engine:
    def creator() -> sqlite3.Connection:
        connection = connect(path, pragmas, timeout=THREAD_TIMEOUT)
        connection.text_factory = decode_text
        return connection

    return create_engine(
        "sqlite://", creator=creator, poolclass=NullPool, hide_parameters=True, **options
    )
