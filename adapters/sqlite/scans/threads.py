"""Threads that execute statements, each on a connection that stays open."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

from adapters.sqlite.connections import READING, THREAD_TIMEOUT, fetch_all
from adapters.sqlite.scans.execution import Execution, Pause
from adapters.sqlite.served.served_file import FileConnection, ServedFile
from service_layer.errors import StoreUnavailable

IN_A_THREAD = {**READING, "busy_timeout": str(round(THREAD_TIMEOUT * 1000))}
"""Pragmas of a connection that is used in a thread."""


def open_files(threads: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
    """Let a thread open the file and its log. SQLite opens them when it first reads them."""
    with suppress(RuntimeError):  # a thread cannot be started
        threads.submit(_read_schema_version, connection)


def _read_schema_version(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):  # then the first statement opens them
        connection.execute("PRAGMA schema_version").fetchall()


class Threads:
    """``size`` threads and as many connections.

    The connections stay open: a connection takes file descriptors, of which none may be left later.
    """

    def __init__(self, file: ServedFile, size: int) -> None:
        self._connections = [(FileConnection(file, IN_A_THREAD), Pause()) for _ in range(size)]
        self._idle = list(self._connections)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="read")

    def open(self) -> None:
        """Open the connections. Their threads open the files of the database, in the background."""
        for each, _ in self._connections:
            open_files(self._threads, each.get())

    @asynccontextmanager
    async def execute(self, text: str, arguments: Sequence[Any]) -> AsyncIterator[Execution]:
        """Start the statement in a thread, and stop it at the end of the block.

        The caller must limit the number of concurrent statements to ``size``.
        """
        each, pause = used = self._idle.pop()
        try:
            connection = each.get()
            pause.install(connection)
            execution = Execution(connection, pause, self._start(connection, text, arguments))
            try:
                yield execution
            finally:
                await execution.stop()
        finally:
            self._idle.append(used)

    def close(self) -> None:
        """Stop the threads, and close the connections. Waits for running statements."""
        for _, pause in self._connections:
            pause.end()
        self._threads.shutdown(cancel_futures=True)
        for each, _ in self._connections:
            each.close()

    def _start(
        self, connection: sqlite3.Connection, text: str, arguments: Sequence[Any]
    ) -> asyncio.Future[Sequence[Any]]:
        """Start the statement. Raises ``StoreUnavailable`` if no thread can be started."""
        is_abandoned = threading.Event()

        def fetch_unless_abandoned() -> Sequence[Any]:
            return [] if is_abandoned.is_set() else fetch_all(connection, text, arguments)

        try:
            return asyncio.get_running_loop().run_in_executor(self._threads, fetch_unless_abandoned)
        except RuntimeError as error:
            is_abandoned.set()  # the executor has queued the call for its next thread
            raise StoreUnavailable("a thread cannot be started") from error
