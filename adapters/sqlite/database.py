"""The ``Database`` port for a SQLite file."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from adapters.sqlite import schema
from adapters.sqlite.backups.backup import back_up
from adapters.sqlite.backups.replacement import finish_interrupted
from adapters.sqlite.backups.restore import restore
from adapters.sqlite.scans import ScanPool
from adapters.sqlite.session import Reader, WritingSession
from adapters.sqlite.writer import Writer
from service_layer.backup import Backup, Progress, Restored
from service_layer.errors import StoreUnavailable, UnsupportedUrl
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

SCAN_THREADS = 2
"""Maximum number of concurrent scans. More would only compete for the processor."""

CONCURRENCY = 64
"""Recommended number of concurrent requests: enough for large commit groups (record 25)."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Options of a SQLite file. Times are in seconds."""

    lock_timeout: float = 5.0
    """Timeout of the file's locks and of the writer's lock."""

    scan_timeout: float = 5.0
    """Timeout of a statement that may scan."""

    group_size: int = 64
    """Maximum number of units of work in a commit group. They fail together if its COMMIT fails."""


class SqliteDatabase:
    """``Database`` for a SQLite file. Creating it does no I/O."""

    is_embedded = True
    is_in_memory = False
    connections = 2 + SCAN_THREADS  # the writer, and the reader on the event loop
    concurrency = CONCURRENCY

    def __init__(self, url: URL, options: FileOptions) -> None:
        self._path = Path(url.database or "").absolute()
        self.name = url.render_as_string(hide_password=True)
        self._writer = Writer(self._path, options.lock_timeout, options.group_size)
        scans = ScanPool(self._path, options.scan_timeout, SCAN_THREADS)
        self._reader = Reader(self._path, options.lock_timeout, scans)

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(WritingSession(self._writer))

    def reading(self) -> ReadOnlyUnitOfWork:
        return SqlReadOnlyUnitOfWork(self._reader)

    def migrate(self) -> Sequence[str]:
        """Apply all pending revisions and return them. Create the file if it is missing.

        Does not write to a file that is up to date, except to finish an interrupted restore.
        Blocks. Raises ``UnusableDatabase`` and ``StoreUnavailable``.
        """
        finish_interrupted(self._path)
        return schema.migrate(self._path)

    def pending(self) -> Sequence[str]:
        """Return the revisions that are not applied yet. Blocks and raises like ``migrate``."""
        finish_interrupted(self._path)
        return schema.pending(self._path)

    def backup(self, target: Path, progress: Progress, *, replace: bool) -> Backup:
        return back_up(self._path, target, progress, replace=replace)

    def restore(self, backup: Path, progress: Progress) -> Restored:
        return restore(self._path, backup, progress)

    def max_connections(self) -> None:
        """Return ``None``: a file has no limit of connections."""

    async def aopen(self) -> None:
        await asyncio.to_thread(finish_interrupted, self._path)
        with suppress(StoreUnavailable):  # requests get 503 until it can be opened
            self._reader.open()

    async def aclose(self) -> None:
        await self._writer.aclose()
        self._reader.close()

    def dispose(self) -> None:
        """Close all connections and threads. For use when no event loop is running."""
        self._writer.close()
        self._reader.close()


def sqlite_url(url_text: str) -> URL:
    """Parse and check the URL of a SQLite file. Raises ``UnsupportedUrl``."""
    try:
        url_text.encode()
        url = make_url(url_text)
    except (ArgumentError, ValueError):
        raise UnsupportedUrl("not a URL such as sqlite:///heroes.db") from None
    if url.drivername != "sqlite":
        raise UnsupportedUrl("use sqlite:///FILE or postgresql://user@host:port/name")
    if url.host or url.username or url.port:
        raise UnsupportedUrl(
            "the URL of a file begins with sqlite:///, and with sqlite://// for an absolute path"
        )
    if "\0" in url_text:
        raise UnsupportedUrl("it contains a NUL character")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UnsupportedUrl("use sqlite:///FILE, or sqlite:// in memory with HEROES_SESSION=plain")
    if url.query:
        raise UnsupportedUrl("options after a question mark are not supported for SQLite")
    return url
