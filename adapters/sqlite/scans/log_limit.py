"""A limit on the size of the write-ahead log.

SQLite begins the log anew when all of it has been written into the file and nothing reads it. While
scans overlap, there is always one that reads the log, so it grows by every commit. So when it has
grown to a limit, new scans wait, and running ones are stopped if they do not end soon. Then a
checkpoint empties the log::

    log     56 MiB: new scans wait      60 MiB, or after 0.5 s: scans are stopped     0
    scans   ------------------|
                 --------------------------------------------|                        |---------
                                 waits. . . . . . . . . . . . . . . . . . . . . . . . |---------
"""

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from adapters.sqlite.files import LOG, resolve, with_suffix
from adapters.sqlite.scans.threads import open_files
from adapters.sqlite.served.served_file import FileConnection, ServedFile

MIB = 2**20

MAX_SIZE = 56 * MIB
"""Size of the log in bytes from which no scan starts.

The log grows on until it is empty. At 15 MiB of commits per second it stays below 80 MiB.
"""

STOP_SIZE = 60 * MIB
"""Size of the log in bytes from which running scans are stopped."""

STOP_AFTER = 0.5
"""Seconds after which running scans are stopped if others wait for the checkpoint."""

RETRY_INTERVAL = 0.01
"""Seconds between two attempts to empty the log."""

GIVE_UP_AFTER = 2.0
"""Seconds after which scans start although the log could not be emptied."""

PAUSE = 10.0
"""Seconds until the next attempt after that."""

CHECKPOINTING = {"synchronous": "FULL", "busy_timeout": "100"}
"""Pragmas of the connection for checkpoints. It waits 0.1 s for a writer or a reader."""

log = logging.getLogger(__name__)


class LogLimit:
    """Lets scans start only while the log of the file is smaller than a limit."""

    def __init__(self, file: ServedFile) -> None:
        self._name = str(with_suffix(resolve(file.path), LOG))
        self._file = FileConnection(file, CHECKPOINTING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._lock = asyncio.Lock()
        self.running = 0
        """Number of scans and pages that are being executed."""

        self._stop_at: float | None = None
        self._no_attempt_before = 0.0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Let the block read the file. Before that, wait until the log is small enough."""
        while self._is_exceeded():
            await self._empty_once()
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    def has_to_stop(self) -> bool:
        """Return whether running scans have to stop, so that the log can be emptied."""
        if self._stop_at is not None and time.monotonic() >= self._stop_at:
            return True
        return self._may_attempt() and self.size() > STOP_SIZE

    def open(self) -> None:
        """Open the connection. Its thread opens the files of the database, in the background."""
        open_files(self._thread, self._file.get())

    def close(self) -> None:
        """Close the connection and the thread."""
        self._thread.shutdown()
        self._file.close()

    def _is_exceeded(self) -> bool:
        return self.size() > MAX_SIZE and self._may_attempt()

    def _may_attempt(self) -> bool:
        return time.monotonic() >= self._no_attempt_before

    def size(self) -> int:
        """Return the size of the log in bytes, or 0 if there is none."""
        try:
            return os.stat(self._name).st_size  # noqa: PTH116 - a Path doubles the cost
        except OSError:
            return 0

    async def _empty_once(self) -> None:
        """Empty the log, unless another task has done so."""
        async with self._lock:
            if self._is_exceeded():
                await self._empty()

    async def _empty(self) -> None:
        """Wait until no scan runs, and empty the log. After ``GIVE_UP_AFTER``, let scans start."""
        started = time.monotonic()
        self._stop_at = started + STOP_AFTER
        loop = asyncio.get_running_loop()
        try:
            while self.running or not await loop.run_in_executor(self._thread, self._checkpoint):
                await asyncio.sleep(RETRY_INTERVAL)
                if time.monotonic() - started > GIVE_UP_AFTER:
                    self._no_attempt_before = time.monotonic() + PAUSE
                    log.warning(
                        "%s has %d MiB and cannot be emptied: something else reads the database",
                        self._name,
                        self.size() // MIB,
                    )
                    return
        finally:
            self._stop_at = None

    def _checkpoint(self) -> bool:
        """Try to empty the log. Return whether it is small now. Runs in the thread.

        The first checkpoint writes most of the log into the file while writers continue. The second
        one locks them out and writes the rest.
        """
        try:
            connection = self._file.get()
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            log.warning("a checkpoint failed: %s", error)
        return self.size() <= MAX_SIZE
