"""A batch: the units of work that one COMMIT makes durable, all or none of them."""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any

from adapters.sqlite import rows
from service_layer.errors import StoreConflict, StoreUnavailable

Trouble = StoreUnavailable | StoreConflict
"""Why a batch was not kept."""

OPEN_FOR = 0.002
"""Seconds after which the next who ends closes the batch, so that the first need not wait long."""


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
        self._is_over = asyncio.Event()
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
        """Tell everybody in it that it is durable, or why it is not. The first word counts."""
        if not self._is_over.is_set():
            self._trouble = trouble
            self._is_over.set()

    async def durable(self) -> None:
        """Return once all that its units of work have done so far is durable.

        Raises what ended it otherwise.
        """
        if self.has_changes:
            await self.over()
            if self._trouble is not None:
                raise type(self._trouble)(*self._trouble.args) from self._trouble

    async def over(self) -> None:
        """Return once its end is known. A cancellation takes effect then."""
        cancelled = None
        while not self._is_over.is_set():
            try:
                await self._is_over.wait()
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled


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
