"""A statement that a thread executes, and that the event loop can pause and stop."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

INTERRUPT_INTERVAL = 0.002
"""Seconds between two attempts to interrupt a statement."""

PROGRESS_INTERVAL = 1_000_000
"""Virtual machine instructions after which a statement can be paused: some tens of ms.

SQLite calls the progress handler then, which acquires the GIL. With more calls, scans would be slow
while the event loop is busy.
"""


class Pause:
    """Whether the statement that runs on a connection is paused."""

    def __init__(self) -> None:
        self._may_run = threading.Event()
        self._may_run.set()

    def begin(self) -> None:
        """Pause the statement within ``PROGRESS_INTERVAL``. Its thread waits."""
        self._may_run.clear()

    def end(self) -> None:
        """Let the statement continue."""
        self._may_run.set()

    def install(self, connection: sqlite3.Connection) -> None:
        """Apply to the statements of this connection."""
        connection.set_progress_handler(self._wait, PROGRESS_INTERVAL)

    def _wait(self) -> int:
        """Wait in the thread. SQLite would interrupt the statement for any result other than 0."""
        self._may_run.wait()
        return 0


class Execution:
    """A statement that is executed in a thread on ``connection``, and its future ``rows``."""

    def __init__(
        self, connection: sqlite3.Connection, pause: Pause, rows: asyncio.Future[Sequence[Any]]
    ) -> None:
        self._connection = connection
        self._rows = rows
        self.pause = pause

    async def rows(self) -> Sequence[Any]:
        """Return all rows when the statement has ended. Raises the driver's errors."""
        await asyncio.wait([self._rows])
        return self._rows.result()

    async def has_ended(self, seconds: float) -> bool:
        """Return whether the statement ends within this time."""
        await asyncio.wait([self._rows], timeout=seconds)
        return self._rows.done()

    async def stop(self) -> None:
        """Interrupt the statement, and return when its thread no longer uses the connection.

        SQLite interrupts it at its next row, and a cancellation takes effect only then. An
        interrupt has no effect before the statement has started, so it is repeated.
        """
        cancelled = None
        while not self._rows.done():
            self._connection.interrupt()
            self.pause.end()
            try:
                await asyncio.wait([self._rows], timeout=INTERRUPT_INTERVAL)
            except asyncio.CancelledError as error:
                cancelled = error
        self.pause.end()
        if not self._rows.cancelled():
            self._rows.exception()  # avoids asyncio's warning that it was never retrieved
        if cancelled is not None:
            raise cancelled
