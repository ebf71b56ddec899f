"""A SQLite file as a whole: its units of work, its schema, its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from adapters.sqlite import schema
from adapters.sqlite.scans import ScanPool
from adapters.sqlite.session import Reader, WritingSession
from adapters.sqlite.writer import Writer
from service_layer.errors import UnsupportedUrl
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

SCANS = 2
"""Scans that run at once; more would only take the processor from one another."""

CONCURRENCY = 64
"""Requests that a process with a file does well to have under way: with fewer, fewer writes share a
COMMIT (record 25)."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a process uses its file. Times are in seconds."""

    lock_timeout: float = 5.0
    """Time that a statement waits for a lock on the file, and a command for the lock to write."""

    scan_timeout: float = 5.0
    """Time after which a statement that may scan is stopped."""

    group_size: int = 64
    """Most units of work that share a COMMIT, and fail together if it fails."""


class SqliteDatabase:
    """``Database`` over one file. Opens nothing until it is asked to.

    ``name`` is the database's address, fit to be shown.
    """

    is_embedded = True
    is_in_memory = False
    connections = 2 + SCANS  # one that writes, one that reads on the event loop
    concurrency = CONCURRENCY

    def __init__(self, url: URL, options: FileOptions) -> None:
        self._path = Path(url.database or "").absolute()
        self.name = url.render_as_string(hide_password=True)
        self._writer = Writer(self._path, options.lock_timeout, options.group_size)
        scans = ScanPool(self._path, options.scan_timeout, SCANS)
        self._reader = Reader(self._path, options.lock_timeout, scans)

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(WritingSession(self._writer))

    def reading(self) -> ReadOnlyUnitOfWork:
        return SqlReadOnlyUnitOfWork(self._reader)

    def migrate(self) -> Sequence[str]:
        """Bring the file up to date, made if it is missing, and return the revisions applied.

        Blocks; meant for the start. A file that is up to date is only read. Raises
        ``UnusableDatabase`` and ``StoreUnavailable``.
        """
        return schema.migrate(self._path)

    def pending(self) -> Sequence[str]:
        """Return the revisions not yet applied. Raises like ``migrate``."""
        return schema.pending(self._path)

    def max_connections(self) -> None:
        """Return that it is no matter."""

    async def aclose(self) -> None:
        await self._writer.aclose()
        self._reader.close()

    def dispose(self) -> None:
        """Close every connection and thread, where no event loop runs any more."""
        self._writer.close()
        self._reader.close()


def sqlite_url(text: str) -> URL:
    """Return the URL of a file. Raises ``UnsupportedUrl``."""
    try:
        text.encode()
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UnsupportedUrl("not a URL such as sqlite:///heroes.db") from None
    if url.drivername != "sqlite":
        raise UnsupportedUrl("use sqlite:///FILE or postgresql://user@host:port/name")
    if url.host or url.username or url.port:
        raise UnsupportedUrl("a file's URL has three slashes, or four before an absolute path")
    if "\0" in text:
        raise UnsupportedUrl("it holds the NUL character")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UnsupportedUrl("use sqlite:///FILE, or sqlite:// in memory with HEROES_SESSION=plain")
    if url.query:
        raise UnsupportedUrl("a SQLite URL takes no options after a question mark")
    return url
