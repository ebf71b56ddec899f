"""A commit group: the units of work that one COMMIT makes durable, all or none of them."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import Any

from adapters.sqlite.connections import rows
from service_layer.errors import StoreConflict, StoreUnavailable

CommitFailure = StoreUnavailable | StoreConflict
"""Why a commit group was not committed."""

OPEN_FOR = 0.002
"""Seconds after which the next unit of work that ends closes the group, for the first one waits."""

WAKEUPS_PER_TICK = 6
"""How many units of work of a group are woken in one tick of the event loop when it has ended, so
that reads need not wait for all of them (record 23)."""


class CommitGroup:
    """An open transaction of at most ``group_size`` units of work, and how it ended."""

    def __init__(self, connection: sqlite3.Connection, group_size: int) -> None:
        loop = asyncio.get_running_loop()
        self.connection = connection
        self.has_changes = False
        self.stays_open = False  # until the next tick of the event loop
        self._group_size = group_size
        self._units = 0
        self._loop = loop
        self._closes = loop.time() + OPEN_FOR
        self._is_over = False
        self._waiters: deque[asyncio.Event] = deque()
        self._failure: CommitFailure | None = None

    @property
    def is_full(self) -> bool:
        """Whether it has to be committed before another unit of work joins."""
        return self._units >= self._group_size or self._loop.time() > self._closes

    def add(self, *, changes: bool) -> None:
        """Count a unit of work that has succeeded."""
        self._units += 1
        self.has_changes |= changes

    def end(self, failure: CommitFailure | None = None) -> None:
        """Record that it is durable, or why it is not, and begin to wake its units of work."""
        self._is_over = True
        self._failure = failure
        self._wake_some()

    async def durable(self) -> None:
        """Return once all that its units of work have done so far is durable.

        Raises what ended it otherwise.
        """
        if self.has_changes:
            await self.over()
            if self._failure is not None:
                raise type(self._failure)(*self._failure.args) from self._failure

    async def over(self) -> None:
        """Return some time after it has ended. A cancellation takes effect then."""
        if self._is_over:
            return
        cancelled = None
        woken = asyncio.Event()
        self._waiters.append(woken)
        while not woken.is_set():
            try:
                await woken.wait()
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    def _wake_some(self) -> None:
        """Wake the next few, and the others from the next tick on."""
        for _ in range(min(WAKEUPS_PER_TICK, len(self._waiters))):
            self._waiters.popleft().set()
        if self._waiters:
            self._loop.call_soon(self._wake_some)


class Savepoint:
    """One unit of work's part of a commit group."""

    def __init__(self, group: CommitGroup) -> None:
        self.group = group
        self._connection = group.connection
        self._changes = self._connection.total_changes
        self._connection.execute("SAVEPOINT unit")

    def rows(self, text: str, arguments: Sequence[Any]) -> list[Any]:
        """Return all rows of a statement."""
        self._require_transaction()
        return rows(self._connection, text, arguments)

    def release(self) -> None:
        """Leave the changes in the group."""
        self._require_transaction()
        self._connection.execute("RELEASE unit")
        self.group.add(changes=self._changes != self._connection.total_changes)

    def rollback(self) -> None:
        """Take the changes out of the group."""
        self._require_transaction()
        self._connection.execute("ROLLBACK TO unit")
        self._connection.execute("RELEASE unit")

    def _require_transaction(self) -> None:
        """Refuse to go on where SQLite has rolled back the whole transaction, as on a full disk.

        Outside of it a statement would be a transaction of its own.
        """
        if not self._connection.in_transaction:
            raise StoreUnavailable("the transaction was rolled back")
