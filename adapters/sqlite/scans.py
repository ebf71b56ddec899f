"""Scans of a SQLite file: statements that run in threads, with a timeout."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from adapters.sqlite.connections import READING, THREAD_TIMEOUT, fetch_all
from adapters.sqlite.served.served_file import ServedFile
from service_layer.errors import StoreUnavailable

PROGRESS_INTERVAL = 1_000_000
"""Virtual machine instructions between two calls of the progress handler: some tens of ms.

Each call acquires the GIL. With more calls, scans would be slow while the event loop is busy.
"""


class ScanPool:
    """A pool of ``threads`` threads. Each scan has a connection of its own.

    ``timeout`` is in seconds. It includes the wait for a thread.
    """

    def __init__(self, file: ServedFile, timeout: float, threads: int) -> None:
        self._file = file
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="scan")

    async def fetch_all(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Execute the statement in a thread and return all rows.

        A timeout or a cancellation interrupts the statement. Raises ``StoreUnavailable`` after
        ``timeout`` seconds.
        """
        stopped = threading.Event()
        scan = asyncio.get_running_loop().run_in_executor(
            self._threads, self._scan, text, arguments, stopped
        )
        try:
            async with asyncio.timeout(self._timeout):
                return await scan
        except TimeoutError:
            message = f"a scan exceeded its timeout of {self._timeout:g} s"
            raise StoreUnavailable(message) from None
        finally:
            stopped.set()

    def close(self) -> None:
        """Stop the threads. Waits for running scans and cancels scans that have not started."""
        self._threads.shutdown(cancel_futures=True)

    def _scan(self, text: str, arguments: Sequence[Any], stopped: threading.Event) -> Sequence[Any]:
        """Execute the statement on a new connection, in the current thread.

        The progress handler interrupts it once ``stopped`` is set. ``interrupt`` from another
        thread would have no effect before the statement starts, and could use a closed connection.
        """
        with closing(self._file.connect(READING, timeout=THREAD_TIMEOUT)) as connection:
            connection.set_progress_handler(stopped.is_set, PROGRESS_INTERVAL)
            return fetch_all(connection, text, arguments)
