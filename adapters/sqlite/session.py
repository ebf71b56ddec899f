"""Sessions on SQLite: a transaction that writes, and reads that are each a transaction.

Reads of few rows run on the event loop. Statements that may scan run in threads, and so do pages of
a large file: each row may take a read from the disk.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.sql.base import Executable

from adapters.once_per_iteration import OncePerIteration
from adapters.sql.mistyped import MistypedTables
from adapters.sql.statements import Compiled
from adapters.sqlite.connections import CACHE_SIZE, INLINE, compile_statement, fetch_all
from adapters.sqlite.errors import is_busy, translate_errors, translate_write_errors
from adapters.sqlite.group_commit import Savepoint
from adapters.sqlite.locks import retry_while_locked
from adapters.sqlite.scans.pool import ScanPool
from adapters.sqlite.served.data_version import DataVersion
from adapters.sqlite.served.served_file import FileConnection, ServedFile
from adapters.sqlite.traced_writer import TracedWriter
from adapters.sqlite.triggers import log_trigger
from adapters.sqlite.writer import Writer
from service_layer.errors import StoreRefused
from service_layer.telemetry.measurements import Measurement

T = TypeVar("T")

MAX_INLINE_ROWS = 4
"""Largest number of rows that are read on the event loop from a file larger than its cache."""


class WritingSession:
    """``SqlSession`` on the writer. The first statement acquires the writer's lock.

    Statements run on the event loop: they access few rows, by index, in microseconds.
    """

    def __init__(self, writer: Writer | TracedWriter, mistyped: MistypedTables) -> None:
        self.mistyped = mistyped
        self._writer = writer
        self._unit: Savepoint | None = None

    @property
    def has_begun(self) -> bool:
        return self._unit is not None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._unit is None:
            self._unit = await self._writer.begin()
        query = compile_statement(statement)
        try:
            with translate_write_errors if statement.is_dml else translate_errors:
                return self._unit.fetch_all(query.text, query.bind(params))
        except StoreRefused as error:
            log_trigger(self._unit.group.connection, error.__cause__)
            raise

    async def commit(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.commit(unit)

    async def close(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.rollback(unit)


class FileReads:
    """The connections that read a file: one on the event loop, and those of threads.

    ``timeout`` is that of the file's locks, and ``scan_timeout`` that of a scan, in seconds.
    """

    def __init__(
        self, file: ServedFile, timeout: float, scan_timeout: float, mistyped: MistypedTables
    ) -> None:
        self.mistyped = mistyped
        self._name = str(file.path)
        self._inline = FileConnection(file, INLINE)
        self._check_file = OncePerIteration(file.check)
        self._may_be_cold = OncePerIteration(self._is_larger_than_cache)
        self.data_version = DataVersion(file, self._inline)
        self._timeout = timeout
        self._scans = ScanPool(file, scan_timeout)
        self._is_open = False

    async def fetch_all(
        self, query: Compiled, params: Mapping[str, Any], client: str
    ) -> Sequence[Any]:
        """Execute the statement and return all rows."""
        if not self._is_open:  # the file could not be opened at the start
            await self._retry_while_locked(self._open_threads)
        arguments = query.bind(params)
        if query.may_scan:
            return await self._scans.scan(client, query.text, arguments)
        if query.row_limit and params[query.row_limit] > MAX_INLINE_ROWS and self._may_be_cold():
            return await self._scans.page(client, query.text, arguments)
        try:
            return self._read(query.text, arguments)
        except sqlite3.Error as error:
            if not is_busy(error):
                raise
        return await self._retry_while_locked(partial(self._read, query.text, arguments))

    def measure(self) -> Iterable[Measurement]:
        """Return what is known of the scans, and the size of the log."""
        return self._scans.measure()

    def open(self) -> None:
        """Open all connections, while there are file descriptors for them.

        Raises ``StoreUnavailable`` and ``sqlite3.Error``.
        """
        self._open_threads()
        self._inline.get()

    def close(self) -> None:
        """Close the connections. Waits for running scans and pages."""
        self._scans.close()
        self.data_version.close()
        self._inline.close()

    async def _retry_while_locked(self, operation: Callable[[], T]) -> T:
        deadline = asyncio.get_running_loop().time() + self._timeout
        return await retry_while_locked(operation, deadline)

    def _open_threads(self) -> None:
        self._scans.open()
        self._is_open = True

    def _is_larger_than_cache(self) -> bool:
        """Return whether the file is larger than the cache of the connection on the event loop."""
        try:
            return os.stat(self._name).st_size > CACHE_SIZE  # noqa: PTH116 - as in connections
        except OSError:
            return False

    def _read(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        self._check_file()
        return fetch_all(self._inline.get_unchecked(), text, arguments)


class Reader:
    """``SqlExecutor`` in which each statement sees the data committed before it, and is over then.

    ``client`` is the client on whose behalf it reads: clients take turns in the use of threads.
    """

    __slots__ = ("_client", "_reads")

    def __init__(self, reads: FileReads, client: str) -> None:
        self._reads = reads
        self._client = client

    @property
    def mistyped(self) -> MistypedTables:
        return self._reads.mistyped

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Execute the statement and return all rows. A scan does not block the event loop."""
        with translate_errors:
            return await self._reads.fetch_all(compile_statement(statement), params, self._client)
