"""Commit groups: units of work that share one transaction, and so one COMMIT.

Each unit of work is a savepoint::

    BEGIN IMMEDIATE
    SAVEPOINT unit; ...; RELEASE unit                      -- joins the group
    SAVEPOINT unit; ...; ROLLBACK TO unit; RELEASE unit    -- rolled back
    SAVEPOINT unit; ...; RELEASE unit
    COMMIT                                                 -- durable, all or none
"""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from adapters.sqlite.connections import fetch_all
from service_layer.errors import StoreConflict, StoreUnavailable

CommitFailure = StoreUnavailable | StoreConflict
"""The error of a failed commit group."""

MAX_GROUP_AGE = 0.002
"""Seconds after which a group accepts no further units of work, to limit the wait of the first."""

WAKEUPS_PER_TICK = 6
"""Maximum number of a group's waiters that are woken in one event loop tick.

Other tasks, such as reads, run in between (record 23).
"""


class CommitGroup:
    """A transaction of at most ``group_size`` units of work, and its outcome.

    ``has_changes`` is whether a unit of work has changed a row. ``is_held_open`` is whether the
    group waits for the end of the event loop tick before its COMMIT.
    """

    def __init__(self, connection: sqlite3.Connection, group_size: int) -> None:
        loop = asyncio.get_running_loop()
        self.connection = connection
        self.has_changes = False
        self.is_held_open = False
        self._group_size = group_size
        self.units = 0
        """Number of units of work whose savepoint was released."""

        self._loop = loop
        self._closes_at = loop.time() + MAX_GROUP_AGE
        self._is_over = False
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._failure: CommitFailure | None = None
        self._ended: threading.Event | None = None

    @property
    def is_full(self) -> bool:
        """Whether the group must be committed before another unit of work begins."""
        return self.units >= self._group_size or self._loop.time() > self._closes_at

    def add(self, *, changes: bool) -> None:
        """Count a unit of work whose savepoint was released."""
        self.units += 1
        self.has_changes |= changes

    def end(self, failure: CommitFailure | None = None) -> None:
        """Record the outcome and start to wake the waiters. ``failure`` is ``None`` for success."""
        self._is_over = True
        self._failure = failure
        self._wake_some()
        if self._ended is not None:
            self._ended.set()

    async def wait_until_durable(self) -> None:
        """Wait until the group's changes are durable. Raises the group's error if it failed.

        A cancellation takes effect at once, but the COMMIT goes on.
        """
        if not self.has_changes:
            return
        try:
            await self.wait_until_over()
        except asyncio.CancelledError:
            self._keep_loop_open()
            raise
        if self._failure is not None:
            raise type(self._failure)(*self._failure.args) from self._failure

    async def wait_until_over(self) -> None:
        """Wait until the group has ended."""
        if not self._is_over:
            woken = asyncio.get_running_loop().create_future()  # may be another than the group's
            self._waiters.append(woken)
            await woken

    def _keep_loop_open(self) -> None:
        """Let ``asyncio.run`` not close the event loop before the group has ended.

        The thread reports the end of the COMMIT to this loop. If the loop was closed, the writer
        would stay locked. ``asyncio.run`` waits for the threads of the default executor.
        """
        if self._ended is None and not self._is_over:
            self._ended = threading.Event()
            with suppress(RuntimeError):  # no thread can be started, or the loop is closing
                self._loop.run_in_executor(None, self._ended.wait)

    def _wake_some(self) -> None:
        """Wake the next waiters, and continue in the next tick if there are more."""
        for _ in range(min(WAKEUPS_PER_TICK, len(self._waiters))):
            woken = self._waiters.popleft()
            if not woken.done():  # cancelled
                woken.set_result(None)
        if self._waiters:
            self._loop.call_soon(self._wake_some)


class Savepoint:
    """A unit of work in a commit group."""

    def __init__(self, group: CommitGroup) -> None:
        self.group = group
        self._connection = group.connection
        self._changes = self._connection.total_changes
        self._connection.execute("SAVEPOINT unit")

    def fetch_all(self, text: str, arguments: Sequence[Any]) -> list[Any]:
        """Execute the statement and return all rows."""
        self._require_transaction()
        return fetch_all(self._connection, text, arguments)

    def release(self) -> None:
        """Release the savepoint: the changes become part of the group."""
        self._require_transaction()
        self._connection.execute("RELEASE unit")
        self.group.add(changes=self._changes != self._connection.total_changes)

    def rollback(self) -> None:
        """Roll back to the savepoint: the other units of work of the group are not affected."""
        self._require_transaction()
        self._connection.execute("ROLLBACK TO unit")
        self._connection.execute("RELEASE unit")

    def _require_transaction(self) -> None:
        """Raise ``StoreUnavailable`` if SQLite has rolled back the transaction.

        Some errors, such as a full disk, roll back all of it. A statement after that would be
        committed on its own.
        """
        if not self._connection.in_transaction:
            raise StoreUnavailable("the transaction was rolled back")
