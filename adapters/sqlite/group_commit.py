"""A batch: the units of work that one COMMIT makes durable, all or none of them."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import Any

from adapters.sqlite.connections import rows
from service_layer.errors import StoreConflict, StoreUnavailable

Trouble = StoreUnavailable | StoreConflict
"""Why a batch was not kept."""

OPEN_FOR = 0.002
"""Seconds after which the next who ends closes the batch, so that the first need not wait long."""

TOLD_AT_ONCE = 6
"""How many of a batch learn in one round of the event loop how it ended, so that reads need not
wait until all are answered (record 23)."""


class Batch:
    """An open transaction of at most ``most`` units of work, and how it ended."""

    def __init__(self, connection: sqlite3.Connection, most: int) -> None:
        loop = asyncio.get_running_loop()
        self.connection = connection
        self.has_changes = False
        self.stays_open = False  # until the event loop has gone round
        self._most = most
        self._units = 0
        self._loop = loop
        self._closes = loop.time() + OPEN_FOR
        self._is_over = False
        self._untold: deque[asyncio.Event] = deque()
        self._trouble: Trouble | None = None

    @property
    def is_full(self) -> bool:
        """Whether it has to be committed before anybody else joins."""
        return self._units >= self._most or self._loop.time() > self._closes

    def keep(self, *, changes: bool) -> None:
        """Count a unit of work that has ended well."""
        self._units += 1
        self.has_changes |= changes

    def end(self, trouble: Trouble | None = None) -> None:
        """Settle that it is durable, or why it is not, and begin to tell those in it."""
        self._is_over = True
        self._trouble = trouble
        self._tell_some()

    async def durable(self) -> None:
        """Return once all that its units of work have done so far is durable.

        Raises what ended it otherwise.
        """
        if self.has_changes:
            await self.over()
            if self._trouble is not None:
                raise type(self._trouble)(*self._trouble.args) from self._trouble

    async def over(self) -> None:
        """Return once it is one's turn to be told of its end. A cancellation takes effect then."""
        if self._is_over:
            return
        cancelled = None
        told = asyncio.Event()
        self._untold.append(told)
        while not told.is_set():
            try:
                await told.wait()
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    def _tell_some(self) -> None:
        """Tell the next few, and the others from the next round on."""
        for _ in range(min(TOLD_AT_ONCE, len(self._untold))):
            self._untold.popleft().set()
        if self._untold:
            self._loop.call_soon(self._tell_some)


class Savepoint:
    """One unit of work's part of a batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._connection = batch.connection
        self._changes = self._connection.total_changes
        self._connection.execute("SAVEPOINT unit")

    def rows(self, text: str, arguments: Sequence[Any]) -> list[Any]:
        """Return all rows of a statement."""
        self._require_transaction()
        return rows(self._connection, text, arguments)

    def keep(self) -> None:
        """Leave the changes in the batch."""
        self._require_transaction()
        self._connection.execute("RELEASE unit")
        self.batch.keep(changes=self._changes != self._connection.total_changes)

    def undo(self) -> None:
        """Leave the batch as if nothing had been done."""
        self._require_transaction()
        self._connection.execute("ROLLBACK TO unit")
        self._connection.execute("RELEASE unit")

    def _require_transaction(self) -> None:
        """Refuse to go on where SQLite has undone the whole transaction, as on a full disk.

        Outside of it a statement would be a transaction of its own.
        """
        if not self._connection.in_transaction:
            raise StoreUnavailable("the transaction was undone")
