"""The one writer of a SQLite file: units of work take turns on it, and share their COMMITs.

SQLite admits one writer at a time, and a COMMIT waits for the disk. So each unit of work works in a
savepoint of an open transaction. While a COMMIT is flushed in a thread, those that come meanwhile
queue up; then they run one after the other and share the next COMMIT. This is group commit (DeWitt
et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984).

No timer keeps a batch open: it is committed when all that waited have joined it or, where nobody
waited, at the end of the event loop's round, with all who came in that round.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.sqlite.connections import WRITING, LastingConnection
from adapters.sqlite.errors import translated
from adapters.sqlite.fair_lock import Turns
from adapters.sqlite.group_commit import Batch, Savepoint, Trouble
from adapters.sqlite.locks import patiently
from adapters.sqlite.thread_slice import ask_for_short_turns
from service_layer.errors import OutcomeUnknown, StoreConflict, StoreUnavailable


class Writer:
    """Hands the writing connection to one unit of work at a time, first come, first served.

    ``patience`` is the most seconds a unit of work waits for its turn and for the file's lock,
    which another process may hold. ``most`` is how many units of work may share a COMMIT. Between
    ``begin`` and ``commit`` or ``abandon`` the connection belongs to one unit of work. At its end
    that hands the turn on, or closes the batch and keeps the turn until the flush is over.
    """

    def __init__(self, path: Path, patience: float, most: int) -> None:
        self._file = LastingConnection(path, WRITING)
        self._patience = patience
        self._most = most
        self._turns = Turns(patience)
        self._batch: Batch | None = None
        self._flusher = ThreadPoolExecutor(1, "commit", initializer=ask_for_short_turns)
        self._is_closing = False

    async def begin(self) -> Savepoint:
        """Return a savepoint in a transaction that holds the write lock.

        Raises ``StoreUnavailable`` when that took too long, or the writer is being closed.
        """
        deadline = asyncio.get_running_loop().time() + self._patience
        had_to_wait = await self._take_turn()
        try:
            with translated():
                if self._batch is None:
                    self._batch = await patiently(self._open_batch, deadline)
                    if not had_to_wait:
                        self._leave_open_for_a_round(self._batch)
                return Savepoint(self._batch)
        except BaseException:
            self._hand_on()
            raise

    async def commit(self, unit: Savepoint) -> None:
        """End the unit of work's turn, and return once what it did is durable.

        Raises ``OutcomeUnknown`` when the COMMIT failed: the log may hold all of it just the same.
        Raises ``StoreConflict`` when it broke a constraint that is checked at COMMIT.
        """
        try:
            with translated():
                unit.keep()
        except BaseException:
            self._lose(unit.batch)
            raise
        finally:
            self._hand_on()
        await unit.batch.durable()

    async def abandon(self, unit: Savepoint) -> None:
        """Undo the unit of work, end its turn, and return once what it may have seen is durable.

        A refusal, too, rests on what others in the batch did, and fails with them. But nothing of
        its own was kept.
        """
        try:
            unit.undo()
        except Exception:  # noqa: BLE001 - whatever the reason, nothing must be left of it
            self._lose(unit.batch)
        finally:
            self._hand_on()
        try:
            await unit.batch.durable()
        except OutcomeUnknown as trouble:
            raise StoreUnavailable(str(trouble)) from trouble

    async def aclose(self) -> None:
        """Close the connection and the thread when the batch there is has ended; begin no more."""
        self._is_closing = True
        if self._batch is not None:
            await self._batch.over()
        self.close()

    def close(self) -> None:
        """Close the connection and the thread."""
        self._flusher.shutdown()
        self._file.close()

    async def _take_turn(self) -> bool:
        try:
            return await self._turns.take()
        except BaseException as error:
            if self._batch is not None and self._turns.take_if_free():
                self._hand_on()  # the others in the batch would wait for this one to join
            if isinstance(error, TimeoutError):
                message = f"no turn to write came within {self._patience:g} s"
                raise StoreUnavailable(message) from None
            raise

    def _open_batch(self) -> Batch:
        if self._is_closing:
            raise StoreUnavailable("the service stops")
        connection = self._file.ready()
        connection.execute("BEGIN IMMEDIATE")
        return Batch(connection, self._most)

    def _leave_open_for_a_round(self, batch: Batch) -> None:
        batch.stays_open = True
        asyncio.get_running_loop().call_soon(self._end_of_round, batch)

    def _end_of_round(self, batch: Batch) -> None:
        """Commit the batch, unless somebody is at work in it, who then sees to that."""
        batch.stays_open = False
        if batch is self._batch and self._turns.take_if_free():
            self._close_batch(batch)

    def _hand_on(self) -> None:
        """Let the next one join the batch, or commit it if it is full or nobody waits."""
        batch = self._batch
        if batch and (batch.is_full or not (self._turns.is_awaited or batch.stays_open)):
            self._close_batch(batch)
        else:
            self._turns.hand_on()

    def _close_batch(self, batch: Batch) -> None:
        if not batch.has_changes:
            self._drop(batch)
            return
        try:
            self._flusher.submit(self._flush, batch, asyncio.get_running_loop())
        except RuntimeError:  # the system gives the process no thread, or the writer is closed
            self._lose(batch)
            self._turns.hand_on()

    def _drop(self, batch: Batch) -> None:
        """End a batch that has nothing to keep."""
        self._batch = None
        try:
            batch.connection.rollback()
        except sqlite3.Error:
            self._file.close()
        batch.end()
        self._turns.hand_on()

    def _flush(self, batch: Batch, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for the disk, in the thread, and tell the loop.

        Past the executor's futures: each step between two of them takes a round of a busy loop.
        """
        failure: Exception | None = None
        try:
            with translated():
                batch.connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, all have to be told
            failure = error
        loop.call_soon_threadsafe(self._flushed, batch, failure)

    def _flushed(self, batch: Batch, failure: Exception | None) -> None:
        if batch is not self._batch:
            return  # it was lost before there was a thread to flush it
        self._batch = None
        if failure is None:
            batch.end()
        else:
            self._file.close()
            batch.end(self._trouble(failure))
        self._turns.hand_on()

    def _trouble(self, error: Exception) -> Trouble:
        """Return what a failed COMMIT means for those it was to carry.

        Some constraints are checked no sooner, such as a deferred foreign key of the user's. Whose
        it was nothing tells, so that from then on each unit of work has a COMMIT of its own.
        """
        if not isinstance(error, StoreConflict):
            return OutcomeUnknown(str(error))
        is_known_whose = self._most == 1
        self._most = 1
        return error if is_known_whose else StoreUnavailable(str(error))

    def _lose(self, batch: Batch) -> None:
        """Undo the batch by closing the connection, whose state may be anything."""
        self._batch = None
        self._file.close()
        batch.end(StoreUnavailable("the transaction was undone"))
