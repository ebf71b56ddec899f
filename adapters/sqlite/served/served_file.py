"""The file behind the connections. It never becomes another one.

``check`` compares the path with the file that was opened first. When they differ, the database was
replaced or removed. From then on everything is refused, and the old database is preserved. The new
one is not opened, not even to look at it: SQLite would apply the old log to it (record 36).
"""

import logging
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from adapters.sqlite.connections import READING, configure, open_file
from adapters.sqlite.files import Identity, identity
from adapters.sqlite.served.preservation import Preservation
from adapters.sqlite.served.replaced_file import ReplacedFile
from adapters.sqlite.served.serving_record import ServingRecord
from service_layer.errors import StoreHalted, StoreUnavailable

WATCH_INTERVAL = 1.0
"""Seconds between two looks at the file of an idle service."""

log = logging.getLogger(__name__)


class ServedFile:
    """A database file. The first connection decides which one; all others open the same.

    Its methods may be called from any thread. ``is_recorded`` is whether a record beside the file
    names this process: a command beside a service must leave the record to the service.
    """

    def __init__(self, path: Path, *, is_recorded: bool = True) -> None:
        self.path = path
        self._is_recorded = is_recorded
        self._name = str(path)
        self._file: Identity | None = None
        self._keeper: sqlite3.Connection | None = None
        """An idle connection. As long as it is open, SQLite does not remove the log."""

        self._record = ServingRecord(path)
        self._preservation: Preservation | None = None
        self._is_halted = False
        self._lock = threading.Lock()
        self._is_closed = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)

    def check(self) -> None:
        """Raise ``StoreHalted`` if the path names another file or none. Costs an ``os.stat``."""
        if self._is_halted or self._present() != self._file:
            self._open_or_halt()

    @property
    def is_being_preserved(self) -> bool:
        """Whether a replaced database is being saved, of which there may be no other copy."""
        return self._preservation is not None and self._preservation.is_pending

    def connect(self, pragmas: Mapping[str, str], *, timeout: float = 0) -> sqlite3.Connection:
        """Open a connection. ``timeout`` is the busy timeout in seconds.

        Raises ``StoreHalted`` like ``check``, and ``StoreUnavailable`` if there is no file yet.
        """
        self.check()
        if self._file is None:
            raise StoreUnavailable("the database file is missing or empty")
        connection = open_file(self.path, timeout=timeout)
        try:
            self.check()  # before the first statement, with which SQLite opens the log
            configure(connection, pragmas)
        except BaseException:
            connection.close()
            raise
        return connection

    def watch(self) -> None:
        """Open the file if it exists. From now on also notice a replacement without requests."""
        with suppress(RuntimeError):  # the process may have no more threads
            self._watcher.start()
        self.check()

    def close(self) -> None:
        """Close the last connection, with which SQLite removes the log. Close all others before.

        Waits until a replaced database is preserved, or that has failed once more.
        """
        self._is_closed.set()
        if self._watcher.is_alive():
            self._watcher.join()
        if self._keeper is None:
            return
        with suppress(StoreUnavailable):
            self.check()
        if self._preservation is not None:
            self._preservation.finish()
        self._keeper.close()
        self._keeper = None
        if not self._is_halted:
            self._file = None
            self._record.remove_without_log()

    def _present(self) -> Identity | None:
        try:
            return identity(self._name)
        except OSError as error:
            raise StoreUnavailable(f"the database file is not accessible ({error})") from error

    def _open_or_halt(self) -> None:
        with self._lock:
            present = self._present()
            if self._file is None or self._keeper is None:
                if present is not None:
                    self._open(present)
            elif present != self._file and not self._is_halted:
                self._halt(self._file, self._keeper)
            if self._is_halted:
                raise StoreHalted("the database file was replaced; start the service again")

    def _open(self, file: Identity) -> None:
        keeper = open_file(self.path)
        try:
            self._require(file)  # before the first statement, with which SQLite opens the log
            configure(keeper, READING)
            keeper.execute("PRAGMA schema_version").fetchall()
        except BaseException:
            keeper.close()
            raise
        self._file, self._keeper = file, keeper
        self._record = ServingRecord(self.path)
        if self._is_recorded:
            self._write_record(file)

    def _write_record(self, file: Identity) -> None:
        try:
            self._record.write(file)
        except OSError as error:
            log.warning("a replaced database will not be noticed at the next start: %s", error)

    def _require(self, file: Identity) -> None:
        if self._present() != file:
            raise StoreUnavailable("the database file has just been replaced")

    def _halt(self, file: Identity, keeper: sqlite3.Connection) -> None:
        log.error(
            "%s is no longer the database that was opened; all requests get 503 until the service "
            "is started again",
            self.path,
        )
        self._is_halted = True
        replaced = ReplacedFile(self._record.database, file, keeper, self._record)
        self._preservation = Preservation(replaced.preserve)
        self._preservation.start()

    def _watch(self) -> None:
        while not self._is_closed.wait(WATCH_INTERVAL):
            with suppress(StoreUnavailable, sqlite3.Error):
                self.check()


class FileConnection:
    """A connection to the file that can be closed and opened again."""

    def __init__(self, file: ServedFile, pragmas: Mapping[str, str]) -> None:
        self._file = file
        self._pragmas = pragmas
        self._connection: sqlite3.Connection | None = None

    def get(self) -> sqlite3.Connection:
        """Return the connection. Open it if it is closed. Raises like ``ServedFile.connect``."""
        self._file.check()
        return self.get_unchecked()

    def get_unchecked(self) -> sqlite3.Connection:
        """Return the connection like ``get``, but leave ``ServedFile.check`` to the caller."""
        if self._connection is None:
            self._connection = self._file.connect(self._pragmas)
        return self._connection

    def close(self) -> None:
        """Close the connection, which rolls back its transaction. ``get`` opens it again."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()
