"""A SQLite file as a whole: its units of work, its schema, its end."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from adapters.driver_errors import is_busy, translated
from adapters.migrations import runner
from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from adapters.sqlite import LONGEST_PAUSE, inspecting_engine, migrating_engine
from adapters.sqlite_readers import Readers
from adapters.sqlite_scans import Scans
from adapters.sqlite_session import WritingSession
from adapters.sqlite_writer import Writer
from service_layer.errors import UnusableDatabase
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

SCANS = 2
"""Scans that run at once; more would only take the processor from one another."""

START_PATIENCE = 30.0
"""Seconds to wait, at start, for another process that migrates the same file."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a process uses its file. Times are in seconds."""

    patience: float = 5.0
    """Time that a statement waits for a lock on the file, and a command for its turn to write."""

    scan_timeout: float = 5.0
    """Time after which a statement that may scan is stopped."""

    batch: int = 64
    """Most units of work that share a COMMIT, and fail together if it fails."""


class SqliteDatabase:
    """``Database`` over one file. Opens nothing until it is asked to.

    ``name`` is the database's address, fit to be shown.
    """

    is_embedded = True

    def __init__(self, url: URL, options: FileOptions) -> None:
        self._path = Path(url.database or "").absolute()
        self.name = url.render_as_string(hide_password=True)
        self._writer = Writer(self._path, options.patience, options.batch)
        scans = Scans(self._path, options.scan_timeout, SCANS)
        self._readers = Readers(self._path, options.patience, scans)

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(WritingSession(self._writer))

    def reading(self) -> ReadOnlyUnitOfWork:
        return SqlReadOnlyUnitOfWork(self._readers)

    def migrate(self) -> Sequence[str]:
        """Bring the file up to date, made if it is missing, and return the revisions applied.

        Blocks; meant for the start. A file that is up to date is only read. Raises
        ``UnusableDatabase`` and ``StoreUnavailable``.
        """
        if sqlite3.sqlite_version_info < (3, 35):
            raise UnusableDatabase(f"SQLite {sqlite3.sqlite_version} is older than 3.35")
        with translated():
            if not _patiently(self._pending) and _patiently(self._journal_mode) == "wal":
                return []
            revisions = _patiently(self._apply)
            mode = _patiently(partial(self._journal_mode, "=WAL"))
        if mode != "wal":
            raise UnusableDatabase(f"its file system allows no write-ahead log, but {mode}")
        return revisions

    def pending(self) -> Sequence[str]:
        """Return the revisions not yet applied. Raises like ``migrate``."""
        with translated():
            return _patiently(self._pending)

    def max_connections(self) -> None:
        """Return that it is no matter."""

    async def aclose(self) -> None:
        await self._writer.aclose()
        self._readers.close()

    def dispose(self) -> None:
        """Close every connection and thread, where no event loop runs any more."""
        self._writer.close()
        self._readers.close()

    def _apply(self) -> Sequence[str]:
        with migrating_engine(self._path).begin() as connection:
            return runner.apply(connection)

    def _pending(self) -> Sequence[str]:
        if not self._path.exists():
            return runner.history()
        with inspecting_engine(self._path).connect() as connection:
            return runner.pending(connection)

    def _journal_mode(self, change: str = "") -> str:
        with inspecting_engine(self._path).connect() as connection:
            return str(connection.exec_driver_sql(f"PRAGMA journal_mode{change}").scalar())


def _patiently(operation: Callable[[], T]) -> T:
    """Return what ``operation`` returns, tried again while the database is locked.

    The waiting is done here, not in SQLite, so that a signal can end it.
    """
    deadline = time.monotonic() + START_PATIENCE
    while True:
        try:
            return operation()
        except DBAPIError as error:
            if not is_busy(error.orig) or time.monotonic() > deadline:
                raise
        time.sleep(LONGEST_PAUSE)
