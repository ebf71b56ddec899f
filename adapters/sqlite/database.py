"""The ``Database`` port for a SQLite file."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.migrations.schema_probe import schema_probe
from adapters.sql.mistyped import MistypedTables
from adapters.sql.outcomes import Outcomes
from adapters.sql.repositories import MAPPINGS
from adapters.sql.traced.sessions import TracedExecutor, TracedSession
from adapters.sql.traced.spans import StatementSpans
from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from adapters.sqlite import schema
from adapters.sqlite.backups.backup import back_up
from adapters.sqlite.backups.marker import marker_path
from adapters.sqlite.backups.replacement import finish_interrupted
from adapters.sqlite.backups.restore import restore
from adapters.sqlite.connections import READING
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.files import exposed_modes
from adapters.sqlite.inspection.flush_times import time_flushes
from adapters.sqlite.inspection.irregular_rows import has_mistyped_values, irregular_rows
from adapters.sqlite.location import absolute_path
from adapters.sqlite.scans.pool import CONNECTIONS
from adapters.sqlite.served.served_file import ServedFile
from adapters.sqlite.served.serving_record import ServingRecord
from adapters.sqlite.session import FileReads, Reader, WritingSession
from adapters.sqlite.traced_writer import TracedWriter
from adapters.sqlite.writer import Writer
from service_layer.backup import Backup, Progress, Restored
from service_layer.database import IrregularRow, Replica
from service_layer.errors import StoreUnavailable, UnsupportedUrl, UnusableDatabase
from service_layer.telemetry.measurements import Measurement
from service_layer.telemetry.spans import Spans
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

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

    is_served: bool = True
    """Whether this process is the service. A command may use the file beside the service."""


class SqliteDatabase:
    """``Database`` for a SQLite file. Creating it does no I/O."""

    is_embedded = True
    is_in_memory = False
    connections = 3 + CONNECTIONS  # the writer, the reader on the event loop, an idle one, threads
    concurrency = CONCURRENCY

    def __init__(self, url: URL, options: FileOptions) -> None:
        self._path = Path(url.database or "").absolute()
        self.name = f"sqlite:///{self._path}".encode(errors="backslashreplace").decode()
        self._file = ServedFile(self._path, is_recorded=options.is_served)
        self._writer = Writer(self._file, options.lock_timeout, options.group_size)
        self.mistyped = MistypedTables()
        self._outcomes = Outcomes()
        self._spans: Spans | None = None
        self._reads = FileReads(
            self._file, options.lock_timeout, options.scan_timeout, self.mistyped
        )
        self.data_version = self._reads.data_version.read

    def writing(self) -> UnitOfWork:
        if self._spans is not None and self._spans.is_recording():
            spans = StatementSpans(self._spans, "sqlite")
            session = WritingSession(TracedWriter(self._writer, spans), self.mistyped)
            return SqlUnitOfWork(TracedSession(session, spans), self._outcomes)
        return SqlUnitOfWork(WritingSession(self._writer, self.mistyped), self._outcomes)

    def reading(self, client: str = "") -> ReadOnlyUnitOfWork:
        reader = Reader(self._reads, client)
        if self._spans is not None and self._spans.is_recording():
            spans = StatementSpans(self._spans, "sqlite")
            return SqlReadOnlyUnitOfWork(TracedExecutor(reader, spans))
        return SqlReadOnlyUnitOfWork(reader)

    def reading_primary(self) -> ReadOnlyUnitOfWork:
        return self.reading()

    @property
    def holds_last_copy(self) -> bool:
        return self._file.is_being_preserved

    def recover(self) -> None:
        """Finish an interrupted restore, and write the log of a killed process into the file.

        Some of that log may not be on disk. Blocks. Raises ``StoreUnavailable``, and
        ``UnusableDatabase`` if the log is another file's.
        """
        self._finish_restore()
        schema.restart_old_log(self._path)

    def migrate(self) -> Sequence[str]:
        """Apply all pending revisions and return them. Create the file if it is missing.

        Does not write to a file that is up to date, except to finish an interrupted restore.
        Blocks. Raises ``UnusableDatabase`` and ``StoreUnavailable``.
        """
        self._finish_restore()
        return schema.migrate(self._path)

    def pending(self) -> Sequence[str]:
        """Return the revisions that are not applied yet. Blocks and raises like ``migrate``."""
        self._finish_restore()
        return schema.pending(self._path)

    def check(self) -> Iterator[IrregularRow]:
        """Yield the rows with irregular values. Blocks and raises like ``migrate``."""
        if not self._path.is_file():
            raise UnusableDatabase("there is no such file")
        self._require_own_log()
        with translate_errors:
            yield from irregular_rows(self._path)

    def time_flushes(self) -> Iterator[float]:
        """Yield the seconds of several flushes of the disk. Blocks and raises like ``migrate``."""
        return time_flushes(self._path)

    def inspect_replicas(self) -> Sequence[Replica]:
        """Return nothing: a file has no replicas."""
        return ()

    def backup(self, target: Path, progress: Progress, *, replace: bool) -> Backup:
        self._require_own_log()
        return back_up(self._path, target, progress, replace=replace)

    def restore(self, backup: Path, progress: Progress) -> Restored:
        self._require_own_log()
        return restore(self._path, backup, progress)

    async def schema_revision(self) -> str:
        rows = await Reader(self._reads, "").exec(schema_probe(), {})
        return ", ".join(str(revision) for (revision,) in rows)

    def trace(self, spans: Spans) -> None:
        self._spans = spans

    def measure(self) -> Iterable[Measurement]:
        yield from self._outcomes.measure()
        yield from self._writer.measure()
        yield from self._reads.measure()

    async def aopen(self) -> Sequence[str]:
        """Open the file, if it exists, and watch it. Return a warning if its modes expose it.

        Refuses writes while another process uses the log of an earlier one. If the file cannot be
        opened, requests get 503 until it can.
        """
        return await asyncio.to_thread(self._open)

    def _open(self) -> Sequence[str]:
        self._finish_restore()
        is_log_new = schema.restart_old_log(self._path)
        with suppress(StoreUnavailable), translate_errors:
            schema.enter_wal(self._path)
            self._file.watch()
            self._reads.open()
            with closing(self._file.connect(READING)) as connection:
                for mapping in MAPPINGS:
                    found = has_mistyped_values(connection, mapping)
                    self.mistyped[mapping.table].record(found=found)
        if not is_log_new:
            self._writer.distrust_log("another process uses the log of an earlier one")
        return [_exposure(modes)] if (modes := exposed_modes(self._path)) else []

    def check_file(self) -> None:
        """Raise ``StoreHalted`` if the file was replaced or removed."""
        with translate_errors:
            self._file.check()

    def max_connections(self) -> None:
        """Return ``None``: a file has no limit of connections."""

    async def aclose(self) -> None:
        await self._writer.aclose()
        self._reads.close()
        await asyncio.to_thread(self._file.close)

    def dispose(self) -> None:
        """Close all connections and threads. For use when no event loop is running."""
        self._writer.close()
        self._reads.close()
        self._file.close()

    def _finish_restore(self) -> None:
        finish_interrupted(self._path)
        self._require_own_log()

    def _require_own_log(self) -> None:
        """Raise ``UnusableDatabase`` if a log is another file's, except that of a restore."""
        if not marker_path(self._path).exists():
            ServingRecord(self._path).require_own_log()


def _exposure(modes: Mapping[Path, int]) -> str:
    files = ", ".join(f"{file} (mode {mode:04o})" for file, mode in modes.items())
    return f"users other than the owner can access {files}; chmod 600 makes a file private"


def sqlite_url(url_text: str) -> URL:
    """Return the URL of a SQLite file with its absolute path. Raises ``UnsupportedUrl``."""
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
    if "\0" in (url.database or ""):
        raise UnsupportedUrl("it contains a NUL character")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UnsupportedUrl("use sqlite:///FILE, or sqlite:// in memory with HEROES_SESSION=plain")
    if url.query:
        raise UnsupportedUrl("options after a question mark are not supported for SQLite")
    return url.set(database=str(absolute_path(url.database)))
