"""Scans of a SQLite file: in threads, beside the event loop, and stopped in time."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from adapters.sqlite.connections import READING, THREAD_TIMEOUT, connect, rows
from service_layer.errors import StoreUnavailable

STEPS = 1_000_000
"""Instructions of SQLite's machine between two looks at whether to stop: some tens of ms.

A look waits for Python's lock. Many of them would make scans slow where the event loop is busy.
"""


class ScanPool:
    """Runs up to ``threads`` scans at once, each on a connection of its own.

    ``timeout`` is the most seconds that a scan takes, its waiting for a thread included.
    """

    def __init__(self, path: Path, timeout: float, threads: int) -> None:
        self._path = path
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="scan")

    async def rows(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Return all rows. Nothing goes on in the thread when it has failed or is cancelled."""
        stopped = threading.Event()
        scan = asyncio.get_running_loop().run_in_executor(
            self._threads, self._scan, text, arguments, stopped
        )
        try:
            async with asyncio.timeout(self._timeout):
                return await scan
        except TimeoutError:
            message = f"a scan was stopped after {self._timeout:g} s"
            raise StoreUnavailable(message) from None
        finally:
            stopped.set()

    def close(self) -> None:
        """Close the threads. Waits for the scans that run, not for others."""
        self._threads.shutdown(cancel_futures=True)

    def _scan(self, text: str, arguments: Sequence[Any], stopped: threading.Event) -> Sequence[Any]:
        """Run a scan in the thread of its connection, which alone may stop and close it.

        ``interrupt`` from another thread could come too early to be noticed, or when the connection
        is closed already.
        """
        with closing(connect(self._path, READING, timeout=THREAD_TIMEOUT)) as connection:
            connection.set_progress_handler(stopped.is_set, STEPS)
            return rows(connection, text, arguments)
